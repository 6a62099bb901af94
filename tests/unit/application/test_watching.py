"""What the breakers read before and after trading, and what becomes of what they find."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.engine import Engine, Mode
from alchemiser.application.inputs import TakenInputs
from alchemiser.application.watching import (
    Watched,
    unguarded,
    watch_after,
    watch_before,
    watch_limits,
    watch_unread,
)
from alchemiser.domain.cycle.shaping import Shaped
from alchemiser.domain.execution.facts import ABSENT, OrderRefused, OrderRejected
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import CycleStarted, OrderPlanned, PortfolioAssessed
from alchemiser.domain.journal.restrictions import (
    BreakerTripped,
    EquityMarked,
    LimitsInForce,
    TradingHalted,
)
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.orders.plan import OrderPlan
from alchemiser.domain.risk.breakers import Action, BreakerCode, BreakerLimits, Trip
from alchemiser.domain.risk.limits import RUNAWAY_CODES, RiskCode, Violation
from alchemiser.domain.risk.track import Track
from alchemiser.domain.values.identifiers import ACCRUALS, BookId, StrategyId, Symbol, cycle_id
from alchemiser.ports.notifier import Alert, Severity
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    SESSION,
    a_book,
    a_planned_order,
    an_account,
    an_order,
)
from alchemiser.testing.fakes import quote
from tests.cycle.world import FIRST, make_engine, write_bars

SPY = Symbol("SPY")
HEDGE = BookId("hedge")
QUOTES = (quote("SPY", "99.90", "100.10", at=NOW),)
HELD = an_account("0", {"SPY": "10"}, equity="1000")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return an engine of two strategies, hedge and trend."""
    write_bars(tmp_path / "bars")
    made = make_engine(tmp_path, FIRST, 1)
    breakers = BreakerLimits(max_drawdown=Decimal("0.2"), drawdown_action=Action.LIQUIDATE)
    return replace(made, policy=replace(made.policy, breakers=breakers))


def a_state(peak: str = "1000") -> EngineState:
    """Return the state after a session before in which the account was worth `peak`."""
    state = EngineState()
    before = DAY - timedelta(days=3)
    state.standing.apply(EquityMarked(session=before, equity=Decimal(peak)))
    state.books[HEDGE] = a_book("0", {"SPY": "10"})
    return state


def before(
    engine: Engine,
    state: EngineState,
    account: AccountSnapshot = HELD,
    quotes: tuple[Quote, ...] = QUOTES,
    late: float = 0,
) -> Watched:
    """Look at the breakers before a decision, the account read `late` seconds after its time.

    Bars are left out: no breaker looks at them.
    """
    taken = TakenInputs(
        read_at=account.at + timedelta(seconds=late),
        account=account,
        quotes=quotes,
        analysis=None,  # type: ignore[arg-type]
        instruments={},
        provisional=(),
    )
    return watch_before(engine, state, SESSION, taken)


def tripped(watched: Watched) -> list[tuple[BreakerCode, Action]]:
    return [
        (one.trip.code, one.trip.action)
        for one in watched.records
        if isinstance(one, BreakerTripped)
    ]


def marked(watched: Watched) -> EquityMarked:
    (found,) = (one for one in watched.records if isinstance(one, EquityMarked))
    return found


def codes(watched: Watched) -> list[str]:
    return [one.code for one in watched.alerts]


def test_quiet_session_is_marked_and_trips_nothing(engine: Engine) -> None:
    """RC-06, RC-15."""
    watched = before(engine, a_state())

    assert marked(watched) == EquityMarked(
        session=DAY, equity=Decimal(1000), books=((HEDGE, Decimal(1000)),)
    )
    assert (tripped(watched), codes(watched)) == ([], [])


def test_book_of_a_disabled_strategy_is_followed_and_not_judged(engine: Engine) -> None:
    """RC-07: it has lost half, which is measured when its strategy is enabled again."""
    state = a_state()
    state.standing.books[HEDGE] = track = Track()
    track.flow(Decimal(2000))
    track.observe(DAY - timedelta(days=3), Decimal(2000))
    disabled = replace(engine, strategies=engine.strategies[1:])

    watched = before(disabled, state)

    assert marked(watched).books == ((HEDGE, Decimal(1000)),)
    assert tripped(watched) == []
    assert tripped(before(engine, state)) != []


def test_empty_book_of_a_disabled_strategy_is_not_followed(engine: Engine) -> None:
    state = a_state()
    state.books[HEDGE] = a_book("0")

    watched = before(replace(engine, strategies=engine.strategies[1:]), state)

    assert marked(watched).books == ()


def test_what_dividends_are_owed_is_no_strategys_book(engine: Engine) -> None:
    state = a_state()
    state.books[ACCRUALS] = a_book("-20")

    assert marked(before(engine, state)).books == ((HEDGE, Decimal(1000)),)


def test_confirmed_loss_trips_and_is_told(engine: Engine) -> None:
    """RC-06, RC-08: our own marks say the same as the broker."""
    watched = before(engine, a_state("1250"))

    assert tripped(watched) == [
        (BreakerCode.DRAWDOWN, Action.LIQUIDATE),
        (BreakerCode.DAILY_LOSS, Action.STOP_INCREASING),
    ]
    assert watched.alerts == (
        Alert(
            severity=Severity.CRITICAL,
            code="drawdown",
            text="the account: drawdown is 0.2, the limit 0.2.",
        ),
        Alert(
            severity=Severity.CRITICAL,
            code="daily_loss",
            text="the account: daily_loss is 0.2, the limit 0.05.",
        ),
    )


def test_loss_that_only_the_broker_tells_sells_nothing(engine: Engine) -> None:
    """RC-08: a position without a quote leaves its word alone, and a sale cannot be undone."""
    watched = before(engine, a_state("1250"), quotes=())

    assert dict(tripped(watched))[BreakerCode.DRAWDOWN] is Action.STOP_INCREASING
    assert watched.alerts[-1] == Alert(
        severity=Severity.WARNING,
        code="book_unvalued",
        text="the book of hedge has no value, so that its losses are not judged.",
    )
    assert marked(watched).books == ()


def test_loss_that_our_marks_deny_trips_nothing_and_is_told(engine: Engine) -> None:
    """RC-06."""
    account = replace(HELD, equity=Decimal(700))

    watched = before(engine, a_state(), account)

    assert (tripped(watched), set(codes(watched))) == ([], {"equity_doubted"})
    assert watched.alerts[0] == Alert(
        severity=Severity.CRITICAL,
        code="equity_doubted",
        text="drawdown is 0.3 by the broker and 0 by our marks, the limit 0.2: "
        "look which one is right.",
    )


@pytest.mark.parametrize(
    ("stands", "again"),
    [(Action.STOP_INCREASING, True), (Action.LIQUIDATE, False), (Action.HALT, False)],
)
def test_breaker_that_stands_trips_again_only_when_more_severe(
    engine: Engine, stands: Action, again: bool
) -> None:
    """RC-08: it is told once, and not on each day."""
    state = a_state("1250")
    drawdown = BreakerCode.DRAWDOWN
    trip = Trip(code=drawdown, action=stands, observed="0.2", limit="0.2", session=DAY)
    state.standing.apply(BreakerTripped(trip=trip))

    assert (drawdown in dict(tripped(before(engine, state)))) is again


@pytest.mark.parametrize(
    ("late", "trips"), [(29.999, False), (30, True), (-30, True), (-29.999, False)]
)
def test_clock_is_judged_by_when_the_account_was_read(
    engine: Engine, late: float, trips: bool
) -> None:
    """RC-09: whatever the time is now."""
    found = tripped(before(engine, a_state(), late=late))

    assert found == ([(BreakerCode.CLOCK_SKEW, Action.HALT)] if trips else [])


@pytest.mark.parametrize(("required", "trips"), [("1000", False), ("1000.01", True)])
def test_margin_that_is_not_covered_stops_buying(
    engine: Engine, required: str, trips: bool
) -> None:
    """SE-04."""
    account = replace(HELD, maintenance_margin=Decimal(required))

    found = tripped(before(engine, a_state(), account))

    assert found == ([(BreakerCode.MARGIN, Action.STOP_INCREASING)] if trips else [])


def test_books_are_marked_by_name_whatever_the_order_of_strategies(engine: Engine) -> None:
    """RC-07: two configurations that say the same leave the same record."""
    state = a_state()
    state.books[BookId("trend")] = a_book("7")
    backwards = replace(engine, strategies=engine.strategies[::-1])

    names = [[name for name, _ in marked(before(one, state)).books] for one in (engine, backwards)]

    assert names == [["hedge", "trend"]] * 2


def test_limits_are_recorded_at_first_and_told_only_when_they_change(engine: Engine) -> None:
    """RC-16, K05."""
    state = a_state()

    first = before(engine, state)
    state.apply(limits_of(first), NOW)
    same = before(engine, state)
    breakers = replace(engine.policy.breakers, max_daily_loss=Decimal("0.04"))
    changed = before(replace(engine, policy=replace(engine.policy, breakers=breakers)), state)

    assert first.alerts == ()
    assert [one for one in same.records if isinstance(one, LimitsInForce)] == []
    assert same.alerts == ()
    assert dict(limits_of(changed).values)["breakers.max_daily_loss"] == "0.04"
    assert changed.alerts == (
        Alert(
            severity=Severity.WARNING,
            code="limits_changed",
            text="limits have changed: breakers.max_daily_loss from 0.05 to 0.04.",
        ),
    )


@pytest.mark.parametrize("mode", Mode)
def test_limits_that_were_loosened_halt_until_a_person_resumes(engine: Engine, mode: Mode) -> None:
    """K05, FAULTS invariant 20: but in simulated trading, which may try what it likes."""
    state = a_state()
    state.apply(limits_of(before(engine, state)), NOW)
    breakers = replace(engine.policy.breakers, max_daily_loss=Decimal("0.06"))
    looser = replace(engine, mode=mode, policy=replace(engine.policy, breakers=breakers))

    watched = watch_limits(looser, state)

    if mode is Mode.SIMULATED:
        assert watched == Watched(records=(), alerts=())
        return
    reason = "limits were loosened: breakers.max_daily_loss from 0.05 to 0.06"
    assert watched.records[1:] == (TradingHalted(actor="engine", reason=reason),)
    assert dict(limits_of(watched).values)["breakers.max_daily_loss"] == "0.06"
    assert watched.alerts == (
        Alert(
            severity=Severity.CRITICAL,
            code="limits_loosened",
            text=f"{reason}; nothing is sent until you resume.",
        ),
    )


@pytest.mark.parametrize("loss", ["0.05", "0.04"])
def test_limits_that_are_as_strict_or_stricter_or_the_first_halt_nothing(
    engine: Engine, loss: str
) -> None:
    """K05."""
    live, state = replace(engine, mode=Mode.LIVE), a_state()
    assert watch_limits(live, state) == Watched(records=(), alerts=())
    state.apply(limits_of(before(engine, state)), NOW)
    breakers = replace(engine.policy.breakers, max_daily_loss=Decimal(loss))

    watched = watch_limits(replace(live, policy=replace(live.policy, breakers=breakers)), state)

    assert watched == Watched(records=(), alerts=())


def limits_of(watched: Watched) -> LimitsInForce:
    (found,) = (one for one in watched.records if isinstance(one, LimitsInForce))
    return found


def test_books_of_strategies_that_are_switched_off_are_not_judged(engine: Engine) -> None:
    """RC-07: nobody is told of a book that nobody trades."""
    engine = replace(engine, strategies=engine.strategies[1:])

    watched = before(engine, a_state(), quotes=())

    assert "book_unvalued" not in codes(watched)
    assert marked(watched).books == ()


def after(
    engine: Engine,
    *facts: OrderRejected | OrderRefused,
    refused: tuple[Violation, ...] = (),
    broken: bool = False,
    account: AccountSnapshot = HELD,
) -> Watched:
    """Look at the breakers after trading, once `facts` were recorded of seven orders."""
    state = EngineState()
    state.apply(
        CycleStarted(
            cycle_id=cycle_id(ACCOUNT, DAY),
            session=DAY,
            account=ACCOUNT,
            mode="simulated",
            code="",
            configuration="",
            plugins=(),
        ),
        NOW,
    )
    orders = tuple(a_planned_order(one, reference="500", klm="10") for one in ORDERS)
    plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=SESSION.close_at, orders=orders)
    for record in (PortfolioAssessed(limited=(), refused=refused), OrderPlanned(plan=plan), *facts):
        state.apply(record, NOW)
    return watch_after(engine, state, SESSION, account, broken=broken)


ORDERS: tuple[NewOrderSingle, ...] = tuple(an_order(f"S{place}") for place in range(7))


def rejected(count: int, code: str = "no_money") -> list[OrderRejected]:
    return [OrderRejected(cl_ord_id=one.cl_ord_id, code=code, text="no") for one in ORDERS[:count]]


@pytest.mark.parametrize(("count", "trips"), [(4, False), (5, True), (6, True)])
def test_orders_that_the_broker_rejects_are_counted(
    engine: Engine, count: int, trips: bool
) -> None:
    """RC-09: five by default."""
    found = tripped(after(engine, *rejected(count)))

    assert found == ([(BreakerCode.BROKER_REFUSALS, Action.HALT)] if trips else [])


def test_orders_that_never_arrived_were_not_refused(engine: Engine) -> None:
    """RC-09."""
    assert tripped(after(engine, *rejected(6, ABSENT))) == []


@pytest.mark.parametrize("code", RiskCode)
@pytest.mark.parametrize("gate", ["first", "last"])
def test_refusals_that_say_runaway_halt(engine: Engine, code: RiskCode, gate: str) -> None:
    """OS-09: of either gate, and no other refusal does."""
    why = Violation(code=code, observed="7", limit="6", symbol=SPY)

    watched = (
        after(engine, refused=(why,))
        if gate == "first"
        else after(engine, OrderRefused(order=ORDERS[0], violation=why))
    )

    runaway = code in RUNAWAY_CODES
    assert tripped(watched) == ([(BreakerCode.RUNAWAY, Action.HALT)] if runaway else [])
    assert codes(watched) == (["runaway"] if runaway else [])


def test_difference_from_the_broker_halts(engine: Engine) -> None:
    """FAULTS invariant 9."""
    watched = after(engine, broken=True)

    assert tripped(watched) == [(BreakerCode.UNRECONCILED, Action.HALT)]
    assert codes(watched) == ["unreconciled"]


def test_margin_is_looked_at_after_trading_too(engine: Engine) -> None:
    """SE-04: what was bought may have used it up."""
    account = replace(HELD, maintenance_margin=Decimal(1001))

    found = tripped(after(engine, account=account))

    assert found == [(BreakerCode.MARGIN, Action.STOP_INCREASING)]


@pytest.mark.parametrize(("most", "trips"), [(1, True), (2, False), (None, False)])
def test_session_that_cannot_be_read_counts_itself(
    engine: Engine, most: int | None, trips: bool
) -> None:
    """RC-09: and nothing else is judged by figures that are not there."""
    policy = replace(engine.policy, breakers=BreakerLimits(data_losses_max=most))

    watched = watch_unread(replace(engine, policy=policy), a_state("9999"), SESSION)

    assert tripped(watched) == ([(BreakerCode.DATA_LOSS, Action.STOP_INCREASING)] if trips else [])
    assert len(watched.records) == len(watched.alerts) == int(trips)


def test_position_that_no_exit_rule_can_judge_is_told() -> None:
    """RC-14."""
    shaped = Shaped(outcomes=(), unjudged=((StrategyId("trend"), SPY),))

    (alert,) = unguarded(shaped)

    assert alert == Alert(
        severity=Severity.WARNING,
        code="exit_unjudged",
        text="trend holds SPY unguarded: a close that its exit rules need is missing.",
    )
