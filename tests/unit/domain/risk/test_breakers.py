"""Breakers tighten by themselves and loosen by an owner only (RC-06, RC-07, RC-08, RC-09)."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk.breakers import (
    DRAWDOWN_ACTIONS,
    RESEARCH_BREAKERS,
    Action,
    BreakerCode,
    BreakerLimits,
    Latch,
    Trip,
)
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import StrategyId

MON, TUE, WED = date(2024, 8, 5), date(2024, 8, 6), date(2024, 8, 7)
KLM, TECL = StrategyId("klm"), StrategyId("tecl")
FRACTIONS = (
    "max_daily_loss",
    "max_drawdown",
    "max_trend_loss",
    "strategy_max_daily_loss",
    "strategy_max_drawdown",
)
COUNTS = (
    "strategy_failures_max",
    "cycle_failures_max",
    "refusals_max",
    "data_losses_max",
    "clock_skew_seconds_max",
)
LOOK_BACKS = ("trend_sessions", "max_losing_sessions")


def a_trip(
    action: Action = Action.STOP_INCREASING,
    code: BreakerCode = BreakerCode.DRAWDOWN,
    *,
    session: date = MON,
    strategy: StrategyId | None = None,
) -> Trip:
    return Trip(
        code=code, action=action, observed="0.26", limit="0.25", session=session, strategy=strategy
    )


def limits_with(name: str, value: object) -> BreakerLimits:
    changes: dict[str, Any] = {name: value}
    return BreakerLimits(**changes)


def days(first: date, second: date) -> int:
    return (second - first).days


def test_names_are_stable() -> None:
    """Journals and configurations hold them."""
    assert [code.value for code in BreakerCode] == [code.name.lower() for code in BreakerCode]
    assert [action.value for action in Action] == [action.name.lower() for action in Action]
    assert {code.value for code in BreakerCode} == {
        "broker_refusals",
        "clock_skew",
        "cycle_failures",
        "daily_loss",
        "data_loss",
        "drawdown",
        "losing_streak",
        "margin",
        "pnl_trend",
        "runaway",
        "strategy_daily_loss",
        "strategy_drawdown",
        "strategy_failures",
        "unreconciled",
    }


def test_actions_are_told_the_mildest_first() -> None:
    assert list(Action) == ["disable", "stop_increasing", "reduce", "liquidate", "halt"]
    ranks = [a_trip(action).severity() for action in Action]
    assert ranks == sorted(set(ranks))


def test_breakers_are_on_unless_an_owner_says_otherwise() -> None:
    """RC-06, RC-07, RC-08, RC-09, RC-15."""
    limits = BreakerLimits()

    assert {field.name: getattr(limits, field.name) for field in fields(limits)} == {
        "max_daily_loss": Decimal("0.05"),
        "max_drawdown": Decimal("0.25"),
        "drawdown_action": Action.STOP_INCREASING,
        "max_trend_loss": Decimal("0.15"),
        "trend_sessions": 5,
        "max_losing_sessions": None,
        "strategy_max_daily_loss": Decimal("0.15"),
        "strategy_max_drawdown": Decimal("0.35"),
        "strategy_failures_max": 3,
        "cycle_failures_max": 3,
        "refusals_max": 5,
        "data_losses_max": 2,
        "clock_skew_seconds_max": 30,
        "cool_off_sessions": 1,
    }


def test_research_is_stopped_by_no_loss_and_is_watched_otherwise() -> None:
    off = dict.fromkeys((
        *FRACTIONS,
        "max_losing_sessions",
        "strategy_failures_max",
        "data_losses_max",
    ))
    default = BreakerLimits()

    assert {field.name: getattr(RESEARCH_BREAKERS, field.name) for field in fields(default)} == {
        **{field.name: getattr(default, field.name) for field in fields(default)},
        **off,
    }


@pytest.mark.parametrize("name", FRACTIONS)
@pytest.mark.parametrize("value", ["1e-9", "1", None])
def test_limit_on_losses_is_a_fraction_or_off(name: str, value: str | None) -> None:
    """RC-16."""
    number = None if value is None else Decimal(value)

    assert getattr(limits_with(name, number), name) == number


@pytest.mark.parametrize("name", FRACTIONS)
@pytest.mark.parametrize("value", ["0", "-0.05", "1.000000001", "5"])
def test_limit_on_losses_outside_its_range_is_refused(name: str, value: str) -> None:
    """RC-16."""
    with pytest.raises(InvalidValueError) as caught:
        limits_with(name, Decimal(value))

    assert str(caught.value) == (
        f"{name} must be above 0 and at most 1, not {value}: 0.05 is 5 per cent."
    )


@pytest.mark.parametrize("name", FRACTIONS)
def test_limit_on_losses_that_is_no_number_is_refused(name: str) -> None:
    """RC-16."""
    with pytest.raises(InvalidValueError) as caught:
        limits_with(name, Decimal("NaN"))

    assert str(caught.value) == f"{name} must be a finite number, not NaN."


@pytest.mark.parametrize("name", COUNTS)
def test_limit_on_a_count_is_one_or_more(name: str) -> None:
    """RC-16."""
    for value in (1, 1000):
        assert getattr(limits_with(name, value), name) == value
    with pytest.raises(InvalidValueError) as caught:
        limits_with(name, 0)
    assert str(caught.value) == f"{name} must be 1 or more, not 0."


@pytest.mark.parametrize("name", LOOK_BACKS)
def test_look_back_is_as_long_as_history_is_kept(name: str) -> None:
    """RC-16."""
    for value in (1, 63):
        assert getattr(limits_with(name, value), name) == value
    for value in (0, 64):
        with pytest.raises(InvalidValueError) as caught:
            limits_with(name, value)
        assert str(caught.value) == f"{name} must be from 1 to 63, not {value}."


def test_cool_off_may_be_none_and_not_less() -> None:
    """RC-16."""
    assert BreakerLimits(cool_off_sessions=0).cool_off_sessions == 0
    with pytest.raises(InvalidValueError) as caught:
        BreakerLimits(cool_off_sessions=-1)
    assert str(caught.value) == "cool_off_sessions must be 0 or more, not -1."


@pytest.mark.parametrize("name", ["strategy_failures_max", "data_losses_max"])
def test_counts_that_may_be_off_can_be(name: str) -> None:
    assert getattr(limits_with(name, None), name) is None


@pytest.mark.parametrize("action", Action)
def test_drawdown_action_tightens_the_account_and_lets_sell(action: Action) -> None:
    """RC-08."""
    assert DRAWDOWN_ACTIONS == (Action.STOP_INCREASING, Action.REDUCE, Action.LIQUIDATE)
    if action in DRAWDOWN_ACTIONS:
        assert BreakerLimits(drawdown_action=action).drawdown_action is action
        return
    with pytest.raises(InvalidValueError) as caught:
        BreakerLimits(drawdown_action=action)
    assert str(caught.value) == (
        f"drawdown_action must be one of stop_increasing, reduce, liquidate, not {action.value}."
    )


def test_trip_reads_as_a_sentence() -> None:
    assert a_trip().sentence() == "the account: drawdown is 0.26, the limit 0.25"
    trip = a_trip(Action.DISABLE, BreakerCode.STRATEGY_DRAWDOWN, strategy=KLM)
    assert trip.sentence() == "klm: strategy_drawdown is 0.26, the limit 0.25"


def test_trip_is_the_account_s_unless_a_strategy_is_named() -> None:
    trip = Trip(
        code=BreakerCode.MARGIN,
        action=Action.STOP_INCREASING,
        observed="2",
        limit="1",
        session=MON,
    )

    assert trip.strategy is None
    assert trip.key() == (BreakerCode.MARGIN, None)
    assert replace(trip, strategy=KLM).key() == (BreakerCode.MARGIN, KLM)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.DISABLE, TradingState.ACTIVE),
        (Action.STOP_INCREASING, TradingState.REDUCING),
        (Action.REDUCE, TradingState.REDUCING),
        (Action.LIQUIDATE, TradingState.HALTED),
        (Action.HALT, TradingState.HALTED),
    ],
)
def test_state_follows_the_action(action: Action, state: TradingState) -> None:
    latch = Latch()
    latch.add(a_trip(action))

    assert a_trip(action).state() is state
    assert latch.state() is state
    assert latch.action() is action


def test_nothing_stands_in_a_new_latch() -> None:
    latch = Latch()

    assert latch.state() is TradingState.ACTIVE
    assert latch.action() is None
    assert (latch.reasons(), latch.disabled()) == ((), frozenset())
    assert latch.expired(MON, days, 5)


def test_latches_share_no_trips() -> None:
    Latch().add(a_trip())

    assert Latch().standing == {}


@pytest.mark.parametrize("later", [Action.STOP_INCREASING, Action.REDUCE])
def test_repetition_that_is_no_more_severe_leaves_the_first_standing(later: Action) -> None:
    latch = Latch()
    first = a_trip(Action.REDUCE)
    latch.add(first)
    latch.add(a_trip(later, session=TUE))

    assert latch.standing == {first.key(): first}


def test_repetition_that_is_more_severe_takes_the_place_of_the_first() -> None:
    latch = Latch()
    worse = a_trip(Action.LIQUIDATE, session=TUE)
    latch.add(a_trip(Action.REDUCE))
    latch.add(a_trip(Action.STOP_INCREASING, BreakerCode.MARGIN))
    latch.add(worse)

    assert list(latch.standing.values()) == [
        worse,
        a_trip(Action.STOP_INCREASING, BreakerCode.MARGIN),
    ]


def test_strictest_trip_rules_in_whatever_order_they_came() -> None:
    trips = (
        a_trip(Action.STOP_INCREASING, BreakerCode.DAILY_LOSS),
        a_trip(Action.HALT, BreakerCode.RUNAWAY),
        a_trip(Action.LIQUIDATE, BreakerCode.DRAWDOWN),
    )
    for order in (trips, trips[::-1]):
        latch = Latch()
        for trip in order:
            latch.add(trip)
        assert latch.state() is TradingState.HALTED
        assert latch.action() is Action.HALT
        assert latch.reasons() == tuple(trip.sentence() for trip in order)


def test_disabled_strategies_leave_the_account_as_it_is() -> None:
    """RC-07: others continue."""
    latch = Latch()
    for name in (TECL, KLM):
        latch.add(a_trip(Action.DISABLE, BreakerCode.STRATEGY_DRAWDOWN, strategy=name))

    assert latch.disabled() == {KLM, TECL}
    assert latch.state() is TradingState.ACTIVE
    assert latch.action() is None
    assert len(latch.standing) == 2

    latch.add(a_trip(Action.STOP_INCREASING))
    assert latch.disabled() == {KLM, TECL}
    assert latch.action() is Action.STOP_INCREASING


@pytest.mark.parametrize(("cool_off", "expired"), [(0, True), (1, True), (2, False), (3, False)])
def test_trips_may_be_lifted_once_the_youngest_has_cooled_off(cool_off: int, expired: bool) -> None:
    """FAULTS invariant 20."""
    latch = Latch()
    latch.add(a_trip(session=MON))
    latch.add(a_trip(code=BreakerCode.PNL_TREND, session=TUE))

    assert latch.expired(WED, days, cool_off) is expired


def test_trips_without_a_loss_need_no_time() -> None:
    """FAULTS invariant 20: what was mended may go on at once."""
    latch = Latch()
    for code in BreakerCode:
        if not a_trip(code=code).is_loss():
            latch.add(a_trip(code=code, session=WED))

    assert len(latch.standing) == len(BreakerCode) - 6
    assert latch.expired(WED, days, 1)


def test_clearing_lifts_everything() -> None:
    latch = Latch()
    latch.add(a_trip(Action.HALT))
    latch.add(a_trip(Action.DISABLE, BreakerCode.STRATEGY_FAILURES, strategy=KLM))
    latch.clear()

    assert latch == Latch()


TRIPS = st.builds(
    a_trip,
    st.sampled_from(Action),
    st.sampled_from(BreakerCode),
    session=st.integers(0, 20).map(lambda n: MON + timedelta(days=n)),
    strategy=st.sampled_from([None, KLM, TECL]),
)
STATES = list(TradingState)
ACTIONS = [None, *Action]


@given(added=st.lists(TRIPS, max_size=30))
def test_no_sequence_of_trips_loosens_anything(added: list[Trip]) -> None:
    """FAULTS invariant 20: states only tighten by themselves."""
    latch = Latch()
    for trip in added:
        state, action, disabled = latch.state(), latch.action(), latch.disabled()
        keys = set(latch.standing)
        latch.add(trip)
        assert STATES.index(latch.state()) >= STATES.index(state)
        assert STATES.index(latch.state()) >= STATES.index(trip.state())
        assert ACTIONS.index(latch.action()) >= ACTIONS.index(action)
        assert latch.disabled() >= disabled
        assert set(latch.standing) == keys | {trip.key()}
