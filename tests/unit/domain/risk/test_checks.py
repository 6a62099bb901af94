"""Each check of a single order: below, on and above its limit, and what is unknown refuses.

Most orders are for SPY at a mid of 500 in an account of 100 000 dollars.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk import conduct, exposure, money, quoting, sizes, standing
from alchemiser.domain.risk.checks import Check, FitsInto
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.history import RiskHistory
from alchemiser.domain.risk.limits import (
    RESEARCH_LIMITS,
    RiskCode,
    RiskLimits,
    TradingState,
    Violation,
)
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import sent_orders

QUANTITY = FitsInto(sizes.order_quantity)
NOTIONAL = FitsInto(sizes.order_notional)
ORDER_EQUITY = FitsInto(sizes.order_equity)
POSITION = FitsInto(exposure.position)
GROSS_EXPOSURE = FitsInto(exposure.gross_exposure)
POWER = FitsInto(money.buying_power)
SPY = Symbol("SPY")
OPEN = RESEARCH_LIMITS
"""Nothing but the integrity checks, so that a limit can be put on alone."""

MICROSECOND = timedelta(microseconds=1)


def refusal(code: RiskCode, observed: str, limit: str, symbol: Symbol | None = SPY) -> Violation:
    return Violation(code=code, observed=observed, limit=limit, symbol=symbol)


def selling(quantity: str = "10", price: str = "500") -> NewOrderSingle:
    return an_order(quantity=quantity, price=price, side=Side.SELL)


def without_account(context: RiskContext) -> RiskContext:
    return replace(context, account=None)


def without_cash(context: RiskContext) -> RiskContext:
    return replace(context, cash=None)


def without_quote(context: RiskContext) -> RiskContext:
    return replace(context, quotes={})


def without_instrument(context: RiskContext) -> RiskContext:
    return replace(context, instruments={})


def without_session(context: RiskContext) -> RiskContext:
    return replace(context, session=None)


@pytest.mark.parametrize("order", [an_order(), selling()], ids=["buy", "sell"])
@pytest.mark.parametrize(
    ("lose", "code", "limit"),
    [
        (without_account, RiskCode.ACCOUNT_UNKNOWN, "known"),
        (without_cash, RiskCode.ACCOUNT_UNKNOWN, "known"),
        (without_session, RiskCode.SESSION_CLOSED, "open"),
        (without_instrument, RiskCode.SYMBOL_NOT_TRADABLE, "tradable"),
        (without_quote, RiskCode.PRICE_UNKNOWN, "known"),
    ],
)
def test_whatever_is_unknown_refuses_buys_and_sells(
    order: NewOrderSingle,
    lose: Callable[[RiskContext], RiskContext],
    code: RiskCode,
    limit: str,
) -> None:
    """OS-21, RS-14, SE-07: risk fails closed."""
    context = a_context(an_account("90000", {"SPY": "20"}, equity="100000"), limits=OPEN)
    assert isinstance(approve(order, context), ApprovedOrder)

    assert approve(order, lose(context)) == refusal(code, "unknown", limit)


def test_blocked_account_refuses() -> None:
    """M07."""
    blocked = a_context(an_account(blocked=True))

    assert standing.account_known(an_order(), blocked) == refusal(
        RiskCode.ACCOUNT_BLOCKED, "blocked", "open"
    )
    assert standing.account_known(an_order(), a_context()) is None


@pytest.mark.parametrize(
    ("state", "buys", "sells"),
    [
        (TradingState.ACTIVE, True, True),
        (TradingState.REDUCING, False, True),
        (TradingState.HALTED, False, False),
    ],
)
def test_trading_state_lets_pass_what_it_says(
    state: TradingState, *, buys: bool, sells: bool
) -> None:
    """FAULTS invariant 18."""
    context = a_context(state=state)
    refused = refusal(RiskCode.TRADING_STATE, state.value, "active")

    assert standing.trading_state(an_order(), context) == (None if buys else refused)
    assert standing.trading_state(selling(), context) == (None if sells else refused)


@pytest.mark.parametrize(
    ("now", "passes"),
    [
        (SESSION.open_at - MICROSECOND, False),
        (SESSION.open_at, True),
        (SESSION.close_at - MICROSECOND, True),
        (SESSION.close_at, False),
    ],
)
def test_orders_leave_only_in_regular_hours(now: datetime, *, passes: bool) -> None:
    """OS-19."""
    context = replace(a_context(), now=now)
    hours = "2024-08-05T13:30:00+00:00 to 2024-08-05T20:00:00+00:00"
    refused = refusal(RiskCode.SESSION_CLOSED, now.isoformat(), hours)

    assert standing.session_open(an_order(), context) == (None if passes else refused)


def test_symbol_that_the_venue_does_not_trade_is_refused() -> None:
    """OS-20."""
    halted = a_context(instruments=[Instrument(symbol=SPY, status=ListingStatus.NOT_TRADABLE)])

    assert standing.symbol_tradable(an_order(), halted) == refusal(
        RiskCode.SYMBOL_NOT_TRADABLE, "not_tradable", "tradable"
    )
    assert standing.symbol_tradable(an_order(), a_context()) is None


@pytest.mark.parametrize(
    ("quantity", "passes"), [("6.99", False), ("7", True), ("7.000000001", False), ("1e20", True)]
)
def test_quantity_off_the_increment_is_refused(quantity: str, *, passes: bool) -> None:
    """OS-04, OS-14."""
    context = a_context(instruments=[Instrument(symbol=SPY, quantity_increment=Decimal(1))])
    refused = refusal(RiskCode.QUANTITY_INVALID, quantity, "1")

    verdict = quoting.quantity_valid(an_order(quantity=quantity), context)

    assert verdict == (None if passes else refused)


def test_quantity_beyond_the_precision_of_decimals_is_no_arithmetic_error() -> None:
    assert quoting.quantity_valid(an_order(quantity="1e25"), a_context()) is None


@pytest.mark.parametrize(
    ("price", "passes"), [("500.04", False), ("500.05", True), ("500.051", False)]
)
def test_price_off_the_tick_is_refused(price: str, *, passes: bool) -> None:
    """OS-04."""
    context = a_context(instruments=[Instrument(symbol=SPY, price_increment=Decimal("0.05"))])
    refused = refusal(RiskCode.PRICE_INVALID, price, "0.05")

    assert quoting.price_valid(an_order(price=price), context) == (None if passes else refused)


@pytest.mark.parametrize(
    ("age", "passes", "observed"),
    [
        (timedelta(0), True, ""),
        (timedelta(seconds=60), True, ""),
        (timedelta(seconds=60) + MICROSECOND, False, "60.000001 seconds"),
        (timedelta(days=3), False, "259200 seconds"),
        (-MICROSECOND, False, "-0.000001 seconds"),
    ],
)
def test_quote_that_is_old_or_from_the_future_is_refused(
    age: timedelta, observed: str, *, passes: bool
) -> None:
    """OS-10, C08."""
    context = a_context(quotes=[quote("SPY", "499.90", "500.10", at=NOW - age)])
    refused = refusal(RiskCode.PRICE_STALE, observed, "0 to 60 seconds")

    assert quoting.quote_usable(an_order(), context) == (None if passes else refused)


@pytest.mark.parametrize(
    ("bid", "ask", "passes"),
    [("499.99", "500", True), ("500", "500", True), ("500.01", "500", False)],
)
def test_crossed_quote_is_refused(bid: str, ask: str, *, passes: bool) -> None:
    """C14: locked is usable, crossed is not."""
    context = a_context(quotes=[quote("SPY", bid, ask, at=NOW)])
    refused = refusal(RiskCode.QUOTE_CROSSED, "500.01 bid", "500 ask")

    assert quoting.quote_usable(an_order(), context) == (None if passes else refused)


@pytest.mark.parametrize(
    ("price", "observed"),
    [
        ("489.99", "0.02002"),
        ("490", None),
        ("500", None),
        ("510", None),
        ("510.01", "0.02002"),
        ("0.01", "0.99998"),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_price_outside_the_collar_is_refused(price: str, observed: str | None, side: Side) -> None:
    """OS-10, FAULTS invariant 23: 2 % of a mid of 500, on either side, for buys and sells."""
    verdict = quoting.price_collar(an_order(price=price, side=side), a_context())

    assert verdict == (refusal(RiskCode.PRICE_COLLAR, observed, "0.02") if observed else None)


@pytest.mark.parametrize("check", [quoting.quote_usable, quoting.max_spread, quoting.price_collar])
def test_price_without_a_reference_is_refused(check: Check) -> None:
    """OS-21."""
    assert check(an_order(), without_quote(a_context())) == refusal(
        RiskCode.PRICE_UNKNOWN, "unknown", "known"
    )


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("listed", "refused"), [("SPY", True), ("TSLA", False)])
def test_listed_symbols_may_be_sold_and_not_bought(
    listed: str,
    refused: bool,
    side: Side,
) -> None:
    """RC-18."""
    context = a_context(limits=replace(OPEN, restricted=frozenset({Symbol(listed)})))

    verdict = standing.restricted(an_order(side=side), context)

    expected = refusal(RiskCode.RESTRICTED, "restricted", "not restricted")
    assert verdict == (expected if refused and side is Side.BUY else None)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("differs", "refused"), [("SPY", True), ("TSLA", False)])
def test_symbols_in_which_books_and_broker_differ_may_be_sold_and_not_bought(
    differs: str, refused: bool, side: Side
) -> None:
    """OS-24."""
    context = a_context()
    past = RiskHistory(sessions=(SESSION.day,), unreconciled=frozenset({Symbol(differs)}))
    known = replace(context, history=past)

    expected = refusal(RiskCode.SYMBOL_UNRECONCILED, "not reconciled", "reconciled")
    verdict = standing.symbol_unreconciled(an_order(side=side), known)
    assert verdict == (expected if refused and side is Side.BUY else None)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("bid", "ask", "observed"),
    [("495", "505", None), ("494.99", "505.01", "0.02004"), ("100", "900", "1.6")],
)
def test_quote_too_wide_to_tell_a_price_is_refused(
    bid: str, ask: str, observed: str | None, side: Side
) -> None:
    """OS-10: at the limit itself it passes."""
    context = a_context()
    wide = replace(context.quotes[Symbol("SPY")], bid=Decimal(bid), ask=Decimal(ask))
    context = replace(context, quotes={Symbol("SPY"): wide})

    verdict = quoting.max_spread(an_order(side=side), context)

    assert verdict == (refusal(RiskCode.MAX_SPREAD, observed, "0.02") if observed else None)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("limit", "observed"), [(None, None), ("50", None), ("49.999999999", "50")]
)
def test_order_of_too_many_shares_is_refused(
    limit: str | None, observed: str | None, side: Side
) -> None:
    """OS-07."""
    most = None if limit is None else Decimal(limit)
    context = a_context(limits=replace(OPEN, max_order_quantity=most))

    verdict = QUANTITY(an_order(quantity="50", side=side), context)

    expected = refusal(RiskCode.MAX_ORDER_QUANTITY, observed or "", limit or "")
    assert verdict == (expected if observed else None)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("quantity", "observed"),
    [("49.99", None), ("50", None), ("50.002", "25001"), ("2000", "1000000")],
)
def test_order_above_the_dollar_limit_is_refused(
    quantity: str, observed: str | None, side: Side
) -> None:
    """OS-07: a runaway guard for buys and sells, at the limit price."""
    context = a_context(limits=replace(OPEN, max_order_notional=Decimal("25000.00")))

    verdict = NOTIONAL(an_order(quantity=quantity, side=side), context)

    assert verdict == (
        refusal(RiskCode.MAX_ORDER_NOTIONAL, observed, "25000") if observed else None
    )


@pytest.mark.parametrize(
    ("quantity", "observed"), [("119.9", None), ("120", None), ("120.002", "0.60001")]
)
def test_buy_above_its_share_of_equity_is_refused(quantity: str, observed: str | None) -> None:
    """OS-07."""
    context = a_context(limits=replace(OPEN, max_order_equity=Decimal("0.60")))
    refused = refusal(RiskCode.MAX_ORDER_EQUITY, observed or "", "0.6")

    assert ORDER_EQUITY(an_order(quantity=quantity), context) == (refused if observed else None)
    assert ORDER_EQUITY(selling(quantity), context) is None


@pytest.mark.parametrize("equity", ["0", "-100"])
def test_buy_without_equity_is_refused_by_every_share_of_it(equity: str) -> None:
    """OS-21: no share of nothing is allowed, and nothing divides by it."""
    context = a_context(
        an_account("500", equity=equity),
        limits=RiskLimits(max_position={AssetClass.STOCK: Decimal(1)}),
    )
    refused = refusal(RiskCode.ACCOUNT_UNKNOWN, equity, "equity above zero")

    for check in (ORDER_EQUITY, POSITION, GROSS_EXPOSURE):
        assert check(an_order(), context) == refused
        assert check(selling(), context) is None


def test_smallest_equity_is_equity() -> None:
    context = a_context(
        an_account("500", equity="0.01"),
        limits=RiskLimits(max_position={AssetClass.STOCK: Decimal(1)}),
    )
    refused = [
        check(an_order(quantity="0.002"), context)
        for check in (ORDER_EQUITY, POSITION, GROSS_EXPOSURE)
    ]

    assert refused == [
        refusal(RiskCode.MAX_ORDER_EQUITY, "100", "1"),
        refusal(RiskCode.MAX_POSITION, "100", "1"),
        refusal(RiskCode.MAX_GROSS_EXPOSURE, "100", "1"),
    ]


@pytest.mark.parametrize(
    "check",
    [
        ORDER_EQUITY,
        POSITION,
        GROSS_EXPOSURE,
    ],
)
def test_buy_without_a_known_account_is_refused_by_every_share_of_equity(
    check: Check,
) -> None:
    """OS-21."""
    context = without_account(a_context(limits=RiskLimits()))

    verdict = check(an_order(), context)

    assert verdict == refusal(RiskCode.ACCOUNT_UNKNOWN, "unknown", "equity above zero")


def class_limit(limit: str, cls: AssetClass = AssetClass.STOCK) -> RiskLimits:
    return replace(OPEN, max_position={cls: Decimal(limit)})


@pytest.mark.parametrize(
    ("quantity", "observed"), [("29.99", None), ("30", None), ("30.002", "0.25001")]
)
def test_buy_beyond_the_largest_position_is_refused(quantity: str, observed: str | None) -> None:
    """RC-01: 20 held and 30 more at the mid of 500 are a quarter of 100 000."""
    account = an_account("90000", {"SPY": "20"}, equity="100000")
    context = a_context(account, limits=class_limit("0.250"))

    verdict = POSITION(an_order(quantity=quantity, price="505"), context)

    assert verdict == (refusal(RiskCode.MAX_POSITION, observed, "0.25") if observed else None)


def test_open_buys_count_towards_the_position_and_open_sells_do_not() -> None:
    """RC-01: on the post-trade portfolio including open orders."""
    context = a_context(limits=class_limit("0.25"))
    assert POSITION(an_order(quantity="50"), context) is None

    selling_too = context.with_order(selling("10"))
    buying_too = context.with_order(an_order(quantity="0.002", attempt=2))

    assert POSITION(an_order(quantity="50"), selling_too) is None
    assert POSITION(an_order(quantity="50"), buying_too) == refusal(
        RiskCode.MAX_POSITION, "0.25001", "0.25"
    )


def test_position_limit_of_a_symbol_stands_above_its_class() -> None:
    """OS-16, RC-01."""
    limits = replace(class_limit("0.10"), max_position_symbol={SPY: Decimal("0.60")})
    context = a_context(limits=limits)

    assert POSITION(an_order(quantity="120"), context) is None
    assert POSITION(an_order(quantity="120.002"), context) == refusal(
        RiskCode.MAX_POSITION, "0.60001", "0.6"
    )


def test_sell_of_a_position_above_its_limit_passes() -> None:
    """What reduces risk is never refused for being too large already."""
    account = an_account("0", {"SPY": "200"}, equity="100000")

    assert POSITION(selling("10"), a_context(account, limits=class_limit("0.1"))) is None
    assert GROSS_EXPOSURE(selling("10"), a_context(account)) is None


def test_position_without_a_price_is_refused() -> None:
    """OS-21."""
    context = without_quote(a_context(limits=class_limit("0.1")))

    assert POSITION(an_order(), context) == refusal(RiskCode.PRICE_UNKNOWN, "unknown", "known")


TRIPLE = Instrument(symbol=Symbol("SQQQ"), leverage=Decimal(-3))
GROSS = replace(OPEN, max_gross_exposure=Decimal("1.50"))


def geared(cash: str = "40000", sqqq: str = "1000") -> RiskContext:
    """Return an account that holds 10 000 dollars of an inverse triple fund and 50 000 of SPY."""
    return a_context(
        an_account(cash, {"SPY": "100", "SQQQ": sqqq}, equity="100000"),
        quotes=[
            quote("SPY", "499.90", "500.10", at=NOW),
            quote("SQQQ", "9.99", "10.01", at=NOW),
        ],
        instruments=[TRIPLE],
        limits=GROSS,
    )


@pytest.mark.parametrize(
    ("quantity", "observed"), [("139.99", None), ("140", None), ("140.002", "1.50001")]
)
def test_buy_beyond_the_gross_exposure_is_refused(quantity: str, observed: str | None) -> None:
    """RC-03: 50 000 and three times 10 000 leave 70 000 of 150 000."""
    verdict = GROSS_EXPOSURE(an_order(quantity=quantity), geared())

    assert verdict == (refusal(RiskCode.MAX_GROSS_EXPOSURE, observed, "1.5") if observed else None)


def test_leveraged_buy_counts_by_its_leverage_whatever_its_sign() -> None:
    """RC-03: look-through; 70 000 dollars of room are 23 333.33 of a triple fund."""
    fits, exceeds = an_order("SQQQ", "2333.3", "10"), an_order("SQQQ", "2333.4", "10")

    assert GROSS_EXPOSURE(fits, geared()) is None
    assert GROSS_EXPOSURE(exceeds, geared()) == refusal(
        RiskCode.MAX_GROSS_EXPOSURE, "1.50002", "1.5", Symbol("SQQQ")
    )


def test_open_buys_count_towards_the_gross_exposure() -> None:
    """RC-03."""
    context = geared().with_order(an_order("SQQQ", "1000", "10"))

    assert GROSS_EXPOSURE(an_order(quantity="80"), context) is None
    assert GROSS_EXPOSURE(an_order(quantity="80.002"), context) == refusal(
        RiskCode.MAX_GROSS_EXPOSURE, "1.50001", "1.5"
    )


@pytest.mark.parametrize("lose", [without_quote, without_instrument])
def test_gross_exposure_of_an_unpriced_position_is_refused(
    lose: Callable[[RiskContext], RiskContext],
) -> None:
    """OS-21: a position that nobody can value may be any risk."""
    assert GROSS_EXPOSURE(an_order(), lose(geared())) == refusal(
        RiskCode.POSITION_UNPRICED, "unknown", "every position priced"
    )
    assert GROSS_EXPOSURE(an_order("OKLO"), geared()) == refusal(
        RiskCode.POSITION_UNPRICED, "unknown", "every position priced", Symbol("OKLO")
    )


@pytest.mark.parametrize(
    ("quantity", "observed"), [("19.99", None), ("20", None), ("20.0001", "10000.05")]
)
@pytest.mark.parametrize(("ours", "theirs"), [("10000", "10000.01"), ("10000.01", "10000")])
def test_buy_beyond_the_lesser_of_our_cash_and_the_broker_s_power_is_refused(
    quantity: str, observed: str | None, ours: str, theirs: str
) -> None:
    """SE-03, M09: at the limit price."""
    account = an_account("20000", buying_power=theirs)
    context = replace(a_context(account, limits=OPEN), cash=Decimal(ours))

    verdict = POWER(an_order(quantity=quantity), context)

    assert verdict == (refusal(RiskCode.BUYING_POWER, observed, "10000") if observed else None)


def test_open_buys_reserve_buying_power_and_open_sells_add_none() -> None:
    """SE-03."""
    context = a_context(an_account("10000"), limits=OPEN)
    context = context.with_order(selling("10")).with_order(an_order("AGG", "50", "100"))

    assert POWER(an_order(quantity="10"), context) is None
    assert POWER(an_order(quantity="10.0002"), context) == refusal(
        RiskCode.BUYING_POWER, "5000.1", "5000"
    )


def test_open_buy_that_the_broker_reserved_is_not_taken_off_its_figure_again() -> None:
    """SE-03. Symptom: a lost order could not be sent again while its neighbours worked.

    Of 9 900 dollars the broker reserves 5 000 for AGG; 3 000 for TLT it does not know of yet.
    """
    agg, tlt = an_order("AGG", "50", "100"), an_order("TLT", "30", "100")
    context = a_context(an_account("10000", buying_power="4900"), limits=OPEN)
    context = replace(context.with_order(agg).with_order(tlt), reserved=frozenset({agg.cl_ord_id}))

    assert POWER(an_order(quantity="3.8"), context) is None
    assert POWER(an_order(quantity="3.8002"), context) == refusal(
        RiskCode.BUYING_POWER, "1900.1", "1900"
    )


def test_broker_that_reserves_nothing_does_not_let_cash_be_spent_twice() -> None:
    """SE-03: our own count stands beside the broker's."""
    agg = an_order("AGG", "50", "100")
    context = a_context(an_account("10000", buying_power="10000"), limits=OPEN)
    context = replace(context.with_order(agg), reserved=frozenset({agg.cl_ord_id}))

    assert POWER(an_order(quantity="10.0002"), context) == refusal(
        RiskCode.BUYING_POWER, "5000.1", "5000"
    )


def test_debt_leaves_no_buying_power_but_does_not_hold_up_a_sell() -> None:
    """SE-03."""
    context = a_context(an_account("-20", {"SPY": "10"}, equity="4980"), limits=OPEN)

    assert POWER(an_order(quantity="0.002"), context) == refusal(RiskCode.BUYING_POWER, "1", "0")
    assert POWER(selling(), context) is None


@pytest.mark.parametrize("lose", [without_account, without_cash])
def test_buy_with_unknown_money_is_refused(lose: Callable[[RiskContext], RiskContext]) -> None:
    """SE-07."""
    assert POWER(an_order(), lose(a_context())) == refusal(
        RiskCode.ACCOUNT_UNKNOWN, "unknown", "known"
    )


@pytest.mark.parametrize(
    ("quantity", "passes"), [("6.999999999", True), ("7", True), ("7.000000001", False)]
)
def test_sell_of_more_than_is_held_and_not_yet_on_sale_is_refused(
    quantity: str, *, passes: bool
) -> None:
    """FAULTS invariant 14."""
    account = an_account("0", {"SPY": "10"}, equity="5000")
    context = a_context(account).with_order(selling("3"))
    refused = refusal(RiskCode.SHORT_SALE, quantity, "7")

    assert conduct.short_sale(selling(quantity), context) == (None if passes else refused)
    assert conduct.short_sale(an_order(quantity="11"), context) is None


@pytest.mark.parametrize(
    "account", [an_account(), an_account("0", {"SPY": "-3"}, equity="1")], ids=["none", "short"]
)
def test_sell_of_what_is_not_held_is_refused(account: AccountSnapshot) -> None:
    """FAULTS invariant 14."""
    assert conduct.short_sale(selling("3"), a_context(account)) == refusal(
        RiskCode.SHORT_SALE, "3", "0"
    )


@pytest.mark.parametrize(("sent", "passes"), [(0, True), (2, True), (3, False), (4, False)])
def test_order_beyond_the_day_s_number_is_refused(sent: int, *, passes: bool) -> None:
    """OS-09: sells too, a runaway does not stop at one side."""
    names = sent_orders((an_order(attempt=attempt) for attempt in range(2, 2 + sent)), NOW)
    context = replace(a_context(limits=replace(OPEN, max_orders_per_day=3)), sent=names)
    refused = refusal(RiskCode.MAX_ORDERS_PER_DAY, str(sent + 1), "3")

    for order in (an_order(), selling()):
        assert conduct.orders_per_day(order, context) == (None if passes else refused)


def test_slot_that_was_used_is_refused() -> None:
    """OS-08."""
    used = replace(a_context(), sent=sent_orders([an_order()], NOW))

    assert conduct.duplicate_intent(an_order(quantity="7"), used) == refusal(
        RiskCode.DUPLICATE_INTENT, an_order().cl_ord_id, "one order a slot"
    )
    assert conduct.duplicate_intent(an_order(attempt=2), used) is None


def test_second_open_order_of_one_side_in_a_symbol_is_refused() -> None:
    """OS-08, FAULTS invariant 1."""
    context = a_context().with_order(an_order())
    second = an_order(attempt=2)

    assert conduct.duplicate_intent(second, context) == refusal(
        RiskCode.DUPLICATE_INTENT, second.cl_ord_id, "one order a slot"
    )
    assert conduct.duplicate_intent(selling(), context) is None
    assert conduct.duplicate_intent(an_order("AGG"), context) is None


def test_research_keeps_the_integrity_checks_and_drops_the_caps() -> None:
    """DESIGN §3: backtests without a configuration use no exposure caps, and say so."""
    many = sent_orders((an_order("AGG", attempt=attempt) for attempt in range(1, 500)), NOW)
    context = replace(a_context(an_account(), limits=RESEARCH_LIMITS), sent=many)

    assert isinstance(approve(an_order(quantity="200"), context), ApprovedOrder)
    assert isinstance(approve(an_order(quantity="200.002"), context), Violation)
    assert isinstance(approve(an_order(price="511"), context), Violation)
    assert isinstance(approve(selling(), context), Violation)


def test_text_of_a_refusal_depends_on_values_not_on_how_they_were_written() -> None:
    """A replay reads numbers back from the journal without their trailing zeros."""
    live = a_context(an_account("100.00"), limits=OPEN)
    replayed = a_context(an_account("1E+2"), limits=OPEN)
    order = an_order(quantity="1.000")

    assert POWER(order, live) == POWER(order, replayed)


def test_moments_in_a_refusal_are_in_utc() -> None:
    late = replace(a_context(), now=datetime(2024, 8, 5, 21, tzinfo=UTC))

    violation = standing.session_open(an_order(), late)

    assert violation is not None
    assert violation.observed == "2024-08-05T21:00:00+00:00"
