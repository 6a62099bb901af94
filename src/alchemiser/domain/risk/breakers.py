"""Breakers: what stops trading by itself, and what then stands until an owner lifts it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.risk.track import LOOK_BACK_MAX
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import ONE, finite


class BreakerCode(StrEnum):
    """Stable names of the breakers."""

    RUNAWAY = "runaway"
    UNRECONCILED = "unreconciled"
    CLOCK_SKEW = "clock_skew"
    BROKER_REFUSALS = "broker_refusals"
    CYCLE_FAILURES = "cycle_failures"
    DRAWDOWN = "drawdown"
    DAILY_LOSS = "daily_loss"
    PNL_TREND = "pnl_trend"
    LOSING_STREAK = "losing_streak"
    MARGIN = "margin"
    DATA_LOSS = "data_loss"
    STRATEGY_DRAWDOWN = "strategy_drawdown"
    STRATEGY_DAILY_LOSS = "strategy_daily_loss"
    STRATEGY_FAILURES = "strategy_failures"


class Action(StrEnum):
    """What follows when a breaker trips, the mildest first.

    A halt comes after a liquidation, since it sends nothing at all: who does not know what the
    books hold, or what time it is, had better not sell either.
    """

    DISABLE = "disable"
    """One strategy is not asked any more, and its book does not grow."""
    STOP_INCREASING = "stop_increasing"
    """Nothing is bought: the state is reducing."""
    REDUCE = "reduce"
    """Targets are halved and nothing is bought: the state is reducing."""
    LIQUIDATE = "liquidate"
    """Everything is sold, and the state is halted."""
    HALT = "halt"
    """Nothing is sent: the state is halted."""


_SEVERITY = {action: rank for rank, action in enumerate(Action)}

_STATES = {
    Action.DISABLE: TradingState.ACTIVE,
    Action.STOP_INCREASING: TradingState.REDUCING,
    Action.REDUCE: TradingState.REDUCING,
    Action.LIQUIDATE: TradingState.HALTED,
    Action.HALT: TradingState.HALTED,
}

LOSSES = frozenset({
    BreakerCode.DRAWDOWN,
    BreakerCode.DAILY_LOSS,
    BreakerCode.PNL_TREND,
    BreakerCode.LOSING_STREAK,
    BreakerCode.STRATEGY_DRAWDOWN,
    BreakerCode.STRATEGY_DAILY_LOSS,
})
"""Breakers of money lost: after these an owner has to let time pass before going on."""

DRAWDOWN_ACTIONS = (Action.STOP_INCREASING, Action.REDUCE, Action.LIQUIDATE)

_FRACTIONS = (
    "max_daily_loss",
    "max_drawdown",
    "max_trend_loss",
    "strategy_max_daily_loss",
    "strategy_max_drawdown",
)
_COUNTS = (
    "strategy_failures_max",
    "cycle_failures_max",
    "refusals_max",
    "data_losses_max",
    "clock_skew_seconds_max",
)
_LOOK_BACKS = ("trend_sessions", "max_losing_sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLimits:
    """Hold every threshold; None means that the breaker is off, where that is allowed.

    A threshold trips when it is reached, not only when it is passed: a limit of 0.05 at 5 per
    cent, one of 3 failures at the third.

    Failed cycles, refusals and the clock are always watched: an engine that fails again and
    again, or does not know the time, must not trade.

    Attributes:
        max_daily_loss: Loss of the account since its last close, a fraction of it.
        max_drawdown: Loss of the account since its peak, a fraction of it.
        drawdown_action: What follows from it: stop increasing, reduce or liquidate.
        max_trend_loss: Loss of the account over `trend_sessions`, a fraction.
        trend_sessions: The window of `max_trend_loss`, 1 to 63 sessions.
        max_losing_sessions: Losing sessions of the account in a row, 1 to 63.
        strategy_max_daily_loss: Loss of a book since its last close, a fraction of it.
        strategy_max_drawdown: Loss of a book since its peak, a fraction of it.
        strategy_failures_max: Failures of a strategy in a row.
        cycle_failures_max: Failed cycles in a row.
        refusals_max: Orders that the broker refused in a session.
        data_losses_max: Sessions in a row whose inputs could not be read.
        clock_skew_seconds_max: Difference of our clock from the broker's, seconds.
        cool_off_sessions: Sessions that must pass before a loss may be lifted; zero is at once.
    """

    max_daily_loss: Decimal | None = Decimal("0.05")
    max_drawdown: Decimal | None = Decimal("0.25")
    drawdown_action: Action = Action.STOP_INCREASING
    max_trend_loss: Decimal | None = Decimal("0.15")
    trend_sessions: int = 5
    max_losing_sessions: int | None = None
    strategy_max_daily_loss: Decimal | None = Decimal("0.15")
    strategy_max_drawdown: Decimal | None = Decimal("0.35")
    strategy_failures_max: int | None = 3
    cycle_failures_max: int = 3
    refusals_max: int = 5
    data_losses_max: int | None = 2
    clock_skew_seconds_max: int = 30
    cool_off_sessions: int = 1

    def __post_init__(self) -> None:
        for name in _FRACTIONS:
            value = getattr(self, name)
            if value is not None and not 0 < finite(value, name) <= ONE:
                msg = f"{name} must be above 0 and at most 1, not {value}: 0.05 is 5 per cent."
                raise InvalidValueError(msg)
        for name in _COUNTS:
            self._range(name, 1, None)
        for name in _LOOK_BACKS:
            self._range(name, 1, LOOK_BACK_MAX)
        self._range("cool_off_sessions", 0, None)
        if self.drawdown_action not in DRAWDOWN_ACTIONS:
            allowed = ", ".join(DRAWDOWN_ACTIONS)
            msg = f"drawdown_action must be one of {allowed}, not {self.drawdown_action}."
            raise InvalidValueError(msg)

    def _range(self, name: str, least: int, most: int | None) -> None:
        value = getattr(self, name)
        if value is None or (value >= least and (most is None or value <= most)):
            return
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        msg = f"{name} must be {bounds}, not {value}."
        raise InvalidValueError(msg)


RESEARCH_BREAKERS = BreakerLimits(
    max_daily_loss=None,
    max_drawdown=None,
    max_trend_loss=None,
    strategy_max_daily_loss=None,
    strategy_max_drawdown=None,
    strategy_failures_max=None,
    data_losses_max=None,
)
"""No losses stop a study of a strategy's own merits."""


Key = tuple[BreakerCode, StrategyId | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Tell that a breaker has tripped, with the numbers.

    Attributes:
        code: Which breaker.
        action: What follows.
        observed: What was found, in the breaker's unit.
        limit: The threshold that was reached, in the same unit.
        strategy: Whose book or plugin, or None when it is the account's.
        session: When it tripped.
    """

    code: BreakerCode
    action: Action
    observed: str
    limit: str
    session: date
    strategy: StrategyId | None = None

    def sentence(self) -> str:
        """Return the trip in plain words."""
        subject = "the account" if self.strategy is None else self.strategy
        return f"{subject}: {self.code} is {self.observed}, the limit {self.limit}"

    def state(self) -> TradingState:
        """Return how much the engine may still do; of a liquidation, once it is done."""
        return _STATES[self.action]

    def is_loss(self) -> bool:
        """Say whether money was lost: then time has to pass before the trip may be lifted."""
        return self.code in LOSSES

    def key(self) -> Key:
        """Return what this trip has in common with its own repetitions."""
        return self.code, self.strategy

    def severity(self) -> int:
        """Return a rank that is higher, the less may still be sent."""
        return _SEVERITY[self.action]


@dataclass(slots=True)
class Latch:
    """Hold the trips that stand; it only tightens, until it is cleared.

    Attributes:
        standing: The trips by key, in the order in which the breakers first tripped.
    """

    standing: dict[Key, Trip] = field(default_factory=dict)

    def add(self, trip: Trip) -> None:
        """Let `trip` stand, unless one of its key stands already that is no milder."""
        if self.tightens(trip):
            self.standing[trip.key()] = trip

    def tightens(self, trip: Trip) -> bool:
        """Say whether `trip` does not stand yet, or is more severe than the one of its key."""
        known = self.standing.get(trip.key())
        return known is None or trip.severity() > known.severity()

    def state(self) -> TradingState:
        """Return the strictest state that a standing trip asks for."""
        worst = max(self.standing.values(), key=Trip.severity, default=None)
        return TradingState.ACTIVE if worst is None else worst.state()

    def action(self) -> Action | None:
        """Return the strictest action that stands for the account, or None."""
        account = (trip for trip in self.standing.values() if trip.strategy is None)
        worst = max(account, key=Trip.severity, default=None)
        return None if worst is None else worst.action

    def reasons(self) -> tuple[str, ...]:
        """Return what stands in plain words, in the order in which it tripped."""
        return tuple(trip.sentence() for trip in self.standing.values())

    def disabled(self) -> frozenset[StrategyId]:
        """Return the strategies that are not to be asked."""
        return frozenset(key[1] for key in self.standing if key[1] is not None)

    def expired(
        self, session: date, sessions_between: Callable[[date, date], int], cool_off: int
    ) -> bool:
        """Say whether every loss that stands is `cool_off` sessions old, so that it may be lifted.

        Args:
            session: The present session.
            sessions_between: Counts the sessions from one date to a later one.
            cool_off: Sessions that must have passed since each trip.
        """
        return all(
            sessions_between(trip.session, session) >= cool_off
            for trip in self.standing.values()
            if trip.is_loss()
        )

    def clear(self) -> None:
        """Lift every trip, which only an owner may do."""
        self.standing.clear()
