"""How a metric of one series is measured: by arrays, or by a loop that somebody has compiled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from alchemiser.domain.market.indicators import series
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.measures import Inputs, MeasureKind
from alchemiser.domain.values.numbers import ROUNDING, Floats, Rounding, round_significant

Measuring = Callable[[Metric, Inputs], Floats]
"""Returns a metric of what it reads, (T,), rounded to 12 significant digits."""

MeasureLoop = Callable[[series.Table, Floats, Rounding, Floats, series.Bits, Floats], None]
"""`series.measure`, or the same compiled."""

_LOOPS: Final = MappingProxyType({
    MeasureKind.PRICE: (series.MEAN, False),
    MeasureKind.SMA: (series.MEAN, False),
    MeasureKind.EMA: (series.EXPONENTIAL, False),
    MeasureKind.RSI: (series.STRENGTH, False),
    MeasureKind.MOVING_AVERAGE_RETURN: (series.MEAN, True),
    MeasureKind.CUMULATIVE_RETURN: (series.CHANGE, False),
    MeasureKind.STDEV_RETURN: (series.DEVIATION, True),
    MeasureKind.STDEV_PRICE: (series.DEVIATION, False),
})
"""What the loop measures, and whether of returns; what is not here it but rounds."""

_LONGEST: Final = 1 << 62
"""Sessions of a window that a loop can count."""

_ROUND: Final = (series.GIVEN, 0, False)


def asked_of(metric: Metric) -> tuple[int, int, bool] | None:
    """Return which indicator a loop is asked for, or None where it does not know `metric`."""
    found, window = _LOOPS.get(metric.kind), max(metric.windows, default=1)
    if found is None or window > _LONGEST:
        return None
    return found[0], window, found[1]


def by_arrays(metric: Metric, inputs: Inputs) -> Floats:
    """Return `metric` of `inputs`, float64 (T,) each, rounded."""
    return round_significant(metric.measure.compute(inputs, metric.windows))


@dataclass(frozen=True, slots=True)
class ByLoop:
    """Measure by `loop`: the same bits as by arrays."""

    loop: MeasureLoop

    def __call__(self, metric: Metric, inputs: Inputs) -> Floats:
        """Return `metric` of `inputs`, float64 (T,) each, rounded."""
        asked, values = asked_of(metric), inputs[0]
        if asked is None:
            asked, values = _ROUND, metric.measure.compute(inputs, metric.windows)
        found = np.empty(len(values))
        self.fill([(*asked, 0, 0)], values.reshape(-1, 1), found.reshape(1, -1))
        return found

    def fill(
        self, asked: Sequence[tuple[int, int, bool, int, int]], closes: Floats, figures: Floats
    ) -> None:
        """Fill rows of `figures` (F, T) with what is `asked` of `closes` (T, N)."""
        room = np.empty((series.ROOM, len(closes)))
        table = np.array(asked, dtype=np.int64).reshape(-1, 5)
        self.loop(table, plain(closes), ROUNDING, room, room.view(np.int64), figures)


def example() -> tuple[object, ...]:
    """Return what a `MeasureLoop` may be called with."""
    room = np.ones((series.ROOM, 1))
    table = np.zeros((1, 5), dtype=np.int64)
    return table, plain(np.ones((1, 1))), ROUNDING, room, room.view(np.int64), np.empty((1, 1))


def plain(closes: Floats) -> Floats:
    """Return `closes` as the one kind that is compiled for: in rows, not to be written to."""
    rows = np.ascontiguousarray(closes)[:]
    rows.flags.writeable = False
    return rows
