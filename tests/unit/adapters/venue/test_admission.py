"""Which orders the venue takes: Alpaca's refusals, with its status, number and words."""

import pytest

from tests.served_venue import Served, served

LIMIT = {"type": "limit", "limit_price": "600.00"}
BRACKET = {
    "order_class": "bracket",
    "take_profit": {"limit_price": "620.00"},
    "stop_loss": {"stop_price": "580.00"},
}
SUB_PENNY = (
    "invalid limit_price 599.123. sub-penny increment does not fulfill minimum pricing criteria"
)
LONG = {"client_order_id": "x" * 129}


@pytest.mark.parametrize(
    ("asked", "status", "code", "message"),
    [
        (LONG, 422, 40010001, "client_order_id must be no more than 128 characters"),
        ({"qty": "0"}, 422, 40010001, "qty must be > 0"),
        ({"qty": -1}, 422, 40010001, "qty must be > 0"),
        ({"qty": "1e400"}, 422, 40010001, "request body format is invalid"),
        ({"qty": "1e-400"}, 422, 40010001, "request body format is invalid"),
        ({"qty": "1e20"}, 403, 40310000, "insufficient buying power"),
        ({"qty": "NaN"}, 422, 40010001, "request body format is invalid"),
        ({"qty": "ten"}, 422, 40010001, "request body format is invalid"),
        ({"qty": True}, 422, 40010001, "request body format is invalid"),
        ({"qty": None}, 422, 40010001, "qty or notional is required"),
        ({"qty": "1", "notional": 5}, 422, 40010001, "only one of qty or notional is accepted"),
        ({"side": "long"}, 422, 40010001, "invalid side"),
        ({"type": "iceberg"}, 422, 40010001, "invalid order type"),
        ({"time_in_force": "ever"}, 422, 40010001, "invalid time_in_force"),
        ({"type": "limit"}, 422, 40010001, "limit orders require a limit price"),
        (LIMIT | {"limit_price": 0}, 422, 40010001, "limit price must be > 0"),
        ({"type": "stop"}, 422, 40010001, "stop orders require a stop price"),
        (
            {"type": "stop_limit", "stop_price": "610.00"},
            422,
            40010001,
            "stop limit orders require both stop and limit price",
        ),
        ({"limit_price": "1"}, 422, 40010001, "market orders require no stop or limit price"),
        (
            {"type": "trailing_stop"},
            422,
            40010001,
            "trailing stop orders must specify one of trail_price or trail_percent",
        ),
        (
            {"type": "trailing_stop", "trail_percent": "0.05"},
            422,
            40010001,
            "trail_percent must be greater than or equal to 0.1",
        ),
        ({"symbol": "NIX"}, 422, 42210000, 'asset "NIX" not found'),
        ({"symbol": "spy"}, 422, 42210000, 'asset "spy" not found'),
        (
            LIMIT | {"limit_price": "599.123"},
            422,
            42210000,
            SUB_PENNY,
        ),
        (
            {"qty": "1.5", "time_in_force": "gtc"},
            422,
            42210000,
            "fractional orders must be DAY orders",
        ),
        (BRACKET | {"qty": "1.5"}, 422, 42210000, "fractional orders must be simple orders"),
        ({"qty": "1.5", "side": "sell"}, 422, 42210000, "fractional orders cannot be sold short"),
        ({"qty": None, "notional": "0.99"}, 422, 40010001, "notional must be >= 1.00"),
        (
            {"extended_hours": True},
            422,
            42210000,
            "extended hours order must be DAY or GTC limit orders",
        ),
        (
            {"type": "stop", "stop_price": "610.00", "extended_hours": True},
            422,
            42210000,
            "stop orders are not eligible for extended hours trading",
        ),
        (
            {"type": "stop", "stop_price": "590.00"},
            422,
            42210000,
            "stop price must be greater than current price",
        ),
        (
            BRACKET | {"take_profit": {"limit_price": "600.00"}},
            422,
            42210000,
            "take_profit.limit_price must be >= base_price + 0.01",
        ),
        (
            BRACKET | {"stop_loss": {"stop_price": "600.00"}},
            422,
            42210000,
            "stop_loss.stop_price must be <= base_price - 0.01",
        ),
        (
            {"position_intent": "buy_to_close"},
            422,
            42210000,
            "position intent mismatch, inferred: buy_to_open, specified: buy_to_close",
        ),
        ({"qty": "1000"}, 403, 40310000, "insufficient buying power"),
        (
            {"symbol": "F", "qty": "1"},
            403,
            40310000,
            "cost basis must be >= minimal amount of order 1",
        ),
    ],
)
def test_refusals_have_alpacas_numbers_and_words(
    venue: Served, asked: dict[str, object], status: int, code: int, message: str
) -> None:
    found, refusal = venue.refused(**asked)

    assert (found, refusal["code"], refusal["message"]) == (status, code, message)
    assert venue.document("GET", "/v2/orders?status=all") == []


def test_a_name_is_taken_once(venue: Served) -> None:
    venue.order(client_order_id="mine-1")

    status, refusal = venue.refused(client_order_id="mine-1", qty="2")

    assert (status, refusal) == (
        422,
        {"code": 40010001, "message": "client_order_id must be unique"},
    )
    assert len(venue.document("GET", "/control/truth")["orders"]) == 1


def test_a_price_below_a_dollar_goes_in_hundredths_of_a_cent(venue: Served) -> None:
    venue.order(symbol="F", qty="10", type="limit", limit_price="0.4999")

    status, _ = venue.refused(symbol="F", qty="10", type="limit", limit_price="0.49991")

    assert status == 422


def test_open_sells_reserve_shares(venue: Served) -> None:
    venue.hold(qty="10")
    stop = venue.order(side="sell", type="stop", stop_price="590.00", qty="7")

    status, refusal = venue.refused(side="sell", qty="4")

    assert (status, refusal) == (
        403,
        {
            "code": 40310000,
            "message": "insufficient qty available for order (requested: 4, available: 3)",
            "available": "3",
            "existing_qty": "10",
            "held_for_orders": "7",
            "related_orders": [stop["id"]],
            "symbol": "SPY",
        },
    )
    assert venue.document("GET", "/v2/positions/SPY")["qty_available"] == "3"


def test_open_buys_reserve_money_until_they_end(venue: Served) -> None:
    first = venue.order(type="limit", limit_price="500.00", qty="700")
    assert venue.document("GET", "/v2/account")["buying_power"] == "50000.00"
    status, refusal = venue.refused(type="limit", limit_price="500.00", qty="101")
    assert (status, refusal["buying_power"], refusal["cost_basis"]) == (403, "50000", "50500")
    venue.advance()

    assert venue.call("DELETE", f"/v2/orders/{first['id']}")[0] == 204
    venue.advance()

    assert venue.document("GET", "/v2/account")["buying_power"] == "400000.00"


def test_a_small_account_is_lent_nothing() -> None:
    with served(cash="1500") as venue:
        account = venue.document("GET", "/v2/account")
        assert (account["multiplier"], account["buying_power"]) == ("1", "1500.00")
        assert venue.refused(qty="3")[1]["message"] == "insufficient buying power"
        assert venue.refused(side="sell")[1]["message"] == "account is not allowed to short"


def test_an_account_may_sell_short_and_cover(venue: Served) -> None:
    short = venue.order(side="sell", qty="5")
    assert short["position_intent"] == "sell_to_open"
    venue.advance()
    position = venue.document("GET", "/v2/positions/SPY")
    assert (position["side"], position["qty"], position["market_value"]) == (
        "short",
        "-5",
        "-3000.00",
    )
    assert venue.refused(qty="6")[0] == 403

    cover = venue.order(qty="5")

    assert cover["position_intent"] == "buy_to_close"
    venue.advance()
    assert venue.document("GET", "/control/truth")["positions"] == {}


def test_no_short_sale_beside_a_buy_that_opens(venue: Served) -> None:
    venue.order(type="limit", limit_price="500.00")

    assert "while a long buy order is open" in venue.refused(side="sell")[1]["message"]


@pytest.mark.parametrize(
    ("resting", "asked", "refused"),
    [
        (
            {"type": "stop", "stop_price": "590.00"},
            LIMIT | {"limit_price": "500.00"},
            "market/stop",
        ),
        (
            {"type": "limit", "limit_price": "610.00"},
            {},
            "opposite side limit order exists. use complex/limit/stop_limit orders",
        ),
        (
            {"type": "limit", "limit_price": "610.00"},
            {"type": "limit", "limit_price": "610.00"},
            "opposite side limit order exists",
        ),
        ({"type": "limit", "limit_price": "610.00"}, LIMIT, None),
        ({"type": "trailing_stop", "trail_price": "5"}, {}, None),
        (
            {"type": "limit", "limit_price": "610.00"},
            BRACKET | LIMIT,
            None,
        ),
    ],
)
def test_wash_trades_are_refused(
    venue: Served, resting: dict[str, object], asked: dict[str, object], refused: str | None
) -> None:
    venue.hold(qty="10")
    order = venue.order(side="sell", qty="5", **resting)

    if refused is None:
        venue.order(**asked)
        return
    status, refusal = venue.refused(**asked)
    assert (status, refusal["code"]) == (403, 40310000)
    assert refusal["message"] == "potential wash trade detected. use complex orders"
    assert refused in refusal["reject_reason"]
    assert refusal["existing_order_id"] == order["id"]


def test_the_owner_can_suspend_trading_and_shorts(venue: Served) -> None:
    changed = venue.document(
        "PATCH",
        "/v2/account/configurations",
        {"no_shorting": True, "fractional_trading": False, "dtbp_check": None},
    )
    assert changed["no_shorting"] is True
    assert venue.refused(side="sell")[1]["message"] == "account is not allowed to short"
    assert "fractional trading is disabled" in venue.refused(qty="0.5")[1]["message"]
    venue.document("PATCH", "/v2/account/configurations", {"suspend_trade": True})

    assert venue.refused()[1]["message"] == "account is not authorized to trade"
    assert venue.document("GET", "/v2/account")["trade_suspended_by_user"] is True
    path = "/v2/account/configurations"
    bodies: tuple[object, ...] = (
        {"max_margin_multiplier": "3"},
        {"max_margin_multiplier": ["4"]},
        {"color": "red"},
        {"suspend_trade": 1},
        [],
    )
    assert {venue.call("PATCH", path, body)[0] for body in bodies} == {422}


@pytest.mark.parametrize(
    "body",
    ["", "[", "[]", "null", '"order"', "{}", '{"type":{}}', '{"type":"\\ud83d"}', "[" * 5000],
)
def test_bodies_that_are_no_orders_are_refused(venue: Served, body: str) -> None:
    status, text = venue.call("POST", "/v2/orders", body)

    assert (status, "40010001" in text) == (422, True)


def test_a_key_is_asked_for_and_any_will_do(venue: Served) -> None:
    both = {"APCA-API-KEY-ID": "x", "APCA-API-SECRET-KEY": "y"}
    for headers in (both, {"Authorization": "Bearer x"}):
        assert venue.answered("GET", "/v2/account", headers=headers)[0] == 200

    status, text, _ = venue.answered("GET", "/v2/account", headers={})

    assert (status, text) == (401, '{"message": "unauthorized."}')
    assert venue.answered("GET", "/control/truth", headers={})[0] == 200
    assert venue.call("GET", "/v2/nothing")[0] == 404


def test_requests_a_minute_are_limited_and_told() -> None:
    with served(rate_limit=3) as venue:
        answers = [venue.answered("GET", "/v2/clock") for _ in range(4)]

        assert [status for status, _, _ in answers] == [200, 200, 200, 429]
        assert [headers["X-RateLimit-Remaining"] for _, _, headers in answers] == list("2100")
        assert answers[3][2]["X-RateLimit-Limit"] == "3"
        assert int(answers[3][2]["X-RateLimit-Reset"]) > 0
        assert '"code": 42910000' in answers[3][1]
        assert venue.call("GET", "/control/clock")[0] == 200
