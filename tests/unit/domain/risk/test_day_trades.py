"""Day trades under the rule that is in force on the day (SE-02, SE-05)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.conduct import day_trade
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Execution, SentOrder
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, TradingState
from alchemiser.domain.risk.pool import refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import a_context, an_account, an_order
from alchemiser.testing.fakes import regular_session
from alchemiser.testing.histories import a_history

SPY = Symbol("SPY")
BUY, SELL = Side.BUY, Side.SELL
MONDAY = date(2024, 8, 5)
OLD_DAYS = (date(2016, 3, 7), date(2020, 3, 16), date(2025, 1, 13), date(2026, 6, 3))
CHANGING = date(2026, 7, 6)
NEW_RULE = date(2027, 10, 20)
FOUR = ("4 day trades", "3 in 5 sessions with equity below 25000")


def a_world(
    day: date = MONDAY,
    *,
    equity: str = "24999.99",
    earlier: Iterable[int] = (1, 2, 4),
    maintenance: str | None = None,
    since: date | None = None,
) -> RiskContext:
    """Return a margin account that bought SPY today, and day-traded so many sessions ago each."""
    session = regular_session(day)
    past = a_history(day, [SPY])
    executions = [
        Execution(
            session=past.sessions[-1 - back],
            symbol=SPY,
            side=side,
            quantity=Decimal(3),
            price=Decimal(500),
        )
        for back in sorted(earlier, reverse=True)
        for side in (BUY, SELL)
    ]
    account = replace(
        an_account("1000", {"SPY": "10"}, equity=equity),
        maintenance_margin=None if maintenance is None else Decimal(maintenance),
    )
    context = a_context(account, limits=replace(RESEARCH_LIMITS, intraday_margin_since=since))
    context = replace(
        context,
        session=session,
        now=session.close_at - timedelta(minutes=15),
        history=replace(past, executions=tuple(executions)),
    )
    return with_sent(context, an_order())


def with_sent(context: RiskContext, *orders: NewOrderSingle, worth: str = "5000") -> RiskContext:
    """Return `context` in which just `orders` were sent today; none of them is open."""
    sent = {
        one.cl_ord_id: SentOrder(order=one, at=context.now, worth=Decimal(worth)) for one in orders
    }
    return replace(context, sent=sent)


def selling(name: str = "SPY") -> NewOrderSingle:
    return an_order(name, side=SELL)


@pytest.mark.parametrize("day", OLD_DAYS)
def test_fourth_day_trade_in_five_sessions_needs_25_000_dollars(day: date) -> None:
    """SE-02: in 2016, in 2020, in January 2025 and on the last day of the old rule."""
    refused = refuse(RiskCode.DAY_TRADE, *FOUR, SPY)

    assert day_trade(selling(), a_world(day)) == refused
    assert day_trade(selling(), a_world(day, equity="25000")) is None
    assert day_trade(selling(), a_world(day, earlier=(1, 2))) is None
    assert day_trade(selling(), a_world(day, equity="24999.99", since=day)) == refused


@pytest.mark.parametrize(
    ("earlier", "passes"), [((1, 2, 4), False), ((1, 2, 5), True), ((1, 1, 1), False)]
)
def test_five_sessions_are_today_and_four_before(earlier: tuple[int, ...], passes: bool) -> None:
    """SE-02."""
    expected = refuse(RiskCode.DAY_TRADE, *FOUR, SPY)

    assert day_trade(selling(), a_world(earlier=earlier)) == (None if passes else expected)


def test_order_that_completes_no_day_trade_passes() -> None:
    """SE-02: bought today is only SPY; sold overnight holdings, and further buys, are none."""
    context = a_world(earlier=(1, 2, 3, 4))

    assert day_trade(selling("AGG"), context) is None
    assert day_trade(an_order(attempt=2), context) is None
    assert day_trade(selling(), with_sent(context)) is None
    assert day_trade(selling(), with_sent(context, an_order(), worth="0")) is None
    assert day_trade(selling(), context) == refuse(RiskCode.DAY_TRADE, "5 day trades", FOUR[1], SPY)


def test_buy_after_a_sale_is_none_but_one_that_an_open_sell_may_follow_is() -> None:
    """SE-02: nobody knows which of two open orders fills first."""
    sold = with_sent(a_world(), selling())
    on_sale = replace(sold, open_orders=(selling(),))

    assert day_trade(an_order(attempt=2), sold) is None
    assert day_trade(an_order(attempt=2), on_sale) == refuse(RiskCode.DAY_TRADE, *FOUR, SPY)


def test_open_buy_counts_as_if_it_had_filled() -> None:
    """SE-02."""
    context = replace(a_world(), open_orders=(an_order(),))

    assert day_trade(selling(), context) == refuse(RiskCode.DAY_TRADE, *FOUR, SPY)


def test_trades_done_today_come_before_those_that_are_open() -> None:
    """SE-02: bought, sold, bought again and sold again are two.

    While the first sale is open, one more buy makes no more of it than there is already.
    """
    again = an_order(attempt=2)
    context = with_sent(a_world(earlier=(1, 2)), an_order(), selling(), again)
    last = an_order(side=SELL, attempt=2)

    assert day_trade(last, context) == refuse(RiskCode.DAY_TRADE, *FOUR, SPY)
    for done in ((an_order(),), (an_order(), again)):
        still_open = with_sent(a_world(), *done, selling())
        still_open = replace(still_open, open_orders=(selling(),))
        assert day_trade(an_order(attempt=3), still_open) is None


@pytest.mark.parametrize(
    ("day", "since", "verdict"),
    [
        (date(2026, 6, 4), None, ("a day trade", "none while the broker's rule is unknown")),
        (CHANGING, None, ("a day trade", "none while the broker's rule is unknown")),
        (date(2027, 10, 19), None, ("a day trade", "none while the broker's rule is unknown")),
        (CHANGING, date(2026, 7, 7), FOUR),
        (CHANGING, CHANGING, None),
        (CHANGING, date(2026, 6, 4), None),
        (NEW_RULE, None, None),
        (NEW_RULE, date(2028, 1, 3), None),
    ],
)
def test_rule_while_brokers_change_over_is_the_one_the_broker_says(
    day: date, since: date | None, verdict: tuple[str, str] | None
) -> None:
    """SE-05: whoever has not said allows none at all."""
    expected = None if verdict is None else refuse(RiskCode.DAY_TRADE, *verdict, SPY)

    assert day_trade(selling(), a_world(day, since=since)) == expected


def test_large_account_may_not_day_trade_either_while_the_rule_is_unknown() -> None:
    """SE-05: but what completes none passes."""
    context = a_world(CHANGING, equity="9000000", earlier=())

    assert day_trade(selling(), context) == refuse(
        RiskCode.DAY_TRADE, "a day trade", "none while the broker's rule is unknown", SPY
    )
    assert day_trade(an_order(attempt=2), context) is None


@pytest.mark.parametrize(
    ("maintenance", "deficit"),
    [(None, None), ("10000", None), ("10499.99", None), ("10500.00", "500"), ("12000", "2000")],
)
def test_deficit_that_is_called_for_allows_no_day_trade(
    maintenance: str | None, deficit: str | None
) -> None:
    """SE-05: from a twentieth of equity on; a broker that does not say has none."""
    context = a_world(NEW_RULE, equity="10000", maintenance=maintenance)
    expected = refuse(RiskCode.DAY_TRADE, f"a deficit of {deficit}", "none that is called for", SPY)

    assert day_trade(selling(), context) == (expected if deficit else None)


def test_cash_account_may_and_so_may_whoever_only_wants_out() -> None:
    """SE-01, SE-02: the rule is one for margin; a reduction is left to the broker to refuse."""
    context = a_world()
    assert context.account is not None
    cash = replace(context, account=replace(context.account, kind=AccountKind.CASH))

    assert day_trade(selling(), cash) is None
    assert day_trade(selling(), replace(cash, session=None, history=None)) is None
    assert day_trade(selling(), replace(context, state=TradingState.REDUCING)) is None
    reducing = replace(context, state=TradingState.REDUCING, session=None, history=None)
    assert day_trade(selling(), reducing) is None
    assert day_trade(selling(), replace(context, state=TradingState.HALTED)) is not None


@pytest.mark.parametrize("lost", ["session", "history"])
def test_trades_that_are_not_known_refuse_on_margin(lost: str) -> None:
    """OS-21: an account that is not known is refused as such."""
    blind = replace(a_world(), **{lost: None})  # type: ignore[arg-type]

    assert day_trade(selling(), blind) == refuse(
        RiskCode.DAY_TRADE, "unknown", "earlier trades known", SPY
    )
    assert day_trade(selling(), replace(a_world(), account=None)) is None


@pytest.mark.parametrize("kind", AccountKind)
def test_before_any_rule_is_known_a_day_trade_is_refused_and_nothing_else(
    kind: AccountKind,
) -> None:
    """SE-02: studies reach back to 1990, and a gate never raises."""
    world = a_world(date(2000, 1, 3), equity="50000", earlier=())
    assert world.account is not None
    world = replace(world, account=replace(world.account, kind=kind))

    assert day_trade(an_order("AGG"), world) is None
    refused = day_trade(an_order(side=SELL), world)
    assert (refused is None) is (kind is AccountKind.CASH)
