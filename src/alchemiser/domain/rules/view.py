"""What a strategy may see at one moment."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.gaps import metric_gap
from alchemiser.domain.rules.readings import Named, Readings
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

REMEMBERED_MAX: Final = 1 << 27
"""Bytes of readings that views of one panel remember between them."""


class MarketView:
    """Show the bars up to and including one session, and remember which were read.

    The arrays are read-only and end at `as_of`: no later bar can be reached through them.
    """

    __slots__ = ("_cut", "_readings", "_reads", "_row", "_whole")

    def __init__(self, panel: BarPanel, row: int, readings: Readings | None = None) -> None:
        """Look at `panel` as of its row `row` (0-based).

        Args:
            panel: Bars.
            row: The last session that is shown.
            readings: What views of the same panel share, so that a metric is worked out once for
                all sessions; None works it out over what is in view. Both give the same bits.

        Raises:
            InvalidValueError: When the panel has no such row, or the readings are of another.
        """
        if not 0 <= row < len(panel.sessions):
            msg = f"row {row} is not one of the panel's {len(panel.sessions)} sessions."
            raise InvalidValueError(msg)
        if readings is not None and readings.panel is not panel:
            msg = "a view shares the readings of the panel that it shows, not of another."
            raise InvalidValueError(msg)
        self._whole = panel
        self._row = row
        self._cut: BarPanel | None = None
        self._readings = Readings(self._panel) if readings is None else readings
        self._reads: set[Symbol] = set()

    @property
    def _panel(self) -> BarPanel:
        # Many strategies ask for readings alone: what nobody looks at is not cut off.
        if self._cut is None:
            self._cut = self._whole.until(self._row)
        return self._cut

    @property
    def as_of(self) -> date:
        """The session that the view ends with."""
        return self._whole.sessions[self._row]

    @property
    def sessions(self) -> tuple[date, ...]:
        """The T sessions in view, ascending."""
        return self._panel.sessions

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols in view, sorted."""
        return self._whole.symbols

    def close(self, name: str) -> Floats:
        """Return the closes of `name`, float64 (T,), oldest first, read-only, NaN where no bar is.

        Raises:
            InvalidValueError: When `name` is not in view: add it to the strategy's requirements.
        """
        closes = self._whole.closes(Symbol(name))
        if closes is None:
            msg = f"{name} is not in view: declare it in the strategy's requirements."
            raise InvalidValueError(msg)
        self._reads.add(Symbol(name))
        return closes[: self._row + 1]

    def reading(self, metric: Metric) -> float:
        """Return what `metric` reads as of the end of the view, to 12 significant digits.

        It is the value that a rule tree compares: `view.reading(rsi("SPY", 10))` with the words of
        `alchemiser.rules`. Ask for it rather than for an indicator of the closes where years are
        walked through session by session: it is then worked out once for all of them.

        Raises:
            InvalidValueError: When it is no metric, or of no symbol, or of one that is not in view.
            UndecidedError: When the bars in view do not tell it: too few, missing or blocked.
        """
        if type(metric) is not Metric:
            msg = (
                f'a view reads metrics such as rsi("SPY", 10) of alchemiser.rules, not {metric!r}.'
            )
            raise InvalidValueError(msg)
        values, names = self._readings.known(metric) or self._named(metric)
        self._reads.update(names)
        value: float = values.item(self._row)
        if value != value:  # noqa: PLR0124 - NaN
            gap = metric_gap(Readings(self._panel), metric, names[0], self._row)
            raise UndecidedError(gap.reason)
        return value

    def panel(self, names: Iterable[str]) -> BarPanel:
        """Return all bars in view; those of `names` count as read."""
        self._reads.update(name for name in map(Symbol, names) if name in self._panel.symbols)
        return self._panel

    def reads(self) -> tuple[Symbol, ...]:
        """Return the symbols read so far, sorted."""
        return tuple(sorted(self._reads))

    def _named(self, metric: Metric) -> Named:
        """Return `metric` at each session, and the symbols that it is measured of.

        Raises:
            InvalidValueError: When it is of no symbol, or of one that is not in view.
        """
        for name in metric.symbols():
            self.close(name)
        readings = self._readings
        if readings.bytes() > REMEMBERED_MAX:  # then only what is in view is worked out, each time
            readings = Readings(self._panel)
        with np.errstate(all="ignore"):  # a warning of later sessions would tell of them
            return readings.named(metric)
