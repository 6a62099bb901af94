"""The daily bars of one symbol as they traded, and what turns them into adjusted ones."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.venue.data.path import UNITS, VOLUME_MIN, DayBar, Ints
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.numbers import Floats

_CENT: Final = UNITS // 100
_USUAL_VOLUME: Final = 1_000_000.0
"""Shares a day of a source without volume."""

_UNITS_MAX: Final = 10**15
_VOLUME_MAX: Final = 10.0**12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """Hold R sessions of one symbol, oldest first, as int64 arrays; prices in units.

    Attributes:
        labels: Session labels.
        stamps: First seconds of their days in New York, since 1970.
        opens: First prices, as they traded.
        highs: At or above opens and closes.
        lows: At or below them.
        closes: Last prices.
        volumes: Shares, at least `VOLUME_MIN`.
        returns: float64 (R,): close on the signal basis over close as it traded.
        splits: float64 (R,): the product of all split ratios up to and including the session.
        step: The price step, units.
    """

    labels: tuple[date, ...]
    stamps: Ints
    opens: Ints
    highs: Ints
    lows: Ints
    closes: Ints
    volumes: Ints
    returns: Floats
    splits: Floats
    step: int

    def __len__(self) -> int:
        return len(self.labels)

    def bar(self, row: int) -> DayBar:
        """Return the bar of one session."""
        return DayBar(
            open=int(self.opens[row]),
            high=int(self.highs[row]),
            low=int(self.lows[row]),
            close=int(self.closes[row]),
            volume=int(self.volumes[row]),
            step=self.step,
        )


def days_of(panel: BarPanel, stamps: Ints, column: int, actions: Iterable[CorporateAction]) -> Days:
    """Return what `panel` has in one column, as it traded.

    Left out is a session without a price, or in which nothing was traded. Where there is a
    trading basis, prices are whole cents and the volume is taken for adjusted to the panel's end;
    elsewhere the signal basis is what traded. `stamps` are the first seconds of the panel's days.
    """
    signal = panel.close[:, column]
    raw = signal if panel.raw_close is None else panel.raw_close[:, column]
    volume = _column(panel.volume, column, np.full(len(signal), _USUAL_VOLUME))
    with np.errstate(invalid="ignore"):
        held = (signal > 0) & (raw * UNITS >= 1) & (raw * UNITS < _UNITS_MAX) & ~(volume <= 0)
    rows = np.flatnonzero(held)
    signal, raw, volume = signal[rows], raw[rows], volume[rows]
    step = 1 if panel.raw_close is None else _CENT
    labels = tuple(map(panel.sessions.__getitem__, rows.tolist()))
    splits = _splits(labels, actions)
    basis = raw / signal
    closes = _units(raw, step)
    opens = _units(_column(panel.open, column, signal, rows) * basis, step, closes)
    tops, bottoms = np.maximum(opens, closes), np.minimum(opens, closes)
    highs = _units(_column(panel.high, column, signal, rows) * basis, step, tops)
    lows = _units(_column(panel.low, column, signal, rows) * basis, step, bottoms)
    traded = np.minimum(volume, _VOLUME_MAX) * splits / (splits[-1] if len(rows) else 1.0)
    return Days(
        labels=labels,
        stamps=stamps[rows],
        opens=opens,
        highs=np.maximum(highs, tops),
        lows=np.minimum(lows, bottoms),
        closes=closes,
        volumes=np.maximum(_whole(traded), VOLUME_MIN),
        returns=signal / raw,
        splits=splits,
        step=step,
    )


def _column(
    array: Floats | None, column: int, otherwise: Floats, rows: NDArray[np.intp] | None = None
) -> Floats:
    """Return one column of what a source may lack, with `otherwise` where it lacks a value."""
    if array is None:
        return otherwise
    values = array[:, column] if rows is None else array[rows, column]
    return np.where(np.isnan(values), otherwise, values)


def _splits(labels: Sequence[date], actions: Iterable[CorporateAction]) -> Floats:
    ratios = np.ones(len(labels))
    for action in actions:
        ratios[bisect_left(labels, action.ex_day) :] *= float(action.split)
    return ratios


def _units(dollars: Floats, step: int, otherwise: Ints | None = None) -> Ints:
    """Return prices as whole steps, with `otherwise` where a price is none."""
    with np.errstate(invalid="ignore"):
        bad = ~((dollars > 0) & (dollars * UNITS < _UNITS_MAX))
    steps = np.maximum(_whole(np.where(bad, 0.0, dollars) * UNITS / step), 1) * step
    return steps if otherwise is None else np.where(bad, otherwise, steps)


def _whole(values: Floats) -> Ints:
    return np.rint(values).astype(np.int64)
