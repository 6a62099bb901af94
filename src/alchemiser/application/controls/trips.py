"""What trips each breaker, and that nothing is bought after it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import DAY, EQUITY
from alchemiser.domain.risk.breakers import Action, BreakerCode, BreakerLimits, Trip
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.track import KEPT, Track
from alchemiser.domain.risk.watch import Readings
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import CENT, ONE, ZERO, plain

STRATEGY: Final = StrategyId("controls")
USUAL_BREAKERS: Final = BreakerLimits()
SWITCHES: Final[Mapping[BreakerCode, str]] = MappingProxyType({
    BreakerCode.DRAWDOWN: "max_drawdown",
    BreakerCode.DAILY_LOSS: "max_daily_loss",
    BreakerCode.PNL_TREND: "max_trend_loss",
    BreakerCode.LOSING_STREAK: "max_losing_sessions",
    BreakerCode.DATA_LOSS: "data_losses_max",
    BreakerCode.STRATEGY_DRAWDOWN: "strategy_max_drawdown",
    BreakerCode.STRATEGY_DAILY_LOSS: "strategy_max_daily_loss",
    BreakerCode.STRATEGY_FAILURES: "strategy_failures_max",
})
"""Thresholds that may be off, by their breaker."""
LOSSES: Final = (
    BreakerCode.DRAWDOWN,
    BreakerCode.DAILY_LOSS,
    BreakerCode.PNL_TREND,
    BreakerCode.LOSING_STREAK,
)
_MADE_UP: Final = BreakerLimits(max_losing_sessions=3)

Watch = Callable[[BreakerLimits, Readings], tuple[Trip, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripAttempt:
    """Hold readings at which one breaker must trip, and no other.

    Attributes:
        id: The breaker's name after "breaker.", and the case where it has several.
        code: Which breaker.
        action: What has to follow.
        told: What happened, in words.
        limits: The thresholds; those that the same readings would reach besides are off.
        readings: What happened.
    """

    id: str
    code: BreakerCode
    action: Action
    told: str
    limits: BreakerLimits
    readings: Readings = field(repr=False)

    def answer(self, watch: Watch) -> Trip | None:
        """Return the trip, or None when there is none, another, or more than one."""
        found = watch(self.limits, self.readings)
        sound = [trip for trip in found if (trip.code, trip.action) == (self.code, self.action)]
        return sound[0] if len(found) == len(sound) == 1 else None


def quiet_readings() -> Readings:
    """Return readings at which nothing trips."""
    return Readings(
        session=DAY,
        equity=EQUITY,
        second=EQUITY,
        account=_track(),
        books={STRATEGY: (_track(), EQUITY)},
        clock_skew=ZERO,
        maintenance=ZERO,
    )


def unset_breakers(limits: BreakerLimits) -> frozenset[BreakerCode]:
    """Return the breakers that are off under `limits`."""
    return frozenset(code for code, name in SWITCHES.items() if getattr(limits, name) is None)


def trip_attempts(limits: BreakerLimits) -> Iterator[TripAttempt]:
    """Yield all that trips a breaker; a threshold that is off is made up for the purpose."""
    missing = {SWITCHES[code]: getattr(_MADE_UP, SWITCHES[code]) for code in unset_breakers(limits)}
    every = replace(limits, **missing)
    for code, case, action, told, readings in (*_account(every), *_strategy(every)):
        name = f"breaker.{code}.{case}".rstrip(".")
        alone = _only(every, code)
        yield TripAttempt(
            id=name, code=code, action=action, told=told, limits=alone, readings=readings
        )


Row = tuple[BreakerCode, str, Action, str, Readings]


def _only(limits: BreakerLimits, code: BreakerCode) -> BreakerLimits:
    off = {name: None for one, name in SWITCHES.items() if one is not code}
    return replace(limits, **off)  # type: ignore[arg-type]


def _account(limits: BreakerLimits) -> Iterator[Row]:
    sound = quiet_readings()
    yield from _halts(limits, sound)
    for code in LOSSES:
        yield from _losses(limits, sound, code)
    stop, code = Action.STOP_INCREASING, BreakerCode.MARGIN
    above = replace(sound, maintenance=EQUITY + CENT)
    yield code, "above_equity", stop, "more margin is required than there is equity", above
    blind = replace(sound, equity=None, maintenance=CENT)
    yield code, "equity_unknown", stop, "margin is required and equity is unknown", blind
    count = limits.data_losses_max or 0
    lost = replace(sound, data_losses=count)
    yield BreakerCode.DATA_LOSS, "", stop, f"market data are lost {count} times", lost


def _halts(limits: BreakerLimits, sound: Readings) -> Iterator[Row]:
    halt = Action.HALT
    runaway = Violation(code=RiskCode.MAX_ORDERS_PER_DAY, observed="2", limit="1")
    told = "an order more than a sound plan has"
    yield BreakerCode.RUNAWAY, "", halt, told, replace(sound, runaway=runaway)
    told = "books and broker differ"
    yield BreakerCode.UNRECONCILED, "", halt, told, replace(sound, broken=True)
    seconds = limits.clock_skew_seconds_max
    for case, skew in (("ahead", seconds), ("behind", -seconds)):
        told = f"our clock is {seconds} seconds {case}"
        yield BreakerCode.CLOCK_SKEW, case, halt, told, replace(sound, clock_skew=Decimal(skew))
    told = "the broker's clock is unknown"
    yield BreakerCode.CLOCK_SKEW, "unknown", halt, told, replace(sound, clock_skew=None)
    told = f"the broker refuses {limits.refusals_max} orders"
    refused = replace(sound, refusals=limits.refusals_max)
    yield BreakerCode.BROKER_REFUSALS, "", halt, told, refused
    told = f"{limits.cycle_failures_max} cycles fail in a row"
    failed = replace(sound, cycle_failures=limits.cycle_failures_max)
    yield BreakerCode.CYCLE_FAILURES, "", halt, told, failed


def _losses(limits: BreakerLimits, sound: Readings, code: BreakerCode) -> Iterator[Row]:
    stop, streak = Action.STOP_INCREASING, code is BreakerCode.LOSING_STREAK
    action = limits.drawdown_action if code is BreakerCode.DRAWDOWN else stop
    limit = getattr(limits, SWITCHES[code])
    equity, account = _losing(limit) if streak else (_after(limit), _track(limits.trend_sessions))
    told = f"{limit} losing sessions" if streak else f"a loss of {plain(limit)}"
    lost = replace(sound, equity=equity, second=equity, account=account)
    yield code, "", action, told, lost
    yield code, "broker_alone", stop, f"{told} by the broker alone", replace(lost, second=None)
    yield code, "equity_unknown", stop, "equity is unknown", replace(lost, equity=None)


def _strategy(limits: BreakerLimits) -> Iterator[Row]:
    sound, disable = quiet_readings(), Action.DISABLE
    for code in (BreakerCode.STRATEGY_DRAWDOWN, BreakerCode.STRATEGY_DAILY_LOSS):
        limit = getattr(limits, SWITCHES[code])
        books = {STRATEGY: (_track(), _after(limit))}
        yield code, "", disable, f"a book loses {plain(limit)}", replace(sound, books=books)
    count = limits.strategy_failures_max or 0
    failed = replace(sound, strategy_failures={STRATEGY: count})
    told = f"a strategy fails {count} times in a row"
    yield BreakerCode.STRATEGY_FAILURES, "", disable, told, failed


def _after(limit: Decimal) -> Decimal:
    """Return the equity after a loss of `limit` and a dollar more, so that no rounding hides it."""
    return max(EQUITY * (1 - limit) - ONE, ZERO)


def _track(sessions: int = 1) -> Track:
    """Return the past of a book that has neither lost nor won in so many sessions."""
    track = Track()
    track.flow(EQUITY)
    for back in range(sessions, 0, -1):
        track.observe(DAY - timedelta(days=back), EQUITY)
    return track


def _losing(sessions: int) -> tuple[Decimal, Track]:
    """Return the equity and the past of an account that has lost in so many sessions."""
    track = Track()
    track.flow(EQUITY)
    equity = EQUITY
    for back in range(min(sessions, KEPT), 0, -1):
        track.observe(DAY - timedelta(days=back), equity)
        equity -= EQUITY / (2 * KEPT)
    return equity, track
