"""Small symphonies decide, session by session, what their tables say; every row is reached."""

from datetime import date, timedelta

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.rules import Node, requirements
from alchemiser_symphony.reading import read
from tests.panels import total_return_panel
from tests.restated import Market, UnknownError, Weights
from tests.small_symphonies import TABLES, Day, Table

SESSIONS = 1200
SEEDS = 60
CHANCE = 0.08
"""Of a symbol's drift to change, a session."""


def tree(table: Table) -> Node:
    found = read(table.text.encode())
    assert found.problems == ()
    assert found.tree is not None
    return found.tree


def moody_panel(names: tuple[Symbol, ...], seed: int) -> BarPanel:
    """Return closes that rise and fall in runs, some together; one symbol begins late."""
    draw = np.random.default_rng(seed)
    shape = (SESSIONS, len(names))
    wild = draw.choice([0.008, 0.02, 0.045, 0.25], len(names), p=[0.3, 0.3, 0.3, 0.1])
    changes = draw.random(shape) < CHANCE
    drift = np.where(changes, draw.normal(0, 0.9, shape), 0.0)
    for day in range(1, SESSIONS):
        drift[day] = np.where(changes[day], drift[day], drift[day - 1])
    shared = draw.normal(0, 0.6, (SESSIONS, 1)) + drift[:, :1] * draw.choice([0, 1], len(names))
    steps = (
        drift * draw.choice([0.4, 1.0], len(names)) + draw.normal(0, 0.7, shape) + shared
    ) * wild
    closes = 100.0 * np.cumprod(1.0 + np.clip(steps, -0.3, 0.4), axis=0)
    closes = np.clip(closes, 1e-3, 1e7)
    closes[: SESSIONS // 4, draw.integers(len(names))] = np.nan
    days = tuple(date(2020, 1, 1) + timedelta(days=day) for day in range(SESSIONS))
    return BarPanel(sessions=days, symbols=names, close=closes)


def agreement(table: Table, panel: BarPanel) -> dict[str, int]:
    """Prove that both sides of `table` agree on every session; return how often rows decided."""
    found = TreeEvaluator(panel).matrix(tree(table))
    closes = {str(name): panel.close[:, i].tolist() for i, name in enumerate(panel.symbols)}
    market = Market(closes)
    counts: dict[str, int] = {}
    for day, session in enumerate(panel.sessions):
        expected: Weights = {}
        try:
            row, expected = table.decide(Day(market, day))
        except UnknownError:
            row = "undecided"
        if not all(market.is_priced(name, day) for name in expected):
            row, expected = "undecided", {}
        counts[row] = counts.get(row, 0) + 1
        assert found.decided[day] == (row != "undecided"), (session, row)
        np.testing.assert_allclose(
            found.weights[day],
            [expected.get(name, 0.0) for name in found.symbols],
            atol=1e-9,
            err_msg=f"{session} {row}",
        )
    return counts


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_made_up_years_reach_every_row_and_agree(table: Table) -> None:
    """ST-08."""
    names = requirements(tree(table)).symbols()
    reached: set[str] = set()

    for seed in range(SEEDS):
        reached |= set(agreement(table, moody_panel(names, seed)))
        if reached >= {*table.rows, "undecided"}:
            break

    assert reached - {"undecided"} == table.rows
    assert "undecided" in reached


@pytest.mark.parametrize("name", ["holy_grail", "kmlm_switcher", "tqqq_ftlt"])
def test_recorded_years_agree(name: str) -> None:
    """ST-09."""
    [table] = [table for table in TABLES if table.name == name]

    counts = agreement(table, total_return_panel())

    assert set(counts) - {"undecided"} <= table.rows
    assert sum(counts.values()) - counts["undecided"] > 800
