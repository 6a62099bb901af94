"""Markets with something missing: a strategy may be undecided on them, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from alchemiser.application.certification.bench import Bench
from alchemiser.application.certification.panels import Cells, hidden, made_up, with_columns
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome

GAPS: Final = 0.1
STOPS: Final = 0.3


def panels(bench: Bench, whole: BarPanel) -> Iterator[tuple[str, BarPanel, list[int]]]:
    """Yield markets with something missing, what it is, and the rows to ask about."""
    last = len(whole.sessions) - 1
    count = bench.share(16, least=6)

    def rows(stream: str, *, first: int = 0) -> list[int]:
        return bench.rows(f"missing/{stream}", count, last, first=first)

    yield "with a short history", whole, [0, 1, 2, 5, 19, *rows("short")]
    yield "with gaps", hidden(whole, _gaps(bench, whole)), rows("gaps", first=last // 3)
    yield "with symbols that begin late", hidden(whole, _late(bench, whole)), rows("late")
    yield "without bars of some symbols", hidden(whole, _never(bench, whole)), rows("never")
    yield "on the day a symbol stops", hidden(whole, _stopped(bench, whole)), rows("stop")
    yield "with closes only", _closes(whole), rows("closes", first=last // 3)
    blocked = replace(whole, blocked=_gaps(bench, whole))
    yield "with blocked symbols", blocked, rows("blocked", first=last // 3)
    rough = made_up(bench.chance, "rough", whole.sessions, whole.symbols, rough=True)
    yield "where prices stand still or are alike", rough, rows("rough", first=last // 3)
    yield "on a bar that has only a close", _provisional(whole), [last]


def finding(day: date, what: str, outcome: StrategyOutcome) -> str:
    """Return what is wrong with the answer on such a market, or ""."""
    if isinstance(outcome, Failed):
        return f"as of {day}, {what}, it failed: {outcome.reason}"
    return ""


def _gaps(bench: Bench, panel: BarPanel) -> Cells:
    """Return one cell in ten, and one week in ten of a symbol."""
    count, symbols = panel.close.shape
    single = bench.chance.uniform("gaps/cells", count * symbols).reshape(count, symbols)
    weeks = bench.chance.uniform("gaps/weeks", count * symbols).reshape(count, symbols)
    cells: Cells = (single < GAPS) | (weeks[np.arange(count) // 7] < GAPS)
    return cells


def _late(bench: Bench, panel: BarPanel) -> Cells:
    count, symbols = panel.close.shape
    begin = bench.chance.uniform("late", symbols) * count
    cells: Cells = np.arange(count)[:, None] < begin
    return cells


def _never(bench: Bench, panel: BarPanel) -> Cells:
    count, symbols = panel.close.shape
    lot = bench.chance.uniform("never", symbols)
    half = np.argsort(lot)[: (symbols + 1) // 2]
    return np.broadcast_to(np.isin(np.arange(symbols), half), (count, symbols))


def _stopped(bench: Bench, panel: BarPanel) -> Cells:
    """Return cells in the last two thirds, three in ten."""
    count, symbols = panel.close.shape
    lot = bench.chance.uniform("stopped", count * symbols).reshape(count, symbols)
    cells: Cells = (np.arange(count)[:, None] > count // 3) & (lot < STOPS)
    return cells


def _closes(panel: BarPanel) -> BarPanel:
    return BarPanel(sessions=panel.sessions, symbols=panel.symbols, close=panel.close)


def _provisional(panel: BarPanel) -> BarPanel:
    columns = {name: array.copy() for name, array in panel_columns(panel).items()}
    for name in columns.keys() - {"close", "raw_close"}:
        columns[name][-1] = np.nan
    return replace(with_columns(panel, columns), provisional=True)
