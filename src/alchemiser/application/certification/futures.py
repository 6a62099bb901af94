"""Other futures and other pasts of a market: what a decision must not depend on."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.application.certification.panels import (
    PRICES,
    Cells,
    hidden,
    since,
    weekdays_after,
    with_columns,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.chance import ChancePort

Places = NDArray[np.intp]
Change = Callable[[BarPanel, int, ChancePort, str], BarPanel]
APPENDED: Final = 30


def _scaled(panel: BarPanel, rows: slice, factors: Floats) -> BarPanel:
    """Return the panel with the prices in `rows` times `factors`, which fit their shape."""
    changed = {name: array.copy() for name, array in panel_columns(panel).items()}
    for name in changed.keys() & set(PRICES):
        changed[name][rows] *= factors
    return with_columns(panel, changed)


def _another(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    shape = (len(panel.sessions) - row - 1, len(panel.symbols))
    steps = chance.normal(stream, shape[0] * shape[1]).reshape(shape)
    return _scaled(panel, slice(row + 1, None), np.exp(0.05 * np.cumsum(steps, axis=0)))


def _times(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    sizes = np.exp(2 * chance.uniform(stream, len(panel.symbols)) - 1)
    return _scaled(panel, slice(row + 1, None), sizes)


def _mirrored(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    """Let what rises fall, and the other way round."""
    del chance, stream
    factors = (panel.close[row] / panel.close[row + 1 :]) ** 2
    return _scaled(panel, slice(row + 1, None), np.where(np.isfinite(factors), factors, 1.0))


def _reordered(panel: BarPanel, row: int, order: Places) -> BarPanel:
    places = np.concatenate((np.arange(row + 1), row + 1 + order)).astype(int)
    return with_columns(panel, {name: a[places] for name, a in panel_columns(panel).items()})


def _shuffled(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    return _reordered(panel, row, np.argsort(chance.uniform(stream, len(panel.sessions) - row - 1)))


def _reversed(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    del chance, stream
    return _reordered(panel, row, np.arange(len(panel.sessions) - row - 1)[::-1])


def _unknown(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    del chance, stream
    later = np.arange(len(panel.sessions))[:, None] > row
    return hidden(panel, np.broadcast_to(later, panel.close.shape))


def _absent(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    del chance, stream
    return panel.until(row)


def _appended(panel: BarPanel, row: int, chance: ChancePort, stream: str) -> BarPanel:
    del row
    steps = chance.normal(stream, APPENDED * len(panel.symbols)).reshape(APPENDED, -1)
    factors = np.exp(0.03 * np.cumsum(steps, axis=0))
    longer = {
        name: np.vstack((array, array[-1] * (factors if name in PRICES else 1 + 0 * factors)))
        for name, array in panel_columns(panel).items()
    }
    days = (*panel.sessions, *weekdays_after(panel.sessions[-1], APPENDED))
    return replace(panel, sessions=days, blocked=None, **longer)  # type: ignore[arg-type]


FUTURES: Final[Mapping[str, Change]] = {
    "when other sessions follow": _another,
    "when later prices are scaled": _times,
    "when later rises are falls": _mirrored,
    "when later sessions are shuffled": _shuffled,
    "when later sessions run backwards": _reversed,
    "when later bars are missing": _unknown,
    "when no later session is there": _absent,
    "when more sessions follow": _appended,
}
"""What the bars after a row may be instead; the bars up to it stay as they are."""


def _older_scaled(panel: BarPanel, keep: Cells, chance: ChancePort, stream: str) -> BarPanel:
    sizes = np.exp(2 * chance.uniform(stream, len(panel.symbols)) - 1)
    return _scaled(panel, slice(None), np.where(keep, 1.0, sizes))


def _older_unknown(panel: BarPanel, keep: Cells, chance: ChancePort, stream: str) -> BarPanel:
    del chance, stream
    return hidden(panel, ~keep)


def _older_absent(panel: BarPanel, keep: Cells, chance: ChancePort, stream: str) -> BarPanel:
    first = int(np.flatnonzero(keep.any(axis=1))[0])
    # Some sessions more than are needed, so that nothing can be told from their number.
    return since(panel, int(first * chance.uniform(stream, 1)[0]) or first)


_PASTS: Final = {
    "when fewer sessions before its look-back are there": _older_absent,
    "when prices before its look-back are scaled": _older_scaled,
    "when bars before its look-back are missing": _older_unknown,
}
PASTS: Final = tuple(_PASTS)


def other_past(
    what: str, panel: BarPanel, needed: Requirements, chance: ChancePort, stream: str
) -> BarPanel | None:
    """Return the panel with other bars before each symbol's look-back; None when there are none.

    Args:
        what: One of `PASTS`.
        panel: Ends with the session asked about.
        needed: The look-backs.
        chance: What draws the change.
        stream: Another one is another change.
    """
    lookbacks = dict(needed.lookbacks)
    oldest = np.array([len(panel.sessions) - lookbacks.get(name, 0) for name in panel.symbols])
    keep = np.arange(len(panel.sessions))[:, None] >= oldest
    if keep.all() or not keep.any() or (what == PASTS[0] and keep[0].any()):
        return None
    return _PASTS[what](panel, keep, chance, stream)
