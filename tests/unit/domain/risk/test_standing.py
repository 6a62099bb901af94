"""Whether anything may be sent: account, state, hours, symbol and losses (OS-19 to OS-21)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk import standing
from alchemiser.domain.risk.checks import Check
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, TradingState
from alchemiser.domain.risk.pool import refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument, ListingStatus
from alchemiser.testing.builders import NOW, SESSION, a_context, an_account, an_order

SPY = Symbol("SPY")
BUY, SELL = Side.BUY, Side.SELL
MICROSECOND = timedelta(microseconds=1)


def orders() -> tuple[NewOrderSingle, NewOrderSingle]:
    """Return a buy and a sell."""
    return an_order(), an_order(side=SELL)


# --- Account and state --------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["account", "cash"])
def test_account_or_books_that_cannot_be_read_refuse_everything(lost: str) -> None:
    """RS-14, SE-07."""
    blind = replace(a_context(), **{lost: None})  # type: ignore[arg-type]

    for order in orders():
        assert standing.account_known(order, blind) == refuse(
            RiskCode.ACCOUNT_UNKNOWN, "unknown", "known", SPY
        )
        assert standing.account_known(order, a_context()) is None


def test_blocked_account_refuses_everything() -> None:
    """M07."""
    for order in orders():
        assert standing.account_known(order, a_context(an_account(blocked=True))) == refuse(
            RiskCode.ACCOUNT_BLOCKED, "blocked", "open", SPY
        )


@pytest.mark.parametrize(
    ("state", "side", "passes"),
    [
        (TradingState.ACTIVE, BUY, True),
        (TradingState.ACTIVE, SELL, True),
        (TradingState.REDUCING, BUY, False),
        (TradingState.REDUCING, SELL, True),
        (TradingState.HALTED, BUY, False),
        (TradingState.HALTED, SELL, False),
    ],
)
def test_state_lets_pass_what_it_says(state: TradingState, side: Side, passes: bool) -> None:
    """FAULTS invariant 18."""
    expected = refuse(RiskCode.TRADING_STATE, state.value, "active", SPY)

    verdict = standing.trading_state(an_order(side=side), a_context(state=state))

    assert verdict == (None if passes else expected)


@pytest.mark.parametrize(
    ("held", "quantity", "passes"),
    [("-5", "5", True), ("-5", "5.000000001", False), ("5", "1", False), ("-5", "1", True)],
)
def test_reducing_lets_pass_purchases_that_only_cover_a_short_position(
    held: str, quantity: str, passes: bool
) -> None:
    """FAULTS invariant 18: a position only becomes smaller."""
    account = an_account(positions={"SPY": held})
    context = a_context(account, state=TradingState.REDUCING)
    order = an_order(side=BUY, quantity=quantity)

    assert (standing.trading_state(order, context) is None) is passes
    # What is on order already covers its part.
    again = context.with_order(an_order(side=BUY, quantity="1", attempt=2))
    assert (standing.trading_state(order, again) is None) is (passes and quantity == "1")


# --- Hours --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "passes"),
    [
        (SESSION.open_at - MICROSECOND, False),
        (SESSION.open_at, True),
        (SESSION.close_at - MICROSECOND, True),
        (SESSION.close_at, False),
    ],
)
def test_orders_leave_in_regular_hours_unless_any_hour_will_do(now: datetime, passes: bool) -> None:
    """OS-19."""
    context = replace(a_context(), now=now)
    hours = "2024-08-05T13:30:00+00:00 to 2024-08-05T20:00:00+00:00"
    expected = refuse(RiskCode.SESSION_CLOSED, now.isoformat(), hours, SPY)

    for order in orders():
        assert standing.session_open(order, context) == (None if passes else expected)
        assert standing.session_open(order, replace(context, any_hour=True)) is None


def test_session_that_is_not_known_is_no_matter_only_where_any_hour_will_do() -> None:
    """OS-19, OS-21."""
    blind = replace(a_context(), session=None, now=datetime(2024, 8, 4, tzinfo=UTC))

    for order in orders():
        assert standing.session_open(order, blind) == refuse(
            RiskCode.SESSION_CLOSED, "unknown", "open", SPY
        )
        assert standing.session_open(order, replace(blind, any_hour=True)) is None


# --- Symbol -------------------------------------------------------------------------------------

REFUSED = {
    ListingStatus.NOT_TRADABLE: RiskCode.SYMBOL_NOT_TRADABLE,
    ListingStatus.HALTED: RiskCode.SYMBOL_HALTED,
    ListingStatus.SUSPENDED: RiskCode.SYMBOL_SUSPENDED,
    ListingStatus.DELISTED: RiskCode.SYMBOL_DELISTED,
    ListingStatus.CORPORATE_ACTION: RiskCode.CORPORATE_ACTION,
}


@pytest.mark.parametrize("status", ListingStatus)
@pytest.mark.parametrize("halted", [False, True])
def test_symbol_is_traded_while_it_is_listed_and_its_quote_is_not_halted(
    status: ListingStatus, halted: bool
) -> None:
    """OS-20: reference data say more than a halt does."""
    context = a_context(instruments=[Instrument(symbol=SPY, status=status)])
    quotes = {SPY: replace(context.quotes[SPY], halted=halted)}
    found = ListingStatus.HALTED if halted and status is ListingStatus.ACTIVE else status
    expected = None
    if found is not ListingStatus.ACTIVE:
        expected = refuse(REFUSED[found], found.value, "tradable", SPY)

    for order in orders():
        assert standing.symbol_tradable(order, replace(context, quotes=quotes)) == expected


def test_symbol_without_a_quote_is_traded_or_not_by_reference_data_alone() -> None:
    """OS-20: another check refuses what has no price."""
    context = replace(a_context(), quotes={})

    for order in orders():
        assert standing.symbol_tradable(order, context) is None
        assert standing.symbol_tradable(order, replace(context, instruments={})) == refuse(
            RiskCode.SYMBOL_NOT_TRADABLE, "unknown", "tradable", SPY
        )


@pytest.mark.parametrize(
    ("listed", "side", "passes"),
    [("SPY", BUY, False), ("SPY", SELL, True), ("TSLA", BUY, True), ("TSLA", SELL, True)],
)
def test_restricted_symbol_may_be_sold_and_not_bought(
    listed: str, side: Side, passes: bool
) -> None:
    """RC-18."""
    limits = replace(RESEARCH_LIMITS, restricted=frozenset({Symbol(listed)}))
    expected = refuse(RiskCode.RESTRICTED, "restricted", "not restricted", SPY)

    verdict = standing.restricted(an_order(side=side), a_context(limits=limits))

    assert verdict == (None if passes else expected)


# --- Losses -------------------------------------------------------------------------------------

LOSSES = [
    (standing.daily_loss, RiskCode.MAX_DAILY_LOSS),
    (standing.drawdown, RiskCode.MAX_DRAWDOWN),
]


def lost(
    code: RiskCode, equity: str, *, limit: str | None = "0.05", anchor: str | None = "100000"
) -> RiskContext:
    """Return a world with `equity` in which only the limit of `code` is on."""
    daily = code is RiskCode.MAX_DAILY_LOSS
    most = None if limit is None else Decimal(limit)
    # The other limit and the other anchor would refuse anything.
    limits = replace(
        RESEARCH_LIMITS,
        max_daily_loss=most if daily else Decimal(0),
        max_drawdown=Decimal(0) if daily else most,
    )
    level = None if anchor is None else Decimal(anchor)
    far = Decimal(10**9)
    context = a_context(an_account("1000", equity=equity), limits=limits)
    assert context.history is not None
    anchors = Anchors(last_close=level if daily else far, peak=far if daily else level)
    return replace(context, history=replace(context.history, anchors=anchors))


@pytest.mark.parametrize(("check", "code"), LOSSES)
@pytest.mark.parametrize(
    ("equity", "observed"),
    [
        ("130000", None),
        ("100000", None),
        ("95001", None),
        ("95000", "0.05"),
        ("94999", "0.05001"),
        ("1", "0.99999"),
    ],
)
def test_nothing_is_bought_from_the_very_loss_on(
    check: Check, code: RiskCode, equity: str, observed: str | None
) -> None:
    """RC-06, RC-08: what is held may be sold."""
    context = lost(code, equity)

    expected = refuse(code, observed, "0.05", SPY)
    assert check(an_order(), context) == (expected if observed else None)
    assert check(an_order(side=SELL), context) is None


@pytest.mark.parametrize(("check", "code"), LOSSES)
@pytest.mark.parametrize("anchor", [None, "0"])
def test_nothing_is_lost_while_there_was_nothing_before(
    check: Check, code: RiskCode, anchor: str | None
) -> None:
    """RC-06, RC-08: on the first day."""
    assert check(an_order(), lost(code, "1", anchor=anchor)) is None


@pytest.mark.parametrize(("check", "code"), LOSSES)
def test_loss_that_is_not_limited_is_not_looked_at(check: Check, code: RiskCode) -> None:
    """DESIGN §3."""
    context = lost(code, "1", limit=None)

    assert check(an_order(), context) is None
    assert check(an_order(), replace(context, account=None, history=None)) is None


@pytest.mark.parametrize(("check", "code"), LOSSES)
def test_loss_that_is_not_known_refuses_buys(check: Check, code: RiskCode) -> None:
    """OS-21."""
    context = lost(code, "100000")
    no_past = replace(context, history=None)
    no_account = replace(context, account=None)
    unknown = refuse(RiskCode.ACCOUNT_UNKNOWN, "unknown", "equity above zero", SPY)

    assert check(an_order(), no_past) == refuse(code, "unknown", "0.05", SPY)
    assert check(an_order(), no_account) == unknown
    assert check(an_order(), lost(code, "-3")) == replace(unknown, observed="-3")
    for blind in (no_past, no_account):
        assert check(an_order(side=SELL), blind) is None


def test_refusals_do_not_depend_on_the_moment_of_the_day() -> None:
    """RC-06: only the hours do."""
    late = replace(lost(RiskCode.MAX_DAILY_LOSS, "95000"), now=NOW + timedelta(days=1))

    assert standing.daily_loss(an_order(), late) is not None
    assert standing.session_open(an_order(), late) is not None
