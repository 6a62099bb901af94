"""What the venue knows of one symbol at a moment: bars, trades and quotes of any past range."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.venue.data.candles import PLACES, Candles, grouped, joined, of_path
from alchemiser.adapters.venue.data.days import Days
from alchemiser.adapters.venue.data.moments import epoch
from alchemiser.adapters.venue.data.path import UNITS, VOLUME_MIN, Ints, Path
from alchemiser.adapters.venue.data.prices import QUOTE_SECONDS, THIN, Prices, Tick
from alchemiser.adapters.venue.data.timeframe import DAY, MINUTE, Timeframe, Unit
from alchemiser.domain.values.identifiers import Symbol

TRADES: Final = 1_560
"""What is told as the number of trades of a closed day: those of a whole session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Say for what prices are adjusted: for splits, for dividends, for both or for neither."""

    splits: bool = False
    dividends: bool = False


RAW = Basis()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hold which part of a series is asked for.

    Attributes:
        first: Earliest second since 1970, inclusive.
        last: Latest second, inclusive.
        count: How many at most.
        newest_first: Whether they are taken, and come, from the end.
    """

    first: int
    last: int
    count: int
    newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prints:
    """Hold trades as arrays of one length: seconds since 1970, units, shares, place in the day."""

    stamps: Ints
    prices: Ints
    sizes: Ints
    numbers: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Touches:
    """Hold quotes as arrays of one length: seconds since 1970, and the price between, in units."""

    stamps: Ints
    prices: Ints
    step: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lived:
    """Hold what was traded in one session up to the present.

    Attributes:
        row: Of the daily bar.
        day: The session's label.
        path: Its trades.
        opened: Its first second since 1970.
        until: The last second that has been, the close at the latest.
        closed: Whether it has closed.
    """

    row: int
    day: date
    path: Path
    opened: int
    until: int
    closed: bool

    def trades(self) -> int:
        """Return how many trades there were."""
        return self.path.count(self.until - self.opened)

    def minutes(self) -> int:
        """Return how many trades there were in minutes that are over."""
        past = self.until - self.opened
        return self.path.count(past if self.closed else past - past % MINUTE.count - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Look back at one symbol from a moment.

    Attributes:
        prices: Where its trades come from.
        name: The symbol.
        days: Its daily bars.
        now: The moment, UTC: when a halt began, where it is halted.
        rows: How many sessions have opened by then, at least one.
        thin: Whether only the thin feed's trades count.
    """

    prices: Prices
    name: Symbol
    days: Days
    now: datetime
    rows: int
    thin: bool = False

    def newest(self) -> int:
        """Return the first second of the day of the last session."""
        return int(self.days.stamps[self.rows - 1])

    def tick(self) -> Tick:
        """Return what was last traded and is quoted."""
        return self.prices.last(self.name, self.days, self.rows - 1, self.now, thin=self.thin)

    def bars(self, frame: Timeframe, window: Window, basis: Basis = RAW) -> Candles | None:
        """Return bars that have begun, or None when there are none in the window.

        The running day, week and month end at the last trade; of minutes only whole ones count.
        """
        if frame.unit is Unit.SECONDS:
            parts = self._short(frame, window, basis)
        else:
            parts = self._long(frame, window, basis)
        taken = list(_enough(parts, window.count))
        if not taken:
            return None
        if window.newest_first:
            return joined(taken[::-1]).reversed().part(0, window.count)
        return joined(taken).part(0, window.count)

    def trades(self, window: Window) -> Iterator[Prints]:
        """Yield the trades in the window by session."""
        left = window.count
        for lived in self._sessions(window):
            stamps = lived.path.seconds[: lived.trades()] + lived.opened
            part = _within(stamps, window)[:left]
            left -= len(part)
            yield Prints(
                stamps=stamps[part],
                prices=lived.path.prices[part],
                sizes=lived.path.sizes[part],
                numbers=part,
            )
            if not left:
                return

    def quotes(self, window: Window) -> Iterator[Touches]:
        """Yield the quotes in the window by session."""
        left = window.count
        for lived in self._sessions(window):
            stamps: Ints = np.arange(lived.opened, lived.until + 1, QUOTE_SECONDS, dtype=np.int64)
            stamps = stamps[_within(stamps, window)][:left]
            left -= len(stamps)
            trade = np.searchsorted(lived.path.seconds, stamps - lived.opened, side="right") - 1
            yield Touches(stamps=stamps, prices=lived.path.prices[trade], step=self.days.step)
            if not left:
                return

    def _long(self, frame: Timeframe, window: Window, basis: Basis) -> Iterator[Candles]:
        days, rows = self.days, self.rows
        stamps = days.stamps[:rows] if frame == DAY else frame.firsts(days.labels[:rows])
        low = int(np.searchsorted(stamps, window.first))
        high = int(np.searchsorted(stamps, window.last, side="right"))
        if frame == DAY and window.newest_first:
            low = max(low, high - window.count)
        elif frame == DAY:
            high = min(high, low + window.count)
        if low >= high:
            return
        bars = _daily(days, low, high, thin=self.thin)
        if high == rows:
            bars = self._with_running(bars)
        bars = _adjusted(bars, days, np.arange(low, high), rows - 1, basis)
        yield bars if frame == DAY else grouped(bars, stamps[low:high])

    def _with_running(self, bars: Candles) -> Candles:
        """Return daily bars of which the last, when its session is open, ends at the present."""
        lived = self._lived(self.rows - 1)
        if lived.closed:
            return bars
        trades = of_path(lived.path, lived.opened, lived.trades())
        running = grouped(trades, np.full(len(trades), bars.stamps[-1]))
        return joined([bars.part(0, len(bars) - 1), running])

    def _short(self, frame: Timeframe, window: Window, basis: Basis) -> Iterator[Candles]:
        for lived in self._sessions(window):
            trades = of_path(lived.path, lived.opened, lived.minutes())
            bars = grouped(trades, frame.within(trades.stamps, lived.day))
            bars = bars.between(window.first, window.last)
            if len(bars):
                row = np.full(len(bars), lived.row)
                yield _adjusted(bars, self.days, row, self.rows - 1, basis)

    def _sessions(self, window: Window) -> Iterator[Lived]:
        """Yield the sessions that the window may touch, in the order in which it is read."""
        stamps = self.days.stamps
        low = max(int(np.searchsorted(stamps, window.first, side="right")) - 1, 0)
        high = min(int(np.searchsorted(stamps, window.last, side="right")), self.rows)
        for row in range(low, high)[:: -1 if window.newest_first else 1]:
            yield self._lived(row)

    def _lived(self, row: int) -> Lived:
        session = self.prices.session(self.days.labels[row])
        return Lived(
            row=row,
            day=session.day,
            path=self.prices.path(self.name, row, thin=self.thin),
            opened=epoch(session.open_at),
            until=min(epoch(self.now), epoch(session.close_at)),
            closed=session.close_at <= self.now,
        )


def look_back(prices: Prices, name: Symbol, now: datetime, *, thin: bool = False) -> Series | None:
    """Return what is known of `name` at `now`, or None before its first session."""
    days = prices.days(name)
    if days is None:
        return None
    seen = prices.halts.seen(name, now)
    rows = prices.row(days, seen) + 1
    if not rows:
        return None
    return Series(prices=prices, name=name, days=days, now=seen, rows=rows, thin=thin)


def _within(stamps: Ints, window: Window) -> NDArray[np.intp]:
    """Return the places of `stamps` that lie in the window, in the order in which it is read."""
    found = np.flatnonzero((stamps >= window.first) & (stamps <= window.last))
    return found[::-1] if window.newest_first else found


def _enough(parts: Iterator[Candles], count: int) -> Iterator[Candles]:
    for part in parts:
        yield part
        count -= len(part)
        if count <= 0:
            return


def _daily(days: Days, low: int, high: int, *, thin: bool) -> Candles:
    part = slice(low, high)
    opens, highs, lows, closes = (
        array[part] / UNITS for array in (days.opens, days.highs, days.lows, days.closes)
    )
    volumes = days.volumes[part]
    if thin:
        volumes = np.maximum(volumes * THIN // 1_000, VOLUME_MIN)
    return Candles(
        stamps=days.stamps[part],
        opens=opens,
        highs=highs,
        lows=lows,
        closes=closes,
        volumes=volumes,
        trades=np.minimum(volumes, TRADES),
        means=np.round((opens + highs + lows + closes) / 4, PLACES),
    )


def _adjusted(bars: Candles, days: Days, rows: Ints, present: int, basis: Basis) -> Candles:
    """Return bars of the sessions `rows` as seen from session `present`."""
    if basis == RAW:
        return bars
    splits = days.splits[rows] / days.splits[present]
    prices = splits if basis.splits else np.ones(len(bars))
    if basis.dividends:
        prices = days.returns[rows] / days.returns[present]
        prices = prices if basis.splits else prices / splits
    return bars.scaled(prices, 1 / splits if basis.splits else 1.0)
