"""When a position is given up for what its price has done since it was opened."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.past import Past
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, decimal_from_float, positive


class ExitReason(StrEnum):
    """Name why a position is given up, the first that applies first."""

    STOP_LOSS = "stop_loss"
    TRAILING_STOP = "trailing_stop"
    TAKE_PROFIT = "take_profit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Say at which closes a position is given up; a rule that is None is off.

    Attributes:
        stop_loss: Loss since the entry, a fraction of its price, in (0, 1).
        take_profit: Gain since the entry, a fraction of its price, above zero.
        trailing_stop: Fall from the highest close since the entry, a fraction of it, in (0, 1).
    """

    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing_stop: Decimal | None = None

    def __post_init__(self) -> None:
        for reason in ExitReason:
            distance = self.distance(reason)
            if distance is None:
                continue
            positive(distance, reason)
            if reason is not ExitReason.TAKE_PROFIT and distance >= ONE:
                msg = f"{reason} must be below 1, not {distance}: no price falls that far."
                raise InvalidValueError(msg)

    def distance(self, reason: ExitReason) -> Decimal | None:
        """Return how far the price must go for `reason`, a fraction, or None when it is off."""
        match reason:
            case ExitReason.STOP_LOSS:
                return self.stop_loss
            case ExitReason.TRAILING_STOP:
                return self.trailing_stop
            case ExitReason.TAKE_PROFIT:
                return self.take_profit


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Tell that a position is to be given up, and why; prices are dollars on the signal basis.

    Attributes:
        symbol: The ticker.
        reason: Which rule.
        entry: The close of the session in which the position was opened.
        peak: The highest close since then.
        price: The close now.
        level: What `price` has reached: at or below it for a stop, at or above it for a profit.
    """

    symbol: Symbol
    reason: ExitReason
    entry: Decimal
    peak: Decimal
    price: Decimal
    level: Decimal


def exits_due(
    rules: Exits, entries: Mapping[Symbol, date], panel: BarPanel, row: int
) -> tuple[Exit, ...]:
    """Return which positions are to be given up as of `row`, sorted by symbol, each once.

    A position ends when its close has come to a level exactly, or beyond. Closes are the only
    prices asked, so that a backtest and a live day that see the same bars end the same positions.
    Closes are on the signal basis: neither a split nor a dividend ends one. Sessions between that
    have no usable bar are passed over. Of several rules the first of `ExitReason` is told.

    Args:
        rules: The levels.
        entries: The symbols that a book holds, and the session in which each was opened.
        panel: Bars; nothing after `row` is read.
        row: As of which session, 0-based.

    Raises:
        InvalidValueError: When the panel has no such row.
    """
    past = Past.of(panel, row)
    return tuple(
        due
        for name, opened in sorted(entries.items())
        if (course := _course(name, opened, past)) is not None
        if (due := next(_due(rules, name, course), None)) is not None
    )


def unjudged(
    rules: Exits, entries: Mapping[Symbol, date], panel: BarPanel, row: int
) -> tuple[Symbol, ...]:
    """Return the positions that cannot be judged, sorted: tell a person, they are held unguarded.

    That is so where the close of the entry or of `row` is missing or blocked, or the entry lies
    outside the sessions up to `row`. Without any rule there is nothing to judge.

    Args:
        rules: As in `exits_due`; so are the others.
        entries: Symbols and the sessions in which they were opened.
        panel: Bars.
        row: As of which session, 0-based.

    Raises:
        InvalidValueError: When the panel has no such row.
    """
    past = Past.of(panel, row)
    if rules == Exits():
        return ()
    return tuple(
        name for name, opened in sorted(entries.items()) if _course(name, opened, past) is None
    )


@dataclass(frozen=True, slots=True)
class _Course:
    """Hold the closes of a position that count: at its entry, at its highest, and now."""

    entry: Decimal
    peak: Decimal
    price: Decimal


def _course(name: Symbol, opened: date, past: Past) -> _Course | None:
    sessions = past.panel.sessions
    start = bisect_left(sessions, opened)
    if start > past.row or sessions[start] != opened:
        return None
    closes = past.closes(name, past.row + 1 - start)
    if not len(closes) or np.isnan(closes[[0, -1]]).any():
        return None
    entry, peak, price = map(decimal_from_float, (closes[0], np.nanmax(closes), closes[-1]))
    return _Course(entry=entry, peak=peak, price=price)


def _due(rules: Exits, name: Symbol, course: _Course) -> Iterator[Exit]:
    for reason in ExitReason:
        distance = rules.distance(reason)
        if distance is None:
            continue
        level = _level(reason, course, distance)
        rises = reason is ExitReason.TAKE_PROFIT
        if course.price >= level if rises else course.price <= level:
            yield Exit(
                symbol=name,
                reason=reason,
                entry=course.entry,
                peak=course.peak,
                price=course.price,
                level=level,
            )


def _level(reason: ExitReason, course: _Course, distance: Decimal) -> Decimal:
    """Return the close at which `reason` applies, dollars, at twelve significant digits."""
    if reason is ExitReason.TAKE_PROFIT:
        return decimal_from_float(float(course.entry * (ONE + distance)))
    start = course.entry if reason is ExitReason.STOP_LOSS else course.peak
    return decimal_from_float(float(start * (ONE - distance)))
