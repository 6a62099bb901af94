"""Whatever changes an account is told as what it is."""

import json
from datetime import date
from decimal import Decimal

import pytest

from alchemiser.adapters.alpaca.activity_rows import ActivityRow, activities
from alchemiser.adapters.alpaca.decoding import MalformedAnswerError, decode
from alchemiser.adapters.alpaca.health import Health
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from tests.unit.adapters.alpaca.telling import Alerts, fill_row


def told(row: dict[str, object], health: Health | None = None) -> tuple[Activity, ...]:
    found = decode(ActivityRow, json.dumps(row).encode())
    pairs = activities([found], lambda name: ClOrdId(f"name-of-{name}"), health or Health())
    return tuple(activity for _, activity in pairs)


def other(kind: str, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": "20261127000000000::045b3b8d",
        "activity_type": kind,
        "date": "2026-11-27",
        "net_amount": "1.02",
        "symbol": "SPY",
        "qty": "2",
        "per_share_amount": "0.51",
        "status": "executed",
    }
    return row | changes


@pytest.mark.parametrize(("side", "sign"), [("buy", 1), ("sell", -1), ("sell_short", -1)])
def test_an_execution_names_its_order(side: str, sign: int) -> None:
    """OS-13."""
    late = fill_row(1, "4", "4", side=side, transaction_time="2026-11-28T01:00:00Z")

    (found,) = told(late)

    assert found.kind is ActivityKind.TRADE
    assert found.day == date(2026, 11, 27)
    assert found.quantity == 4 * sign
    assert found.cash == Decimal("-2402.20") * sign
    assert found.cl_ord_id == "name-of-id-alc-1"


@pytest.mark.parametrize(
    ("kind", "meaning", "moves"),
    [
        *[(one, ActivityKind.DIVIDEND, False) for one in ("DIV", "DIVCGL", "DIVCGS")],
        ("DIVROC", ActivityKind.RETURN_OF_CAPITAL, False),
        *[(one, ActivityKind.FEE, False) for one in ("DIVFEE", "DIVFT", "DIVNRA", "DIVTW")],
        ("INT", ActivityKind.INTEREST, False),
        ("INTNRA", ActivityKind.FEE, False),
        *[(one, ActivityKind.FEE, False) for one in ("FEE", "CFEE", "PTC", "PTR", "WH")],
        *[
            (one, ActivityKind.TRANSFER, True)
            for one in ("TRANS", "CSD", "CSW", "JNL", "JNLC", "JNLS", "ACATC", "ACATS")
        ],
        ("SPLIT", ActivityKind.SPLIT, True),
        *[(one, ActivityKind.REORGANISATION, True) for one in ("SPIN", "MA", "NC", "REORG")],
        *[(one, ActivityKind.UNKNOWN, True) for one in ("MISC", "OPEXP", "CGD", "TOMORROW", "")],
    ],
)
def test_every_type_has_its_kind(kind: str, meaning: ActivityKind, *, moves: bool) -> None:
    """SPEC ActivityType: the shares that a dividend was paid on do not move."""
    alerts = Alerts()

    (found,) = told(other(kind), Health(alerts))

    assert found.kind is meaning
    assert found.cash == Decimal("1.02")
    assert found.quantity == (2 if moves else 0)
    assert found.symbol == Symbol("SPY")
    assert bool(alerts.told) == (meaning is ActivityKind.UNKNOWN)


@pytest.mark.parametrize(
    ("beside", "meaning", "shares"),
    [
        ("CDIV", ActivityKind.DIVIDEND, 0),
        ("SPD", ActivityKind.DIVIDEND, 0),
        ("ROC", ActivityKind.RETURN_OF_CAPITAL, 0),
        ("SDIV", ActivityKind.SPLIT, 2),
        (None, ActivityKind.DIVIDEND, 0),
    ],
)
def test_dividend_is_what_its_sub_type_says(
    beside: str | None, meaning: ActivityKind, shares: int
) -> None:
    """SPEC ActivitySubType, and ROC beside DIV since August 2026."""
    (found,) = told(other("DIV", activity_sub_type=beside))

    assert (found.kind, int(found.quantity)) == (meaning, shares)


def test_money_alone_has_no_symbol() -> None:
    (found,) = told(
        other("CSD", symbol=None, qty=None, net_amount="500", date="2026-11-27T00:00:00Z")
    )

    assert found.symbol is None
    assert found.quantity == 0
    assert found.cash == 500
    assert found.day == date(2026, 11, 27)


def test_shares_of_something_without_a_ticker_are_not_understood() -> None:
    """The cash counts; the shares cannot be booked, and a person hears of it."""
    alerts = Alerts()

    (found,) = told(other("ACATS", symbol="912828ZT0X9"), Health(alerts))

    assert found.kind is ActivityKind.UNKNOWN
    assert found.symbol is None
    assert found.quantity == 0
    assert alerts.kinds() == {"unknown_activity"}


@pytest.mark.parametrize("name", ["BTC/USD", "AAPL261218C00250000", "", None])
def test_a_trade_in_no_equity_is_told_of_and_moves_nothing_here(name: str | None) -> None:
    """What the owner does besides must not keep the engine from reading the rest."""
    alerts = Alerts()

    (found,) = told(fill_row(1, "4", "4", symbol=name), Health(alerts))

    assert found.kind is ActivityKind.UNKNOWN
    assert found.symbol is None
    assert alerts.kinds() == {"unknown_activity"}


@pytest.mark.parametrize("kind", ["DIV", "CSD", "SPLIT"])
def test_what_was_taken_back_undoes_what_it_had_changed(kind: str) -> None:
    alerts = Alerts()
    (usual,) = told(other(kind))

    (found,) = told(other(kind, status="canceled"), Health(alerts))

    assert found == usual.taken_back()
    assert found.undoes() == usual.activity_id
    assert usual.undoes() is None
    assert (found.cash, found.quantity) == (-usual.cash, -usual.quantity)
    assert alerts.kinds() == {"activity_canceled"}


def test_an_execution_that_was_taken_back_is_left_to_its_order() -> None:
    alerts = Alerts()

    assert told(fill_row(1, "4", "4", status="canceled"), Health(alerts)) == ()
    assert alerts.kinds() == {"activity_canceled"}


@pytest.mark.parametrize(
    "row",
    [
        other("DIV", date=None),
        other("DIV", date="soon"),
        other("DIV", net_amount="NaN"),
        other("DIV", id=""),
        fill_row(1, "4", "4", side="short"),
        fill_row(1, "4", "4", order_id=None),
        fill_row(1, "4", "4", qty=None),
    ],
)
def test_an_activity_that_makes_no_sense_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswerError):
        told(row)
