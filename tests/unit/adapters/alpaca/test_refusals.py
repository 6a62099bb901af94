"""Every refusal that Alpaca is known to make, and what it means."""

import json
from pathlib import Path

import pytest

from alchemiser.adapters.alpaca import refusals
from alchemiser.adapters.alpaca.refusals import (
    Meaning,
    Verdict,
    cancel_outcome,
    is_absence,
    is_key_refused,
    verdict,
)
from alchemiser.adapters.alpaca.wire import Answer
from alchemiser.domain.orders.messages import CancelOutcome

WASH = "potential wash trade detected. use complex orders"
SUB_PENNY = (
    "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria"
)

REJECTED = [
    (422, 40010001, "client_order_id must be no more than 128 characters", "invalid_order"),
    (422, 40010001, "qty must be > 0", "invalid_order"),
    (422, 40010001, "limit price must be > 0", "invalid_order"),
    (422, 40010001, "limit orders require a limit price", "invalid_order"),
    (422, 40010001, "stop orders require a stop price", "invalid_order"),
    (422, 40010001, "stop limit orders require both stop and limit price", "invalid_order"),
    (422, 40010001, "market orders require no stop or limit price", "invalid_order"),
    (422, 40010001, "only one of qty or notional is accepted", "invalid_order"),
    (422, 40010001, "qty or notional is required", "invalid_order"),
    (422, 40010001, "invalid time_in_force", "invalid_order"),
    (422, 40010001, "invalid order type", "invalid_order"),
    (
        422,
        40010001,
        "trailing stop orders must specify one of trail_price or trail_percent",
        "invalid_order",
    ),
    (422, 40010001, "trail_percent must be greater than or equal to 0.1", "invalid_order"),
    (422, 40010001, "asset X is not active", "not_tradable"),
    (422, 40010001, "notional must be >= 1.00", "notional_below_minimum"),
    (422, 40010001, "request body format is invalid", "invalid_order"),
    (403, 40310000, "insufficient buying power", "insufficient_buying_power"),
    (403, 40310000, "insufficient day trading buying power", "insufficient_buying_power"),
    (
        403,
        40310000,
        "insufficient qty available for order (requested: 5, available: 3)",
        "insufficient_quantity",
    ),
    (403, 40310000, WASH, "wash_trade"),
    (422, 42210000, WASH, "wash_trade"),
    (403, 40310000, "account is not allowed to short", "insufficient_quantity"),
    (403, 40310000, "account is not authorized to trade", "not_authorized"),
    (403, 40310000, 'asset "X" is not fractionable', "not_fractionable"),
    (403, 40310000, "requested asset is not fractionable", "not_fractionable"),
    (403, 40310000, "fractional trading is disabled for this account", "not_fractionable"),
    (403, 40310000, "cost basis must be >= minimal amount of order 1", "notional_below_minimum"),
    (403, 40310000, "opg orders must be submitted after 7:00pm and before 9:28am", "open_cutoff"),
    (403, 40310000, "cls orders must be submitted after 7:00pm and before 3:55pm", "close_cutoff"),
    (403, 40310000, "cannot open a short sell while a long buy order is open", "wash_trade"),
    (403, 40310000, "cannot open a long buy while a short sell order is open", "wash_trade"),
    (
        403,
        40310000,
        "unable to open new notional orders while having open closing position orders",
        "closing_position",
    ),
    (403, 40310100, "trade denied due to pattern day trading protection", "day_trade_denied"),
    (403, 40310100, "words of tomorrow", "day_trade_denied"),
    (404, 40410000, "symbol not found: X", "not_tradable"),
    (404, 40410000, "asset not found for X", "not_tradable"),
    (404, 40410000, "position does not exist", "refused"),
    (404, 40410000, "order not found for x", "refused"),
    (422, 42210000, SUB_PENNY, "invalid_price"),
    (422, 42210000, SUB_PENNY.replace("limit_price", "stop_price"), "invalid_price"),
    (422, 42210000, 'asset "X" not found', "not_tradable"),
    (422, 42210000, 'asset "X" is not tradable', "not_tradable"),
    (422, 42210000, 'asset "X" cannot be sold short', "not_shortable"),
    (422, 42210000, "extended hours order must be DAY limit orders", "invalid_order"),
    (422, 42210000, "extended hours order must be DAY or GTC limit orders", "invalid_order"),
    (
        422,
        42210000,
        "stop orders are not eligible for extended hours trading",
        "invalid_order",
    ),
    (422, 42210000, "fractional orders must be DAY orders", "fractional_on_close"),
    (422, 42210000, "fractional orders must be simple orders", "not_fractionable"),
    (422, 42210000, "fractional orders cannot be sold short", "insufficient_quantity"),
    (422, 42210000, "stop price must be less than current price", "invalid_order"),
    (422, 42210000, "stop price must be greater than current price", "invalid_order"),
    (422, 42210000, "stop_loss.stop_price must be <= base_price - 0.01", "invalid_order"),
    (422, 42210000, "take_profit.limit_price must be >= base_price + 0.01", "invalid_order"),
    (422, 42210000, "bracket orders must be entry orders", "invalid_order"),
    (
        422,
        42210000,
        "position intent mismatch, inferred: buy_to_open, specified: buy_to_close",
        "invalid_order",
    ),
    (403, 40310000, "new orders are rejected by user request", "not_authorized"),
    (403, 40310000, "market is closed", "market_closed"),
    (403, 40310000, "trading in X is halted", "halted"),
    (400, 40010000, "words of tomorrow", "refused"),
    (418, None, "words of tomorrow", "refused"),
    (403, "40310100", "a number in quotes", "day_trade_denied"),
]


def answer(status: int, code: object, message: object) -> Answer:
    numbered = {} if code is None else {"code": code}
    return Answer(status, json.dumps({**numbered, "message": message, "x": [1]}).encode())


@pytest.mark.parametrize(("status", "number", "words", "code"), REJECTED)
def test_a_refusal_has_a_stable_code(status: int, number: object, words: str, code: str) -> None:
    """OS-15, FAULTS A08, A12: by words, for number and status differ in the wild."""
    said = verdict(answer(status, number, words))

    assert said == Verdict(meaning=Meaning.REJECTED, code=code, text=words)


def test_every_code_stands_in_the_documents(project_root: Path) -> None:
    page = (project_root / "docs" / "alpaca.md").read_text()
    codes = {code for *_, code in REJECTED} | {code for _, code in refusals._CODES}

    assert {code for code in codes - {"duplicate"} if f"`{code}`" not in page} == set()


@pytest.mark.parametrize("number", [40010001, 42210000, None])
def test_a_name_in_use_is_no_refusal(number: int | None) -> None:
    """OS-08, FAULTS A05: it means that the order is there."""
    said = verdict(answer(422, number, "client_order_id must be unique"))

    assert said.meaning is Meaning.DUPLICATE


@pytest.mark.parametrize("words", ["rate limit exceeded", "too many requests."])
def test_too_many_requests_were_not_taken(words: str) -> None:
    """FAULTS A06: the same order may be sent again."""
    assert verdict(answer(429, 42910000, words)).meaning is Meaning.NOT_TAKEN


@pytest.mark.parametrize("status", [100, 302, 304, 408, 500, 502, 503, 504, 599, 700])
def test_whatever_is_neither_success_nor_refusal_is_unknown(status: int) -> None:
    """FAULTS A03, A04."""
    assert verdict(answer(status, 50010000, "internal server error")).meaning is Meaning.UNKNOWN
    assert verdict(Answer(status, b"<html>")).meaning is Meaning.UNKNOWN


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_accepted(status: int) -> None:
    assert verdict(Answer(status, b"")).meaning is Meaning.ACCEPTED


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b"<html>no</html>", b'{"message":null}', b"\xff", b'{"code":40010001,"mess'],
)
@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_that_cannot_be_read_is_unknown(status: int, body: bytes) -> None:
    """ALPACA 1.5, FAULTS A15: what is cut off may have been "client_order_id must be unique"."""
    assert verdict(Answer(status, body)).meaning is Meaning.UNKNOWN
    assert not is_absence(Answer(status, body))
    assert cancel_outcome(Answer(status, body)) is CancelOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (401, b'{"message":"unauthorized."}', True),
        (401, b"<html>nginx</html>", True),
        (403, b'{"message":"forbidden."}', True),
        (403, b'{"message":"request is not authorized"}', True),
        (403, b'{"code":40110000,"message":"words of tomorrow"}', True),
        (403, b'{"code":40310000,"message":"insufficient buying power"}', False),
        (403, b'{"code":40310000,"message":"account is not authorized to trade"}', False),
        (403, b'{"message":"subscription does not permit querying recent SIP data"}', False),
        (404, b'{"message":"forbidden."}', False),
        (200, b"{}", False),
    ],
)
def test_a_refused_key_is_told_from_a_refused_order(
    status: int, body: bytes, *, refused: bool
) -> None:
    """FAULTS A10: Alpaca uses 403 for both."""
    assert is_key_refused(Answer(status, body)) is refused


@pytest.mark.parametrize(
    ("status", "words", "outcome"),
    [
        (422, "order pending cancel", CancelOutcome.ACCEPTED),
        (422, 'order is already in "pending_cancel" state', CancelOutcome.ACCEPTED),
        (422, 'order is already in "filled" state', CancelOutcome.TOO_LATE),
        (422, "order is not cancelable", CancelOutcome.TOO_LATE),
        (422, "words of tomorrow", CancelOutcome.UNKNOWN),
        (404, "order not found for x", CancelOutcome.UNKNOWN_ORDER),
        (403, "words of tomorrow", CancelOutcome.UNKNOWN),
        (429, "rate limit exceeded", CancelOutcome.UNKNOWN),
        (500, "internal server error", CancelOutcome.UNKNOWN),
    ],
)
def test_a_cancel_is_answered_by_its_words(status: int, words: str, outcome: CancelOutcome) -> None:
    """FAULTS A19, A21: what is not understood is asked for again."""
    assert cancel_outcome(answer(status, 42210000, words)) is outcome
