"""A per-day interpreter that is given all it can be given, so that only its walking is measured."""

import math

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.nodes import Asset, Node, core
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.values.identifiers import Symbol
from tests.unit.domain.rules.interpreter import Interpreter, rounded


class PerDay(Interpreter):
    """Walk the tree anew at each session, on indicators that are worked out once for all of them.

    The levels of a ranked group are remembered too, and grow by one session a day; what is
    measured on them is measured anew.
    """

    def __init__(self, panel: BarPanel) -> None:
        super().__init__(panel)
        self._readings = Readings(panel)
        self._columns: dict[tuple[Metric, str], list[float]] = {}
        self._streams: dict[Node, _Levels] = {}

    def _measured(self, metric: Metric, name: str, t: int) -> float:
        column = self._columns.get((metric, name))
        if column is None:
            column = self._readings.metric(metric, Symbol(name)).tolist()
            self._columns[metric, name] = column
        return column[t]

    def _scored(self, node: Node, by: Metric, t: int) -> float:
        inner = core(node)
        if isinstance(inner, Asset):
            return self._measured(by, inner.name, t)
        if self._decide(inner, t) is None:
            return math.nan
        levels = self._streams.setdefault(inner, _Levels())
        for day in range(len(levels.levels), t + 1):
            levels.add(self._earned(inner, day))
        stretch = levels.stretch(t)
        measured = by.measure.compute((stretch,), by.windows)
        return rounded(float(measured[-1])) if len(stretch) > 1 else math.nan


class _Levels:
    """Remember the level of a stream at each session, and where its unbroken stretch began."""

    def __init__(self) -> None:
        """Start at the first session, which has earned nothing yet."""
        self.levels = [1.0]
        self.starts = [0]

    def add(self, earned: float) -> None:
        """Go on by one session; NaN starts anew."""
        broken = math.isnan(earned)
        self.levels.append(1.0 if broken else self.levels[-1] * (1.0 + earned))
        self.starts.append(len(self.starts) if broken else self.starts[-1])

    def stretch(self, t: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the levels of the stretch that session `t` ends."""
        return np.array(self.levels[self.starts[t] : t + 1])
