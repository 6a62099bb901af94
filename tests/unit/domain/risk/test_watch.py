"""Each breaker trips when its limit is reached, with the numbers (RC-06 to RC-09, RC-15, SE-04).

The account and each book hold 100 units; their unit value peaked at 1.25 and closed at 1.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.risk.breakers import Action, BreakerCode, BreakerLimits, Trip
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.track import Track
from alchemiser.domain.risk.watch import Readings, doubted, trips, unjudged
from alchemiser.domain.values.identifiers import StrategyId, Symbol

MON = date(2024, 8, 5)
KLM, NUCLEAR, TECL = StrategyId("klm"), StrategyId("nuclear"), StrategyId("tecl")
OFF = BreakerLimits(
    max_daily_loss=None,
    max_drawdown=None,
    max_trend_loss=None,
    strategy_max_daily_loss=None,
    strategy_max_drawdown=None,
    strategy_failures_max=None,
    data_losses_max=None,
)
DAILY = replace(OFF, max_daily_loss=Decimal("0.05"))
DRAWDOWN = replace(OFF, max_drawdown=Decimal("0.25"))
TREND = replace(OFF, max_trend_loss=Decimal("0.15"), trend_sessions=2)
STREAK = replace(OFF, max_losing_sessions=2)


def d(text: str) -> Decimal:
    return Decimal(text)


def a_track(*equities: str) -> Track:
    track = Track()
    track.flow(d("100"))
    for n, equity in enumerate(equities):
        track.observe(MON + timedelta(days=n), d(equity))
    return track


PAST = ("125", "100")
TODAY = MON + timedelta(days=len(PAST))


def readings(equity: str | None = "100", second: str | None = "100") -> Readings:
    """Return readings at which nothing trips."""
    return Readings(
        session=TODAY,
        equity=None if equity is None else d(equity),
        second=None if second is None else d(second),
        account=a_track(*PAST),
        clock_skew=d("0"),
        maintenance=d("0"),
    )


def a_trip(
    code: BreakerCode,
    observed: str,
    limit: str,
    action: Action = Action.STOP_INCREASING,
    strategy: StrategyId | None = None,
) -> Trip:
    return Trip(
        code=code, action=action, observed=observed, limit=limit, session=TODAY, strategy=strategy
    )


def test_nothing_trips_in_ordinary_circumstances() -> None:
    books = {KLM: (a_track(*PAST), d("100"))}
    usual = replace(readings(), books=books, strategy_failures={KLM: 0})

    assert trips(BreakerLimits(), usual) == ()
    assert doubted(BreakerLimits(), usual) == ()
    assert unjudged(BreakerLimits(), usual) == ()


def test_readings_start_without_faults() -> None:
    plain = readings()

    assert (plain.cycle_failures, plain.data_losses, plain.refusals) == (0, 0, 0)
    assert (dict(plain.books), dict(plain.strategy_failures)) == ({}, {})
    assert (plain.runaway, plain.broken) == (None, False)


@dataclass(frozen=True)
class Case:
    """Equities around one limit on losses of the account, and what each comes to."""

    limits: BreakerLimits
    code: BreakerCode
    limit: str
    within: str
    within_is: str
    at: str
    beyond: str
    beyond_is: str


CASES = [
    Case(
        limits=DAILY,
        code=BreakerCode.DAILY_LOSS,
        limit="0.05",
        within="95.000001",
        within_is="0.04999999",
        at="95",
        beyond="94.99",
        beyond_is="0.0501",
    ),
    Case(
        limits=DRAWDOWN,
        code=BreakerCode.DRAWDOWN,
        limit="0.25",
        within="93.750001",
        within_is="0.249999992",
        at="93.75",
        beyond="0",
        beyond_is="1",
    ),
    Case(
        limits=TREND,
        code=BreakerCode.PNL_TREND,
        limit="0.15",
        within="106.250001",
        within_is="0.149999992",
        at="106.25",
        beyond="106",
        beyond_is="0.152",
    ),
    Case(
        limits=STREAK,
        code=BreakerCode.LOSING_STREAK,
        limit="2",
        within="100",
        within_is="0",
        at="99.99",
        beyond="1",
        beyond_is="2",
    ),
]

cases = pytest.mark.parametrize("case", CASES, ids=[case.code.value for case in CASES])


@cases
def test_loss_that_our_marks_confirm_trips_from_its_limit_on(case: Case) -> None:
    """RC-06, RC-08, RC-15."""
    within, at = readings(case.within, case.within), readings(case.at, case.at)
    worse, better = readings(case.beyond, case.at), readings(case.at, case.beyond)
    reached = (a_trip(case.code, case.limit, case.limit),)

    assert trips(case.limits, within) == ()
    assert trips(case.limits, at) == reached
    assert trips(case.limits, better) == reached
    assert trips(case.limits, worse) == (a_trip(case.code, case.beyond_is, case.limit),)
    for agreed in (within, at, worse, better):
        assert doubted(case.limits, agreed) == ()


@cases
def test_loss_without_our_marks_trips_on_the_broker_s_word(case: Case) -> None:
    """RC-06: it fails closed."""
    trip = a_trip(case.code, f"{case.limit} by the broker alone", case.limit)

    assert trips(case.limits, readings(case.at, None)) == (trip,)
    assert trips(case.limits, readings(case.within, None)) == ()
    assert doubted(case.limits, readings(case.at, None)) == ()


@cases
def test_loss_that_only_one_side_sees_trips_nothing_and_is_doubted(case: Case) -> None:
    """RC-06: a wrong figure of the broker's must not stop or sell anything."""
    for lost, lost_is in ((case.at, case.limit), (case.beyond, case.beyond_is)):
        alarm, calm = readings(lost, case.within), readings(case.within, lost)
        assert trips(case.limits, alarm) == trips(case.limits, calm) == ()
        seen = f"{lost_is} by the broker and {case.within_is} by our marks"
        assert doubted(case.limits, alarm) == (a_trip(case.code, seen, case.limit),)
        seen = f"{case.within_is} by the broker and {lost_is} by our marks"
        assert doubted(case.limits, calm) == (a_trip(case.code, seen, case.limit),)
        assert doubted(OFF, alarm) == ()


def test_one_breaker_is_doubted_where_both_agree_on_another() -> None:
    limits = replace(DAILY, max_drawdown=d("0.2"))

    assert doubted(limits, readings("90", "100")) == (
        a_trip(BreakerCode.DAILY_LOSS, "0.1 by the broker and 0 by our marks", "0.05"),
    )


def test_every_doubted_breaker_is_told() -> None:
    limits = replace(BreakerLimits(), drawdown_action=Action.LIQUIDATE, trend_sessions=3)

    found = doubted(limits, readings("90", "100"))

    assert found == (
        a_trip(
            BreakerCode.DRAWDOWN,
            "0.28 by the broker and 0.2 by our marks",
            "0.25",
            Action.LIQUIDATE,
        ),
        a_trip(BreakerCode.DAILY_LOSS, "0.1 by the broker and 0 by our marks", "0.05"),
    )


@pytest.mark.parametrize("action", [Action.STOP_INCREASING, Action.REDUCE, Action.LIQUIDATE])
def test_drawdown_has_the_action_that_was_chosen_once_it_is_confirmed(action: Action) -> None:
    """RC-08."""
    limits = replace(DRAWDOWN, drawdown_action=action)
    code = BreakerCode.DRAWDOWN

    assert trips(limits, readings("90", "90")) == (a_trip(code, "0.28", "0.25", action),)
    assert trips(limits, readings("90", None)) == (
        a_trip(code, "0.28 by the broker alone", "0.25"),
    )
    assert trips(limits, readings(None, "90")) == (a_trip(code, "unknown", "0.25"),)


@pytest.mark.parametrize("code", [BreakerCode.DAILY_LOSS, BreakerCode.PNL_TREND])
def test_drawdown_s_action_is_no_other_breaker_s(code: BreakerCode) -> None:
    limits = DAILY if code is BreakerCode.DAILY_LOSS else TREND
    limits = replace(limits, drawdown_action=Action.LIQUIDATE)

    assert [trip.action for trip in trips(limits, readings("50", "50"))] == [Action.STOP_INCREASING]


@pytest.mark.parametrize("second", ["100", None])
def test_unknown_equity_trips_every_loss_breaker_of_the_account_that_is_on(
    second: str | None,
) -> None:
    """RC-06, FAULTS invariant 21: it fails closed."""
    unknown = readings(None, second)

    assert trips(BreakerLimits(max_losing_sessions=3), unknown) == (
        a_trip(BreakerCode.DRAWDOWN, "unknown", "0.25"),
        a_trip(BreakerCode.DAILY_LOSS, "unknown", "0.05"),
        a_trip(BreakerCode.PNL_TREND, "unknown", "0.15"),
        a_trip(BreakerCode.LOSING_STREAK, "unknown", "3"),
    )
    assert trips(DAILY, unknown) == (a_trip(BreakerCode.DAILY_LOSS, "unknown", "0.05"),)
    assert trips(DRAWDOWN, unknown) == (a_trip(BreakerCode.DRAWDOWN, "unknown", "0.25"),)
    assert trips(OFF, unknown) == ()
    assert doubted(BreakerLimits(), unknown) == ()


@pytest.mark.parametrize("equity", ["0", "-10"])
def test_account_that_is_worth_nothing_has_lost_everything(equity: str) -> None:
    """RC-06, RC-08."""
    nothing = replace(readings(equity, equity), maintenance=None)

    assert trips(replace(DAILY, max_daily_loss=Decimal(1)), nothing) == (
        a_trip(BreakerCode.DAILY_LOSS, "1", "1"),
    )
    assert trips(replace(DRAWDOWN, max_drawdown=Decimal(1)), nothing) == (
        a_trip(BreakerCode.DRAWDOWN, "1", "1"),
    )


def test_loss_is_not_judged_before_there_is_a_history() -> None:
    for limits in (DAILY, TREND):
        fresh = replace(readings("1", "99"), account=a_track())
        assert trips(limits, fresh) == ()
        assert doubted(limits, fresh) == ()
    for limits in (DAILY, DRAWDOWN, TREND, STREAK):
        assert trips(limits, replace(readings("1", "1"), account=Track())) == ()
        assert doubted(limits, replace(readings("1", "99"), account=Track())) == ()


def test_trend_is_measured_over_as_many_sessions_as_were_set() -> None:
    """RC-15."""
    assert trips(replace(TREND, trend_sessions=1), readings("100", "100")) == ()
    assert len(trips(replace(TREND, trend_sessions=2), readings("100", "100"))) == 1
    assert trips(replace(TREND, trend_sessions=3), readings("100", "100")) == ()


@pytest.mark.parametrize(
    ("maintenance", "equity", "limit"),
    [
        ("100", "100", None),
        ("100.01", "100", "100"),
        (None, "-5", None),
        ("0", "0", None),
        ("0", "-5", "-5"),
        ("0", None, None),
        ("0.01", None, "unknown"),
    ],
)
def test_margin_trips_when_more_is_required_than_there_is(
    maintenance: str | None, equity: str | None, limit: str | None
) -> None:
    """SE-04."""
    required = None if maintenance is None else d(maintenance)
    found = trips(OFF, replace(readings(equity, equity), maintenance=required))

    if limit is None:
        assert found == ()
    else:
        assert found == (a_trip(BreakerCode.MARGIN, str(maintenance), limit),)


def test_margin_is_compared_with_what_the_broker_says() -> None:
    """SE-04."""
    assert trips(OFF, replace(readings("100", "90"), maintenance=d("95"))) == ()
    assert trips(OFF, replace(readings("90", None), maintenance=d("95"))) == (
        a_trip(BreakerCode.MARGIN, "95", "90"),
    )
    assert trips(OFF, replace(readings("90", "100"), maintenance=d("95"))) == (
        a_trip(BreakerCode.MARGIN, "95", "90"),
    )


@pytest.mark.parametrize(
    ("skew", "observed"),
    [
        ("29.999", None),
        ("30", "30 seconds"),
        ("30.50", "30.5 seconds"),
        ("-29.999", None),
        ("-30", "-30 seconds"),
        (None, "unknown"),
    ],
)
def test_clock_that_is_wrong_or_not_compared_halts(skew: str | None, observed: str | None) -> None:
    found = trips(OFF, replace(readings(), clock_skew=None if skew is None else d(skew)))

    if observed is None:
        assert found == ()
    else:
        assert found == (a_trip(BreakerCode.CLOCK_SKEW, observed, "30 seconds", Action.HALT),)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_failures_refusals_and_lost_data_trip_from_their_limit_on(count: int) -> None:
    """RC-09."""
    limits = replace(OFF, cycle_failures_max=3, refusals_max=3, data_losses_max=3)
    cases = (
        (replace(readings(), cycle_failures=count), BreakerCode.CYCLE_FAILURES, Action.HALT),
        (replace(readings(), refusals=count), BreakerCode.BROKER_REFUSALS, Action.HALT),
        (replace(readings(), data_losses=count), BreakerCode.DATA_LOSS, Action.STOP_INCREASING),
    )
    for at, code, action in cases:
        expected = (a_trip(code, str(count), "3", action),) if count >= 3 else ()
        assert trips(limits, at) == expected


def test_each_count_has_a_limit_of_its_own() -> None:
    limits = replace(OFF, cycle_failures_max=7, refusals_max=8, data_losses_max=9)
    at = replace(readings(), cycle_failures=10, refusals=11, data_losses=12)

    assert trips(limits, at) == (
        a_trip(BreakerCode.BROKER_REFUSALS, "11", "8", Action.HALT),
        a_trip(BreakerCode.CYCLE_FAILURES, "10", "7", Action.HALT),
        a_trip(BreakerCode.DATA_LOSS, "12", "9"),
    )


def test_lost_data_is_no_matter_while_it_is_not_limited() -> None:
    assert trips(OFF, replace(readings(), data_losses=1000)) == ()


def test_standing_break_halts() -> None:
    assert trips(OFF, replace(readings(), broken=True)) == (
        a_trip(BreakerCode.UNRECONCILED, "a break that stands", "none", Action.HALT),
    )


@pytest.mark.parametrize(
    ("symbol", "observed"),
    [(None, "max_orders_per_day of 201"), (Symbol("SPY"), "SPY max_orders_per_day of 201")],
)
def test_runaway_halts_with_the_numbers_of_what_it_violated(
    symbol: Symbol | None, observed: str
) -> None:
    violation = Violation(
        code=RiskCode.MAX_ORDERS_PER_DAY, observed="201", limit="200", symbol=symbol
    )

    assert trips(OFF, replace(readings(), runaway=violation)) == (
        a_trip(BreakerCode.RUNAWAY, observed, "200", Action.HALT),
    )


BOOK = replace(OFF, strategy_max_daily_loss=d("0.15"), strategy_max_drawdown=d("0.35"))


def of_klm(code: BreakerCode, observed: str, limit: str) -> Trip:
    return a_trip(code, observed, limit, Action.DISABLE, KLM)


@pytest.mark.parametrize(
    ("equity", "daily", "drawdown"),
    [
        ("85.000001", None, None),
        ("85", "0.15", None),
        ("81.250001", "0.18749999", None),
        ("81.25", "0.1875", "0.35"),
        ("81", "0.19", "0.352"),
        ("0", "1", "1"),
        ("-1", "1", "1"),
    ],
)
def test_losses_of_a_book_disable_its_strategy(
    equity: str, daily: str | None, drawdown: str | None
) -> None:
    """RC-07."""
    expected = []
    if drawdown is not None:
        expected.append(of_klm(BreakerCode.STRATEGY_DRAWDOWN, drawdown, "0.35"))
    if daily is not None:
        expected.append(of_klm(BreakerCode.STRATEGY_DAILY_LOSS, daily, "0.15"))
    at = replace(readings(), books={KLM: (a_track(*PAST), d(equity))})

    assert trips(BOOK, at) == tuple(expected)
    assert trips(OFF, at) == ()


def test_other_strategies_and_the_account_go_on() -> None:
    """RC-07."""
    books = {TECL: (a_track(*PAST), d("80")), KLM: (a_track(*PAST), d("100"))}

    found = trips(BreakerLimits(), replace(readings(), books=books))

    assert {trip.strategy for trip in found} == {TECL}
    assert {trip.action for trip in found} == {Action.DISABLE}


def test_book_without_units_or_earlier_close_has_no_loss_to_judge() -> None:
    books = {KLM: (Track(), d("1")), TECL: (a_track(), d("66"))}

    assert trips(BOOK, replace(readings(), books=books)) == ()


def test_book_without_a_value_is_named_and_not_judged() -> None:
    """RC-07: it still fails by the count."""
    past = a_track(*PAST)
    books = {TECL: (past, None), KLM: (past, d("100")), NUCLEAR: (past, None)}
    at = replace(readings(), books=books, strategy_failures={TECL: 3})

    assert unjudged(BreakerLimits(), at) == (NUCLEAR, TECL)
    assert trips(BreakerLimits(), at) == (
        a_trip(BreakerCode.STRATEGY_FAILURES, "3", "3", Action.DISABLE, TECL),
    )


def test_no_book_needs_a_value_while_no_loss_of_a_book_is_limited() -> None:
    at = replace(readings(), books={KLM: (a_track(*PAST), None)})

    assert unjudged(OFF, at) == ()
    assert unjudged(replace(OFF, strategy_max_drawdown=d("1")), at) == (KLM,)
    assert unjudged(replace(OFF, strategy_max_daily_loss=d("1")), at) == (KLM,)


@pytest.mark.parametrize(("count", "limit"), [(2, 3), (3, 3), (4, 3), (1000, None)])
def test_strategy_that_fails_again_and_again_is_disabled(count: int, limit: int | None) -> None:
    """RC-09: a strategy needs no book to fail."""
    limits = replace(OFF, strategy_failures_max=limit)
    found = trips(limits, replace(readings(), strategy_failures={KLM: count, TECL: 0}))

    if limit is None or count < limit:
        assert found == ()
    else:
        assert found == (of_klm(BreakerCode.STRATEGY_FAILURES, str(count), "3"),)


def test_strategy_without_a_count_has_not_failed() -> None:
    books = {KLM: (a_track(*PAST), d("100"))}

    assert trips(replace(OFF, strategy_failures_max=1), replace(readings(), books=books)) == ()


def test_everything_at_once_is_told_the_most_severe_first() -> None:
    track = a_track("125", "120", "110", "100", "98", "96")
    violation = Violation(code=RiskCode.MAX_ORDERS_PER_DAY, observed="9", limit="8")
    worst = Readings(
        session=MON + timedelta(days=6),
        equity=d("80"),
        second=d("80"),
        account=track,
        books={name: (track, d("60")) for name in (TECL, KLM)},
        clock_skew=None,
        maintenance=d("81"),
        cycle_failures=3,
        data_losses=2,
        refusals=5,
        strategy_failures={KLM: 3, NUCLEAR: 3},
        runaway=violation,
        broken=True,
    )
    limits = BreakerLimits(drawdown_action=Action.LIQUIDATE, max_losing_sessions=6)

    found = trips(limits, worst)

    assert [(trip.code.value, trip.strategy) for trip in found] == [
        ("runaway", None),
        ("unreconciled", None),
        ("clock_skew", None),
        ("broker_refusals", None),
        ("cycle_failures", None),
        ("drawdown", None),
        ("daily_loss", None),
        ("pnl_trend", None),
        ("losing_streak", None),
        ("margin", None),
        ("data_loss", None),
        ("strategy_drawdown", KLM),
        ("strategy_daily_loss", KLM),
        ("strategy_failures", KLM),
        ("strategy_failures", NUCLEAR),
        ("strategy_drawdown", TECL),
        ("strategy_daily_loss", TECL),
    ]
    assert {trip.code for trip in found} == set(BreakerCode)
    ranks = [trip.severity() for trip in found]
    assert ranks == sorted(ranks, reverse=True)
    assert {trip.session for trip in found} == {MON + timedelta(days=6)}


def test_strategies_trip_by_name_whatever_order_they_are_told_in() -> None:
    """RC-09: of eleven names no set is in order by chance."""
    names = [StrategyId(f"s{place}") for place in (9, 4, 7, 1, 8, 3, 6, 2, 5, 10, 0)]
    failing = replace(readings(), strategy_failures=dict.fromkeys(names, 3))

    assert [trip.strategy for trip in trips(BreakerLimits(), failing)] == sorted(names)
