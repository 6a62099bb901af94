"""Look through whole histories: every fault that the gate blocks, and what is merely odd."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.market.faults import LEAP, Faults, faults_of, is_bad
from alchemiser.domain.market.gate import Finding, FindingCode
from alchemiser.domain.market.jumps import is_split_like
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, Mask

_WINDOW: Final = 60
"""Returns before a move that tell the symbol's volatility."""
_RETURNS_MIN: Final = 20
_OUTLIER_SIGMAS: Final = 12.0
_SPIKE_SIGMAS: Final = 8.0
_OUTLIER_MOVE: Final = float(np.log(1.4))
_SPIKE_MOVE: Final = 0.25
"""Logarithms of the smallest factors that count, whatever the volatility was."""
_CAME_BACK: Final = 0.1
"""Part of a spike's move that may be left in the next session; true panics keep more."""
_FLAT_MIN: Final = 10
_PARTING: Final = 0.03
"""How far the bases may part without an action: an ordinary dividend that no source tells."""

Days = Mapping[tuple[Symbol, date], CorporateAction]


@dataclass(frozen=True, slots=True)
class _Series:
    """Hold one symbol's part of a panel, from its first bar to its last.

    Attributes:
        name: The ticker.
        sessions: T sessions.
        close: float64 (T,); bad prices are NaN.
        sigma: float64 (T,), root mean square of the logarithmic returns before; NaN where
            too few are known.
        moves: float64 (T,), logarithmic return of each session, NaN where there is none.
    """

    name: Symbol
    sessions: tuple[date, ...]
    close: Floats
    sigma: Floats
    moves: Floats


def inspect(panel: BarPanel, actions: Iterable[CorporateAction] = ()) -> tuple[Finding, ...]:
    """Return what is wrong or odd in `panel`, by symbol, session and code.

    A symbol's history ends with its last bar. Sessions in a row with the same fault are one
    finding, at the first of them.

    Args:
        panel: Bars as the source has them.
        actions: Splits and dividends that are known.
    """
    known = {(one.symbol, one.ex_day): one for one in actions}
    faults = faults_of(panel)
    found = (
        finding
        for column in range(len(panel.symbols))
        for finding in _of_symbol(panel, faults, column, known)
    )
    return tuple(sorted(found, key=lambda one: (one.symbol, str(one.session), one.code)))


def _of_symbol(panel: BarPanel, faults: Faults, column: int, known: Days) -> Iterator[Finding]:
    name = panel.symbols[column]
    held = np.flatnonzero(~np.isnan(panel.close[:, column]))
    if not len(held):
        return
    first, end = int(held[0]), int(held[-1]) + 1
    sessions = panel.sessions[first:end]
    columns = {key: array[first:end, column] for key, array in panel_columns(panel).items()}
    missing, bad, crossed, leaps = (
        mask[first:end, column]
        for mask in (faults.missing, faults.bad, faults.crossed, faults.leaps)
    )
    series = _series(name, sessions, np.where(bad, np.nan, columns["close"]))
    masks = {
        FindingCode.MISSING_SESSION: missing,
        FindingCode.BAD_PRICE: bad,
        FindingCode.OHLC_INCONSISTENT: crossed,
        FindingCode.LEAP: leaps,
        FindingCode.FLAT: _flat(series.moves),
        **_volumes(columns),
        **_jumps(series, known, leaps),
        FindingCode.PARTED_BASES: _parted(series, columns, known),
    }
    for code, mask in masks.items():
        for start, last in _runs(mask):
            yield _finding(name, code, sessions[start], sessions[last], last - start + 1)


def _series(name: Symbol, sessions: tuple[date, ...], close: Floats) -> _Series:
    moves = np.full(len(close), np.nan)
    moves[1:] = np.diff(np.log(close))  # the difference cannot overflow, as a ratio can
    squares = np.nan_to_num(moves * moves)
    counts = np.concatenate(([0], np.cumsum(~np.isnan(moves))))
    sums = np.concatenate(([0.0], np.cumsum(squares)))
    ends = np.arange(len(close))
    starts = np.maximum(ends - _WINDOW, 0)
    number = counts[ends] - counts[starts]
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = np.sqrt(np.maximum(sums[ends] - sums[starts], 0) / number)
    sigma[number < _RETURNS_MIN] = np.nan
    return _Series(name, sessions, close, sigma, moves)


def _volumes(columns: Mapping[str, Floats]) -> dict[FindingCode, Mask]:
    volume = columns.get("volume")
    if volume is None:
        return {}
    return {
        FindingCode.BAD_VOLUME: (volume < 0) | np.isinf(volume),
        FindingCode.ZERO_VOLUME: volume == 0,
    }


def _jumps(series: _Series, known: Days, leaps: Mask) -> dict[FindingCode, Mask]:
    """Return splits that nobody adjusted for, spikes and other outliers; each move is one."""
    moves, sizes = series.moves, np.nan_to_num(np.abs(series.moves))
    split, spike, outlier = (np.zeros(len(moves), dtype=np.bool_) for _ in range(3))
    after = np.append(moves[1:], np.nan)
    with np.errstate(invalid="ignore"):
        back = np.abs(moves + after) <= _CAME_BACK * sizes
        far = sizes > _OUTLIER_SIGMAS * series.sigma
        high = sizes > _SPIKE_SIGMAS * series.sigma
    for row in np.flatnonzero((sizes >= _SPIKE_MOVE) & ~leaps).tolist():
        before = np.expm1(moves[max(0, row - _WINDOW) : row])
        if row and spike[row - 1]:
            continue  # the way back
        if high[row] and back[row]:
            spike[row] = True
        elif is_split_like(float(np.exp(sizes[row])), before):
            split[row] = True
        elif far[row] and sizes[row] >= _OUTLIER_MOVE:
            outlier[row] = (series.name, series.sessions[row]) not in known
    return {
        FindingCode.SPLIT_LIKE_JUMP: split,
        FindingCode.SPIKE: spike,
        FindingCode.OUTLIER: outlier,
    }


def _flat(moves: Floats) -> Mask:
    flat = np.zeros(len(moves), dtype=np.bool_)
    for first, last in _runs(moves == 0):
        flat[first : last + 1] = last - first + 1 >= _FLAT_MIN
    return flat


def _parted(series: _Series, columns: Mapping[str, Floats], known: Days) -> Mask:
    """Return where a holder's gain on the two bases differs by more than the day's actions."""
    parted = np.zeros(len(series.close), dtype=np.bool_)
    if "raw_close" not in columns:
        return parted
    close = series.close
    raw = np.where(is_bad(columns["raw_close"]), np.nan, columns["raw_close"])
    explained = np.ones(len(raw))
    for row, day in enumerate(series.sessions):
        action = known.get((series.name, day))
        if action is not None and np.isfinite(raw[row]):
            split, dividend = float(action.split), float(action.dividend)
            explained[row] = split * (1 + dividend / raw[row])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = (close[1:] / close[:-1]) / (raw[1:] / raw[:-1]) / explained[1:]
        off = np.maximum(factor, 1 / factor) > 1 + _PARTING
    parted[1:] = off & np.isfinite(factor)
    return parted


def _runs(mask: Mask) -> Iterator[tuple[int, int]]:
    """Yield the first and last row of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    yield from ((int(a), int(b) - 1) for a, b in edges.reshape(-1, 2))


_BLOCKS: Final = frozenset({
    FindingCode.MISSING_SESSION,
    FindingCode.BAD_PRICE,
    FindingCode.OHLC_INCONSISTENT,
    FindingCode.LEAP,
})

_TEXTS: Final[Mapping[FindingCode, tuple[str, str]]] = {
    FindingCode.MISSING_SESSION: ("has no bar", "add what is missing at its source"),
    FindingCode.BAD_PRICE: ("has a price that is none", "correct it at its source"),
    FindingCode.OHLC_INCONSISTENT: (
        "has open, high, low and close that contradict each other",
        "correct them at their source",
    ),
    FindingCode.LEAP: (
        f"moved by a factor of {LEAP:g} or more",
        "correct the price, or the split that its source did not adjust for",
    ),
    FindingCode.SPLIT_LIKE_JUMP: (
        "moved by what looks like a split that the source did not adjust for",
        "compare it with a second source",
    ),
    FindingCode.OUTLIER: (
        "moved far beyond its own volatility without a known action",
        "compare it with a second source",
    ),
    FindingCode.SPIKE: (
        "jumped and came back in the next session",
        "compare it with a second source",
    ),
    FindingCode.FLAT: ("did not move", "see whether its source still follows it"),
    FindingCode.BAD_VOLUME: ("has a volume that is none", "correct it at its source"),
    FindingCode.ZERO_VOLUME: (
        "has a price although nothing was traded",
        "see whether it is an old price",
    ),
    FindingCode.PARTED_BASES: (
        "has a signal and a trading basis that part by more than its known actions explain",
        "correct the ratio, or pull the symbol again",
    ),
}


def _finding(name: Symbol, code: FindingCode, first: date, last: date, count: int) -> Finding:
    what, remedy = _TEXTS[code]
    when = f"on {first}" if count == 1 else f"from {first} to {last}, {count} sessions"
    return Finding(
        symbol=name,
        code=code,
        session=first,
        blocks=code in _BLOCKS,
        text=f"{name} {what} {when}: {remedy}.",
    )
