"""The metrics that a strategy reads: its process names each once, and is told it from then on.

In a backtest the engine has worked them out over all sessions; the process, which never holds a
later row, would do so anew in each. It is told what they read at the session that it is asked
about, which is what it would find itself.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.document import metric_of, metric_text
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol

METRICS_MAX: Final = 64
"""Metrics that a process may name; it works out any others itself."""

TEXT_MAX: Final = 200
"""Longest name of one in characters, so that none is nested deeply."""

LOOKBACK_MAX: Final = 100_000
"""Sessions that one may look back."""


class Told:
    """Tell a process the metrics that it has named: the engine's side."""

    def __init__(self) -> None:
        """Nothing is named yet."""
        self._metrics: list[Metric] = []

    def values(self, view: MarketView) -> list[float | None]:
        """Return what they read in their order; None where `view` cannot tell."""
        return [_value(view, metric) for metric in self._metrics]

    def add(self, names: object, declared: AbstractSet[Symbol]) -> None:
        """Take what a process has named; nothing in it is trusted.

        Raises:
            InvalidValueError: When it is no list of metrics of `declared` symbols within the
                limits.
        """
        if not isinstance(names, list) or len(names) + len(self._metrics) > METRICS_MAX:
            msg = f"a process names at most {METRICS_MAX} metrics."
            raise InvalidValueError(msg)
        self._metrics += [_metric(name, declared) for name in names]


class Heard:
    """Name the metrics that a strategy reads, and take what they read: the process's side."""

    def __init__(self) -> None:
        """Nothing is named yet."""
        self._metrics: list[Metric] = []

    def readings(self, panel: BarPanel, values: Sequence[float | None]) -> Readings:
        """Return readings of `panel` in which `values` as of its end are known."""
        pairs = zip(self._metrics, values, strict=True)
        known = {metric: value for metric, value in pairs if value is not None}
        return Readings.told(panel, known)

    def new(self, readings: Readings) -> list[str]:
        """Return the names of what was read besides, to be told the next time."""
        before = set(self._metrics)
        found = [one for one in readings.asked() if one not in before and _fits(metric_text(one))]
        found = found[: METRICS_MAX - len(before)]
        self._metrics += found
        return [metric_text(one) for one in found]


def _value(view: MarketView, metric: Metric) -> float | None:
    try:
        return view.reading(metric)
    except (InvalidValueError, UndecidedError):  # the process finds out why, and says so itself
        return None


def _fits(name: str) -> bool:
    return len(name) <= TEXT_MAX and metric_of(name).lookback() <= LOOKBACK_MAX


def _metric(name: object, declared: AbstractSet[Symbol]) -> Metric:
    if isinstance(name, str) and len(name) <= TEXT_MAX:
        metric = metric_of(name)
        if metric.lookback() <= LOOKBACK_MAX and declared >= set(metric.symbols()):
            return metric
    msg = "that is no metric of a declared symbol within the limits."
    raise InvalidValueError(msg)
