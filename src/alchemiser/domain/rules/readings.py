"""What the bars say: every metric of every symbol, computed once over all sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators.kernels import ratio, run_lengths, shift
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.measures import Reads
from alchemiser.domain.rules.measuring import Measuring, by_arrays
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, Mask, round_significant

Named = tuple[Floats, tuple[Symbol, ...]]
"""A metric at each session, (T,), and the symbols that it is measured of."""

Key = tuple[object, ...]
"""Equal for metrics that measure the same of the same symbol."""


def key_of(metric: Metric, name: Symbol) -> Key:
    """Return what a `metric` of `name` is remembered by, whatever it names itself."""
    return (*metric.shape(), name)


@lru_cache(maxsize=4096)  # every panel is asked about by the same numbers
def number(value: Decimal) -> Floats:
    """Return a number to compare with, float64 (1,), rounded in the same way as metrics."""
    rounded = round_significant(np.array([float(value)]))
    rounded.flags.writeable = False
    return rounded


@dataclass(frozen=True, slots=True)
class Readings:
    """Read metrics off a panel, float64 (T,), NaN where undefined or blocked.

    Indicators are causal, so the reading at a session is the one an observer had that day.
    """

    panel: BarPanel
    _named: dict[Metric, Named] = field(default_factory=dict)
    measuring: Measuring = by_arrays
    _tables: dict[str, Floats] = field(default_factory=dict)
    _columns: dict[Symbol, Floats] = field(default_factory=dict)
    _metrics: dict[Key, Floats] = field(default_factory=dict)
    _values: dict[Key, Floats] = field(default_factory=dict)
    _priced: dict[Symbol, Mask] = field(default_factory=dict)
    _unbroken: dict[Key, NDArray[np.intp]] = field(default_factory=dict)
    _first: dict[Symbol, int] = field(default_factory=dict)

    @classmethod
    def told(cls, panel: BarPanel, values: Mapping[Metric, float]) -> "Readings":
        """Return readings of which some are known, as of the last session of `panel` alone."""
        rows = len(panel.sessions)
        known = {one: (np.full(rows, value), one.symbols()) for one, value in values.items()}
        return cls(panel, known)

    def sessions(self) -> int:
        """Return T, the number of sessions."""
        return len(self.panel.sessions)

    def remembered(self) -> int:
        """Return how many arrays of T numbers are remembered, masks among them."""
        values, masks = len(self._metrics) + len(self._values), len(self._priced)
        tables = len(self._tables) * len(self.panel.symbols)
        return values + masks + len(self._unbroken) + len(self._columns) + tables

    def bytes(self) -> int:
        """Return about how many bytes the metrics take that `named` remembers."""
        # As it was measured, where it may be read, their mask, and the closes.
        arrays = 4 * len(self._named)
        return arrays * self.sessions() * np.float64().nbytes

    def known(self, metric: Metric) -> Named | None:
        """Return `metric` of the symbol that it names, or None when nobody has asked `named`."""
        return self._named.get(metric)

    def asked(self) -> tuple[Metric, ...]:
        """Return the metrics that `known` knows, in the order in which they were asked."""
        return tuple(self._named)

    def named(self, metric: Metric) -> Named:
        """Return `metric` of the symbol that it names, rounded as comparisons need it.

        Raises:
            InvalidValueError: When it names no symbol.
        """
        if metric not in self._named:
            values = self.metric(metric, metric.subject())
            values.flags.writeable = False
            self._named[metric] = (values, metric.symbols())
        return self._named[metric]

    def metric(self, metric: Metric, name: Symbol) -> Floats:
        """Return `metric` of `name`, whatever it names itself, rounded as comparisons need it."""
        key = key_of(metric, name)
        if key not in self._metrics:
            readable = self.priced(name)
            for other in metric.others():
                readable = readable & self.priced(other)
            values = self._unmasked(metric, name)
            self._metrics[key] = values if readable.all() else np.where(readable, values, np.nan)
        return self._metrics[key]

    def priced(self, name: Symbol) -> Mask:
        """Return where `name` has a close that may be read."""
        if name not in self._priced:
            blocked, known = self._blocked(name), np.isfinite(self.closes(name))
            self._priced[name] = known if blocked is None else known & ~blocked
        return self._priced[name]

    def returns(self, name: Symbol) -> Floats:
        """Return the daily returns of `name`, fractions; NaN where one of the two closes is."""
        closes = self.closes(name)
        change = ratio(closes, shift(closes, 1)) - 1.0
        return np.where(self.priced(name), change, np.nan)

    def closes(self, name: Symbol) -> Floats:
        """Return the closes of `name`, blocked or not; all NaN when the panel lacks it."""
        if name not in self._columns:
            self._columns[name] = self._column(self.panel.close, name)
        return self._columns[name]

    def kept(self, key: Key) -> Floats | None:
        """Return what `metric` returns of what `key_of` tells, where it is remembered."""
        return self._metrics.get(key)

    def keep(self, key: Key, values: Floats) -> None:
        """Remember `values` (T,), rounded, of a metric that needs the present close."""
        self._values[key] = values
        if self.panel.blocked is None:
            self._metrics[key] = values

    def table(self) -> Floats:
        """Return the closes of all symbols in rows, float64 (T, N), read-only."""
        return self._whole("closes", lambda: self.panel.close)

    def readable(self) -> Floats:
        """Return the closes of all symbols in rows, (T, N), read-only; NaN where blocked."""
        panel, blocked = self.panel, self.panel.blocked
        if blocked is None:
            return self.table()
        return self._whole("readable", lambda: np.where(blocked, np.nan, panel.close))

    def _whole(self, name: str, make: Callable[[], Floats]) -> Floats:
        if name not in self._tables:
            rows = np.ascontiguousarray(make())[:]
            rows.flags.writeable = False
            self._tables[name] = rows
        return self._tables[name]

    def bars(self, metric: Metric, name: Symbol) -> NDArray[np.intp]:
        """Return how many unbroken bars that `metric` can read end at each session."""
        while metric.inner is not None:
            metric = metric.inner
        key = key_of(metric, name)
        if key not in self._unbroken:
            columns = [np.isnan(column) for column in self._inputs(metric, name)]
            broken = np.logical_or.reduce(columns)
            self._unbroken[key] = run_lengths(np.where(broken, np.nan, 0.0))
        return self._unbroken[key]

    def first_bar(self, name: Symbol) -> int:
        """Return the row of the first bar of `name`, 0-based; the number of rows without one."""
        if name not in self._first:
            seen = np.flatnonzero(~np.isnan(self.closes(name)))
            self._first[name] = int(seen[0]) if seen.size else self.sessions()
        return self._first[name]

    def _unmasked(self, metric: Metric, name: Symbol) -> Floats:
        # A blocked session may not be decided on; the sessions after it may look back on it.
        key = key_of(metric, name)
        if key not in self._values:
            self._values[key] = self.measuring(metric, self._inputs(metric, name))
        return self._values[key]

    def _inputs(self, metric: Metric, name: Symbol) -> tuple[Floats, ...]:
        panel = self.panel
        match metric.measure.reads:
            case Reads.METRIC if metric.inner is not None:
                return (self._unmasked(metric.inner, name),)
            case Reads.PAIR if metric.other is not None:
                return (self.closes(name), self.closes(metric.other))
            case Reads.RANGES:
                ranges = (panel.high, panel.low, panel.close)
                return tuple(self._column(array, name) for array in ranges)
            case Reads.VOLUMES:
                # The present session's volume is known after its close: too late to decide on.
                traded = (panel.close, panel.volume)
                return tuple(shift(self._column(array, name), 1) for array in traded)
            case _:
                return (self.closes(name),)

    def _blocked(self, name: Symbol) -> Mask | None:
        column = self.panel.column(name)
        if self.panel.blocked is None or column is None:
            return None
        return self.panel.blocked[:, column]

    def _column(self, array: Floats | None, name: Symbol) -> Floats:
        column = self.panel.column(name)
        if array is None or column is None:
            return np.full(self.sessions(), np.nan)
        return np.ascontiguousarray(array[:, column])
