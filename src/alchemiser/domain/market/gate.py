"""The data gate: which symbols may be read as of which session, and why the others may not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns, panel_from_columns
from alchemiser.domain.market.faults import LEAP, Faults, faults_of, is_bad, prices
from alchemiser.domain.market.jumps import split_like_jump
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats


class FindingCode(StrEnum):
    """Name what is wrong with a symbol's bars; from `OUTLIER` on only an inspection finds it."""

    NO_BAR = "no_bar"
    """The last session has no bar although the symbol is known: it is stale."""
    MISSING_SESSION = "missing_session"
    """A session inside the look-back has no bar."""
    BAD_PRICE = "bad_price"
    """A price inside the look-back is zero, negative or infinite."""
    OHLC_INCONSISTENT = "ohlc_inconsistent"
    """High is below low, or open or close lie outside them."""
    LEAP = "leap"
    """The close is fifty times the one before, or a fiftieth: no price of this share."""
    SPLIT_LIKE_JUMP = "split_like_jump"
    """The close jumped by a split's ratio and no action is known: a warning, not a block."""
    OUTLIER = "outlier"
    """The close moved far beyond the symbol's own volatility."""
    SPIKE = "spike"
    """The close moved so and came back in the next session."""
    FLAT = "flat"
    """The close did not move for two weeks."""
    BAD_VOLUME = "bad_volume"
    """The volume is negative or infinite."""
    ZERO_VOLUME = "zero_volume"
    """There is a price although nothing was traded."""
    PARTED_BASES = "parted_bases"
    """Signal and trading basis part by something else than the actions of the day explain."""
    DUPLICATE = "duplicate"
    """A session stands twice."""
    DISORDER = "disorder"
    """Sessions do not ascend in the source."""
    UNREADABLE = "unreadable"
    """The source breaks its contract for this symbol."""
    MIXED_SOURCES = "mixed_sources"
    """The symbol's bars were kept from more than one feed or adjustment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Say what is wrong with one symbol's bars.

    Attributes:
        symbol: The ticker, or the name of a file that cannot be read.
        code: What is wrong.
        session: Where; the gate tells the latest such session in the look-back, an inspection the
            first of a run, and None where the whole series is meant.
        blocks: Whether the symbol may not be read; False is a warning.
        text: One plain sentence with the remedy.
    """

    symbol: Symbol
    code: FindingCode
    session: date | None
    blocks: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedPanel:
    """Hold what the gate lets through.

    Attributes:
        panel: The bars with every bad price as NaN and `blocked` for every session.
        findings: As of the last session, at most one that blocks and one warning a symbol,
            sorted by symbol, the block first.
        skipped: Checks that the panel lacks the columns for.
    """

    panel: BarPanel
    findings: tuple[Finding, ...]
    skipped: tuple[FindingCode, ...]


def assess(panel: BarPanel, lookbacks: Mapping[Symbol, int]) -> GatedPanel:
    """Judge every symbol as of every session over the sessions that are read of it.

    A symbol is blocked as of a session when one of the last `lookbacks` sessions up to it has a
    fault. Sessions before a symbol's first bar are no fault: it is only young.

    Args:
        panel: Bars as the source has them.
        lookbacks: Sessions read of each symbol, at least 1; a symbol without one is read for its
            present price only.

    Returns:
        The cleaned panel, with `blocked` None when nothing is blocked anywhere.
    """
    windows = np.array([max(1, lookbacks.get(name, 1)) for name in panel.symbols], dtype=np.int64)
    faults = faults_of(panel)
    blocked = _within(faults.any(), windows)
    clean = _cleaned(panel) if faults.bad.any() else panel
    has_range = panel.high is not None and panel.low is not None
    return GatedPanel(
        panel=replace(clean, blocked=blocked if blocked.any() else None),
        findings=tuple(_findings(panel, clean.close, faults, windows)),
        skipped=() if has_range else (FindingCode.OHLC_INCONSISTENT,),
    )


def _within(faults: NDArray[np.bool_], windows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where one of the last `windows` rows, the present one included, has a fault."""
    seen = np.zeros((len(faults) + 1, faults.shape[1]), dtype=np.int64)
    np.cumsum(faults, axis=0, out=seen[1:])
    starts = np.maximum(np.arange(1, len(faults) + 1)[:, None] - windows, 0)
    return seen[1:] > np.take_along_axis(seen, starts, axis=0)


def _cleaned(panel: BarPanel) -> BarPanel:
    bad = {name: is_bad(array) for name, array in prices(panel).items()}
    columns = {
        name: np.where(bad[name], np.nan, array) if name in bad else array
        for name, array in panel_columns(panel).items()
    }
    return panel_from_columns(
        sessions=panel.sessions,
        symbols=panel.symbols,
        columns=columns,
        provisional=panel.provisional,
    )


def _findings(
    panel: BarPanel, close: Floats, faults: Faults, windows: NDArray[np.int64]
) -> Iterator[Finding]:
    every = faults.any()
    for column, name in enumerate(panel.symbols):
        start = max(0, len(panel.sessions) - int(windows[column]))
        rows = start + np.flatnonzero(every[start:, column])
        if len(rows):
            yield _block(panel, faults, column=column, row=int(rows[-1]), count=len(rows))
        jump = split_like_jump(close[:, column], start)
        if jump is not None:
            yield _warning(name, panel.sessions[jump.row], jump.factor)


def _block(panel: BarPanel, faults: Faults, *, column: int, row: int, count: int) -> Finding:
    name, day = panel.symbols[column], panel.sessions[row]
    if faults.bad[row, column]:
        price, value = next(
            (price, float(array[row, column]))
            for price, array in prices(panel).items()
            if is_bad(array[row, column])
        )
        code, what = FindingCode.BAD_PRICE, f"has the {price} {value:g} on {day}"
        remedy = "correct the price at its source"
    elif faults.missing[row, column]:
        last = row == len(panel.sessions) - 1
        code = FindingCode.NO_BAR if last else FindingCode.MISSING_SESSION
        what, remedy = f"has no usable bar on {day}", "add or correct that session in its data"
    elif faults.leaps[row, column]:
        code, what = FindingCode.LEAP, f"moved by a factor of {LEAP:g} or more on {day}"
        remedy = "correct the price, or the split that its source did not adjust for"
    else:
        code = FindingCode.OHLC_INCONSISTENT
        what = f"has open, high, low and close on {day} that contradict each other"
        remedy = "correct the row at its source"
    others = f", the latest of {count} faulty sessions that are read" if count > 1 else ""
    text = f"{name} {what}{others}: {remedy}."
    return Finding(symbol=name, code=code, session=day, blocks=True, text=text)


def _warning(name: Symbol, day: date, factor: float) -> Finding:
    text = (
        f"{name} moved by a factor of {factor:.4g} on {day}, which looks like a split that the "
        "source did not adjust for: compare it with a second source."
    )
    return Finding(
        symbol=name, code=FindingCode.SPLIT_LIKE_JUMP, session=day, blocks=False, text=text
    )
