"""How orders follow one another: slots, numbers, crossing and churn (OS-08, OS-09, RC-18)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk import conduct
from alchemiser.domain.risk.checks import Check
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Execution, SentOrder
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, TradingState
from alchemiser.domain.risk.pool import refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_order

SPY = Symbol("SPY")
BUY, SELL = Side.BUY, Side.SELL


def d(text: str) -> Decimal:
    return Decimal(text)


def limited(**limits: int) -> RiskContext:
    """Return a world with nothing but `limits`."""
    return a_context(limits=replace(RESEARCH_LIMITS, **limits))  # type: ignore[arg-type]


def after(
    context: RiskContext, orders: Iterable[NewOrderSingle], *, seconds: float = 0, worth: str = "1"
) -> RiskContext:
    """Return `context` after `orders` were sent so many seconds ago; none of them is open."""
    at = NOW - timedelta(seconds=seconds)
    sent = {one.cl_ord_id: SentOrder(order=one, at=at, worth=d(worth)) for one in orders}
    return replace(context, sent={**context.sent, **sent})


# --- Slots --------------------------------------------------------------------------------------


def test_slot_is_used_by_any_order_and_only_once() -> None:
    """OS-08: whatever became of the first."""
    used = after(a_context(), [an_order()], worth="0")
    taken = refuse(RiskCode.DUPLICATE_INTENT, an_order().cl_ord_id, "one order a slot", SPY)

    assert conduct.duplicate_intent(an_order(quantity="3"), used) == taken
    assert conduct.duplicate_intent(an_order(attempt=2), used) is None
    assert conduct.duplicate_intent(an_order(side=SELL), used) is None


def test_symbol_has_one_open_order_a_side() -> None:
    """OS-08, FAULTS invariant 1: one that was sent by an earlier process, too."""
    context = replace(a_context(), open_orders=(an_order(),))
    second = an_order(attempt=2)
    taken = refuse(RiskCode.DUPLICATE_INTENT, second.cl_ord_id, "one order a slot", SPY)

    assert conduct.duplicate_intent(second, context) == taken
    assert conduct.duplicate_intent(an_order(side=SELL), context) is None
    assert conduct.duplicate_intent(an_order("AGG"), context) is None


# --- Crossing our own orders --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "other", "crosses", "passes", "limit"),
    [
        (BUY, "500.250", ["500.25", "500.26"], ["500.24"], "below 500.25"),
        (SELL, "500.250", ["500.25", "500.24"], ["500.26"], "above 500.25"),
    ],
)
def test_order_that_could_trade_with_our_own_is_refused(
    side: Side, other: str, crosses: list[str], passes: list[str], limit: str
) -> None:
    """RC-18: at the very same price, too; a replay tells it alike, however it was written."""
    opposite = an_order(price=other, side=SELL if side is BUY else BUY)
    # What stands first in the book neither hides what crosses nor is taken for it.
    first = an_order("AGG", price=other, side=opposite.side)
    same = an_order(price=other, side=side, attempt=7)
    context = replace(a_context(), open_orders=(first, same, opposite))

    for price in crosses:
        verdict = conduct.wash_trade(an_order(price=price, side=side), context)
        assert verdict == refuse(RiskCode.WASH_TRADE, d(price), limit, SPY)
    for price in passes:
        assert conduct.wash_trade(an_order(price=price, side=side), context) is None


@pytest.mark.parametrize("side", Side)
def test_orders_of_one_side_or_of_other_symbols_do_not_cross(side: Side) -> None:
    """RC-18."""
    other = SELL if side is BUY else BUY
    context = replace(
        a_context(), open_orders=(an_order(side=side), an_order("AGG", "10", "500", side=other))
    )

    for price in ("1", "500", "9999"):
        assert conduct.wash_trade(an_order(price=price, side=side, attempt=2), context) is None


# --- Runaway guards -----------------------------------------------------------------------------


def orders(count: int, name: str = "SPY", side: Side = BUY) -> list[NewOrderSingle]:
    """Return so many orders of ten shares, from the second attempt on."""
    return [an_order(name, side=side, attempt=attempt) for attempt in range(2, 2 + count)]


@pytest.mark.parametrize(
    ("check", "limit", "code"),
    [
        (conduct.orders_per_day, "max_orders_per_day", RiskCode.MAX_ORDERS_PER_DAY),
        (conduct.orders_per_minute, "max_orders_per_minute", RiskCode.MAX_ORDERS_PER_MINUTE),
        (conduct.orders_per_symbol, "max_orders_per_symbol", RiskCode.MAX_ORDERS_PER_SYMBOL),
        (conduct.repeated_order, "max_repeats", RiskCode.REPEATED_ORDER),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_as_many_orders_as_allowed_pass_and_one_more_does_not(
    check: Check, limit: str, code: RiskCode, side: Side
) -> None:
    """OS-09: sells too, as a runaway does not stop at one side."""
    context, order = limited(**{limit: 3}), an_order(side=side)

    for count, told in ((0, None), (2, None), (3, "4"), (4, "5")):
        verdict = check(order, after(context, orders(count, side=side), worth="0"))
        assert verdict == (None if told is None else refuse(code, told, "3", SPY))
    assert check(order, after(limited(), orders(500, side=side))) is None


@pytest.mark.parametrize(
    ("seconds", "passes"), [(0, False), (59.999999, False), (60, True), (60.000001, True)]
)
def test_order_that_was_sent_a_minute_ago_counts_no_more(seconds: float, passes: bool) -> None:
    """OS-09: at sixty seconds sharp."""
    context = after(limited(max_orders_per_minute=1), orders(1, "AGG", SELL), seconds=seconds)

    verdict = conduct.orders_per_minute(an_order(), context)

    expected = refuse(RiskCode.MAX_ORDERS_PER_MINUTE, "2", "1", SPY)
    assert verdict == (None if passes else expected)


def test_orders_of_a_day_count_whatever_their_symbol_and_age() -> None:
    """OS-09."""
    context = after(limited(max_orders_per_day=2), orders(2, "AGG", SELL), seconds=9999)

    assert conduct.orders_per_day(an_order(), context) == refuse(
        RiskCode.MAX_ORDERS_PER_DAY, "3", "2", SPY
    )


def test_orders_of_a_symbol_count_whatever_their_side() -> None:
    """OS-09: those of others do not."""
    context = after(limited(max_orders_per_symbol=2), [*orders(1, side=SELL), *orders(9, "AGG")])

    assert conduct.orders_per_symbol(an_order(), context) is None
    assert conduct.orders_per_symbol(an_order(), after(context, orders(1))) == refuse(
        RiskCode.MAX_ORDERS_PER_SYMBOL, "3", "2", SPY
    )


def test_only_orders_alike_in_symbol_side_and_quantity_are_repeats() -> None:
    """OS-09: the price may be any."""
    unlike = [*orders(1, "AGG"), *orders(1, side=SELL), an_order(quantity="10.1", attempt=9)]
    context = after(limited(max_repeats=1), unlike)
    alike = an_order(quantity="10.0", price="499", attempt=8)

    assert conduct.repeated_order(an_order(), context) is None
    assert conduct.repeated_order(an_order(), after(context, [alike])) == refuse(
        RiskCode.REPEATED_ORDER, "2", "1", SPY
    )


# --- Churn --------------------------------------------------------------------------------------


def traded(context: RiskContext, *rows: tuple[int, str, Side]) -> RiskContext:
    """Return `context` after trades: so many sessions back, symbol and side."""
    assert context.history is not None
    days = context.history.sessions
    executions = tuple(
        Execution(
            session=days[-1 - back], symbol=Symbol(name), side=side, quantity=d("1"), price=d("1")
        )
        for back, name, side in rows
    )
    return replace(context, history=replace(context.history, executions=executions))


def test_symbol_that_was_bought_and_sold_too_often_is_not_bought_again() -> None:
    """RC-18: bought, sold, and bought again are two changes."""
    context = limited(max_reversals=1, reversal_sessions=5)
    once = traded(context, (2, "SPY", BUY), (2, "SPY", BUY), (1, "SPY", SELL))
    refused = refuse(RiskCode.CHURN, "2", "1", SPY)

    assert conduct.churn(an_order(), once) == refused
    assert conduct.churn(an_order(side=SELL), once) is None
    assert conduct.churn(an_order("AGG"), once) is None
    assert conduct.churn(an_order(), traded(context, (1, "SPY", SELL))) is None
    allowed = replace(once, limits=replace(once.limits, max_reversals=2))
    assert conduct.churn(an_order(), allowed) is None
    assert conduct.churn(an_order(), replace(once, limits=RESEARCH_LIMITS)) is None


@pytest.mark.parametrize(("back", "passes"), [(4, False), (5, True)])
def test_churn_is_looked_for_in_the_last_sessions_with_the_present_one(
    back: int, passes: bool
) -> None:
    """RC-18: five sessions are today and four before."""
    context = limited(max_reversals=1, reversal_sessions=5)
    context = traded(context, (back, "SPY", BUY), (1, "SPY", SELL))

    expected = refuse(RiskCode.CHURN, "2", "1", SPY)
    assert conduct.churn(an_order(), context) == (None if passes else expected)


def test_orders_of_today_count_as_churn_once_they_may_fill() -> None:
    """RC-18: after the trades of earlier sessions, and none that came to nothing."""
    context = traded(limited(max_reversals=1, reversal_sessions=5), (1, "SPY", BUY))
    sold = [an_order(side=SELL), an_order("AGG", side=SELL)]

    assert conduct.churn(an_order(), after(context, sold, worth="0")) is None
    assert conduct.churn(an_order(), after(context, [an_order("AGG", side=SELL)])) is None
    assert conduct.churn(an_order(), after(context, sold)) == refuse(RiskCode.CHURN, "2", "1", SPY)


def test_churn_of_an_unknown_past_is_refused() -> None:
    """OS-21: for buys; a sell needs no past."""
    blind = replace(limited(max_reversals=3), history=None)

    assert conduct.churn(an_order(), blind) == refuse(RiskCode.CHURN, "unknown", "3", SPY)
    assert conduct.churn(an_order(side=SELL), blind) is None


# --- Short sales --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", TradingState)
@pytest.mark.parametrize(
    ("quantity", "passes"), [("6.999999999", True), ("7", True), ("7.000000001", False)]
)
def test_what_is_held_and_not_on_sale_may_be_sold(
    quantity: str, passes: bool, state: TradingState
) -> None:
    """FAULTS invariant 14: of ten shares three are on sale; open buys are not there yet."""
    context = a_context(an_account("0", {"SPY": "10"}, equity="5000"), state=state)
    context = replace(context, open_orders=(an_order(quantity="3", side=SELL), an_order(attempt=2)))
    order = an_order(quantity=quantity, side=SELL, attempt=2)

    expected = refuse(RiskCode.SHORT_SALE, d(quantity), "7", SPY)
    assert conduct.short_sale(order, context) == (None if passes else expected)
    assert conduct.short_sale(an_order(quantity="99"), context) is None


def test_nothing_is_available_of_what_is_short_or_sold_out() -> None:
    """FAULTS invariant 14: told as none, never as less."""
    for held in ({}, {"SPY": "-3"}):
        context = a_context(an_account("0", held, equity="1"))
        assert conduct.short_sale(an_order(side=SELL), context) == refuse(
            RiskCode.SHORT_SALE, "10", "0", SPY
        )


def test_session_of_these_tests_is_open() -> None:
    """Or orders of a minute ago would be of another day."""
    assert SESSION.is_open(NOW - timedelta(seconds=9999))
