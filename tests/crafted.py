"""Bars made for one row of a strategy's table: still but for the moves that matter."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.identifiers import Symbol

SESSIONS: Final = 300
MISSING: Final = [float("nan")] * SESSIONS

_LEVEL: Final = 100.0
_FIRST: Final = date(2020, 1, 1)

Moves = Mapping[int, float]
"""Dollars by how many sessions ago; 0 is the last one."""


def still(moves: Moves | None = None) -> list[float]:
    """Return closes of 100 dollars that change by `moves` alone."""
    steps = (moves or {}).get
    changes = accumulate(steps(ago, 0.0) for ago in reversed(range(SESSIONS)))
    return [_LEVEL + change for change in changes]


def strength(
    value: float, *, window: int = 10, size: float = 1.0, ago: int = 0
) -> dict[int, float]:
    """Return a fall and a rise on the next session that take the RSI of a still series to `value`.

    It stays there while the series stands still. Below 52 the series ends lower than it stood,
    from 53 on higher. Over other windows the RSI is a point or two nearer to the middle or farther
    from it.

    Args:
        value: 0 to 100.
        window: Of the RSI.
        size: How far it falls and rises, dollars.
        ago: Since when it has been risen, sessions.
    """
    rise = size * value / 100
    return {ago + 1: -(size - rise) / (1 - 1 / window), ago: rise}


def panel(names: Iterable[str], closes: Mapping[str, Sequence[float]]) -> BarPanel:
    """Return bars of `names`, all still but those that `closes` tell."""
    table = {name: still() for name in names} | {name: list(closes[name]) for name in closes}
    return BarPanel(
        sessions=tuple(_FIRST + timedelta(days=day) for day in range(SESSIONS)),
        symbols=tuple(map(Symbol, sorted(table))),
        close=np.array([table[name] for name in sorted(table)]).T,
    )


def held_true(decision: Decided | Undecided) -> list[str]:
    """Return the conditions on the path of `decision` that were true, from the root on."""
    return [step.text for step in decision.trace if step.outcome == "true"]
