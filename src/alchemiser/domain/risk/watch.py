"""What the breakers look at, and which of them trip.

Losses of the account are the broker's word. They trip when our own marks confirm them, or when our
marks cannot tell; what the broker alone says never sells anything, since a sale cannot be undone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from alchemiser.domain.risk.breakers import Action, BreakerCode, BreakerLimits, Trip
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.risk.track import Track
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import ZERO, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Hold what breakers judge, at one moment.

    Attributes:
        session: The present session.
        equity: The account's equity as the broker states it, dollars, or None when unknown.
        second: The same by our own marks, or None when the data do not allow it.
        account: The account's past.
        books: Each strategy's past and its book's equity in dollars, None when it cannot be valued.
        clock_skew: Our clock less the broker's, seconds of either sign, or None when unknown.
        maintenance: Margin that must be maintained, dollars, or None when unknown.
        cycle_failures: Cycles that failed in a row.
        data_losses: Sessions in a row whose inputs could not be read.
        refusals: Orders that the broker refused in this session.
        strategy_failures: Failures in a row by strategy.
        runaway: Why the engine sends more than a sound one would, or None.
        broken: Whether books and broker differ.
    """

    session: date
    equity: Decimal | None
    second: Decimal | None
    account: Track
    books: Mapping[StrategyId, tuple[Track, Decimal | None]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    clock_skew: Decimal | None
    maintenance: Decimal | None
    cycle_failures: int = 0
    data_losses: int = 0
    refusals: int = 0
    strategy_failures: Mapping[StrategyId, int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    runaway: Violation | None = None
    broken: bool = False


_NOT_KNOWN = "unknown"

Finding = tuple[BreakerCode, str, str]
"""A breaker, what was observed, and the limit."""

Measure = Callable[[Decimal], Decimal | None]
"""What an equity in dollars comes to in a breaker's unit; None where history is too short."""


def trips(limits: BreakerLimits, readings: Readings) -> tuple[Trip, ...]:
    """Return every breaker that trips, the most severe first, those of strategies last.

    Without a known equity each loss breaker of the account that is on trips, and nothing more is
    bought. Limits trip when they are reached, but for the margin: as much as there is may be
    required.

    Raises:
        InvalidValueError: When an equity is NaN or infinite.
    """
    session = readings.session
    halts = (_trip(session, Action.HALT, found) for found in _halts(limits, readings))
    stops = (_trip(session, Action.STOP_INCREASING, found) for found in _stops(limits, readings))
    return (*halts, *_losses(limits, readings), *stops, *_strategies(limits, readings))


def doubted(limits: BreakerLimits, readings: Readings) -> tuple[Trip, ...]:
    """Return the loss breakers on which the broker's equity and our marks do not agree.

    One of the two has reached the limit and the other has not: nothing trips, and somebody has
    to look. The action is the one that would have followed.

    Raises:
        InvalidValueError: When an equity is NaN or infinite.
    """
    if readings.equity is None or readings.second is None:
        return ()
    found = []
    for code, limit, measure in _measures(limits, readings):
        loss, other = measure(readings.equity), measure(readings.second)
        if loss is None or other is None or (loss >= limit) is (other >= limit):
            continue
        observed = f"{plain(loss)} by the broker and {plain(other)} by our marks"
        row = (code, observed, plain(limit))
        found.append(_trip(readings.session, _action(limits, code), row))
    return tuple(found)


def unjudged(limits: BreakerLimits, readings: Readings) -> tuple[StrategyId, ...]:
    """Return the strategies, sorted, whose losses cannot be judged, since their book has no value.

    None while no loss of a strategy is limited.
    """
    if limits.strategy_max_drawdown is None and limits.strategy_max_daily_loss is None:
        return ()
    return tuple(sorted(name for name, (_, equity) in readings.books.items() if equity is None))


def _trip(
    session: date, action: Action, found: Finding, strategy: StrategyId | None = None
) -> Trip:
    code, observed, limit = found
    return Trip(
        code=code,
        action=action,
        observed=observed,
        limit=limit,
        session=session,
        strategy=strategy,
    )


def _halts(limits: BreakerLimits, readings: Readings) -> Iterator[Finding]:
    if readings.runaway is not None:
        yield BreakerCode.RUNAWAY, _named(readings.runaway), readings.runaway.limit
    if readings.broken:
        yield BreakerCode.UNRECONCILED, "a break that stands", "none"
    skew, most = readings.clock_skew, limits.clock_skew_seconds_max
    if skew is None or abs(skew) >= most:
        observed = _NOT_KNOWN if skew is None else f"{plain(skew)} seconds"
        yield BreakerCode.CLOCK_SKEW, observed, f"{most} seconds"
    counts = (
        (BreakerCode.BROKER_REFUSALS, readings.refusals, limits.refusals_max),
        (BreakerCode.CYCLE_FAILURES, readings.cycle_failures, limits.cycle_failures_max),
    )
    for code, count, limit in counts:
        yield from _count(code, count, limit)


def _stops(limits: BreakerLimits, readings: Readings) -> Iterator[Finding]:
    required, equity = readings.maintenance, readings.equity
    # No margin can be shown to be covered by an equity that nobody knows.
    if required is not None and required > (ZERO if equity is None else equity):
        limit = _NOT_KNOWN if equity is None else plain(equity)
        yield BreakerCode.MARGIN, plain(required), limit
    yield from _count(BreakerCode.DATA_LOSS, readings.data_losses, limits.data_losses_max)


def _count(code: BreakerCode, count: int, limit: int | None) -> Iterator[Finding]:
    if limit is not None and count >= limit:
        yield code, str(count), str(limit)


def _named(violation: Violation) -> str:
    code = violation.code.value
    subject = code if violation.symbol is None else f"{violation.symbol} {code}"
    return f"{subject} of {violation.observed}"


def _measures(
    limits: BreakerLimits, readings: Readings
) -> Iterator[tuple[BreakerCode, Decimal, Measure]]:
    track, session = readings.account, readings.session
    if limits.max_drawdown is not None:
        yield BreakerCode.DRAWDOWN, limits.max_drawdown, track.drawdown
    if limits.max_daily_loss is not None:
        yield (
            BreakerCode.DAILY_LOSS,
            limits.max_daily_loss,
            lambda equity: track.day_loss(session, equity),
        )
    if limits.max_trend_loss is not None:
        yield (
            BreakerCode.PNL_TREND,
            limits.max_trend_loss,
            lambda equity: track.loss_over(session, equity, limits.trend_sessions),
        )
    if limits.max_losing_sessions is not None:
        yield (
            BreakerCode.LOSING_STREAK,
            Decimal(limits.max_losing_sessions),
            lambda equity: Decimal(track.losing_sessions(session, equity)),
        )


def _action(limits: BreakerLimits, code: BreakerCode) -> Action:
    drawdown = code is BreakerCode.DRAWDOWN
    return limits.drawdown_action if drawdown else Action.STOP_INCREASING


def _losses(limits: BreakerLimits, readings: Readings) -> Iterator[Trip]:
    for code, limit, measure in _measures(limits, readings):
        observed = _observed(limit, measure, readings)
        if observed is not None:
            confirmed = readings.equity is not None and readings.second is not None
            action = _action(limits, code) if confirmed else Action.STOP_INCREASING
            yield _trip(readings.session, action, (code, observed, plain(limit)))


def _observed(limit: Decimal, measure: Measure, readings: Readings) -> str | None:
    """Return in words what trips a loss breaker of the account, or None when nothing does."""
    if readings.equity is None:
        return _NOT_KNOWN
    loss = measure(readings.equity)
    if loss is None or loss < limit:
        return None
    other = None if readings.second is None else measure(readings.second)
    if other is None:
        return f"{plain(loss)} by the broker alone"
    return None if other < limit else plain(loss)


def _strategies(limits: BreakerLimits, readings: Readings) -> Iterator[Trip]:
    for name in sorted(readings.books.keys() | readings.strategy_failures.keys()):
        for found in _strategy(limits, readings, name):
            yield _trip(readings.session, Action.DISABLE, found, name)


def _strategy(limits: BreakerLimits, readings: Readings, name: StrategyId) -> Iterator[Finding]:
    track, equity = readings.books.get(name, (Track(), None))
    if equity is not None:
        rules = (
            (BreakerCode.STRATEGY_DRAWDOWN, limits.strategy_max_drawdown, track.drawdown(equity)),
            (
                BreakerCode.STRATEGY_DAILY_LOSS,
                limits.strategy_max_daily_loss,
                track.day_loss(readings.session, equity),
            ),
        )
        for code, limit, loss in rules:
            if limit is not None and loss is not None and loss >= limit:
                yield code, plain(loss), plain(limit)
    failures = readings.strategy_failures.get(name, 0)
    yield from _count(BreakerCode.STRATEGY_FAILURES, failures, limits.strategy_failures_max)
