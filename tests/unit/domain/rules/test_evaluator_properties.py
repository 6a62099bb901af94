"""Whatever the tree and the bars: the evaluator keeps its laws and agrees with a slow one."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import requirements
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import weight_from_float
from tests.unit.domain.rules.interpreter import Interpreter
from tests.unit.domain.rules.panels import nodes, random_panel

seeds = st.integers(0, 5000)


def rows(matrix: WeightMatrix) -> list[list[float] | None]:
    """Return the weights of each session, None where undecided."""
    pairs = zip(matrix.weights.tolist(), matrix.decided.tolist(), strict=True)
    return [weights if decided else None for weights, decided in pairs]


def with_another_symbol(panel: BarPanel) -> BarPanel:
    """Return `panel` with one more symbol, so that all columns but the first move."""
    flat = np.full(len(panel.sessions), 7.5)
    blocked = np.zeros_like(panel.close, bool) if panel.blocked is None else panel.blocked
    return BarPanel(
        sessions=panel.sessions,
        symbols=(panel.symbols[0], Symbol("AZ"), *panel.symbols[1:]),
        close=np.insert(panel.close, 1, flat, axis=1),
        blocked=np.insert(blocked, 1, flat == 0, axis=1),
    )


@settings(max_examples=150)
@given(tree=nodes(), seed=seeds)
def test_matrix_agrees_with_a_slow_interpreter_at_every_session(tree: Node, seed: int) -> None:
    panel = random_panel(seed)
    matrix = TreeEvaluator(panel).matrix(tree)
    slow = Interpreter(panel)

    for t in range(len(panel.sessions)):
        expected = slow.decide(tree, t)
        assert matrix.decided[t] == (expected is not None)
        np.testing.assert_allclose(
            matrix.weights[t],
            [(expected or {}).get(name, 0.0) for name in matrix.symbols],
            atol=1e-11,
        )


@given(tree=nodes(), seed=seeds)
def test_decision_at_a_point_is_the_row_of_the_matrix(tree: Node, seed: int) -> None:
    evaluator = TreeEvaluator(random_panel(seed))
    matrix = evaluator.matrix(tree)

    for t, row in enumerate(rows(matrix)):
        decision = evaluator.decide(tree, t)
        if row is None:
            assert not isinstance(decision, Decided)
            assert decision.reason.endswith(".")
            assert decision.symbols
        else:
            assert isinstance(decision, Decided)
            exact = dict(zip(matrix.symbols, map(weight_from_float, row), strict=True))
            assert dict(decision.target.weights) == {n: w for n, w in exact.items() if w}


@given(tree=nodes(), seed=seeds)
def test_weights_are_never_negative_and_sum_to_at_most_one(tree: Node, seed: int) -> None:
    """ST-05."""
    evaluator = TreeEvaluator(random_panel(seed))
    matrix = evaluator.matrix(tree)

    assert (matrix.weights >= 0).all()
    np.testing.assert_allclose(matrix.weights.sum(axis=1), matrix.decided, atol=1e-12)
    for t in np.flatnonzero(matrix.decided):
        decision = evaluator.decide(tree, int(t))
        assert isinstance(decision, Decided)
        assert 0.999999 < decision.target.total() <= 1


@given(tree=nodes(), seed=seeds, end=st.integers(0, 35))
def test_decision_is_the_same_when_later_bars_are_cut_off(tree: Node, seed: int, end: int) -> None:
    """BT-02."""
    panel = random_panel(seed)

    known = TreeEvaluator(panel.until(end))

    assert rows(known.matrix(tree)) == rows(TreeEvaluator(panel).matrix(tree))[: end + 1]
    assert known.decide(tree, end) == TreeEvaluator(panel).decide(tree, end)


@given(tree=nodes(), seed=seeds)
def test_matrix_is_the_same_wherever_a_symbol_stands_in_the_panel(tree: Node, seed: int) -> None:
    panel = random_panel(seed)

    moved = TreeEvaluator(with_another_symbol(panel))

    assert rows(moved.matrix(tree)) == rows(TreeEvaluator(panel).matrix(tree))


@given(tree=nodes(price_units=False), seed=seeds, power=st.integers(-5, 5))
def test_matrix_is_the_same_when_one_symbol_counts_in_another_unit(
    tree: Node, seed: int, power: int
) -> None:
    panel = random_panel(seed)
    scale = np.where(np.array(panel.symbols) == "B", 2.0**power, 1.0)

    scaled = TreeEvaluator(replace(panel, close=panel.close * scale))

    assert rows(scaled.matrix(tree)) == rows(TreeEvaluator(panel).matrix(tree))


@given(tree=nodes(), seed=seeds, row=st.integers(0, 35))
def test_decision_reads_no_more_than_the_requirements_name(tree: Node, seed: int, row: int) -> None:
    panel = random_panel(seed)
    needed = dict(requirements(tree).lookbacks)
    hidden = panel.close.copy()
    for column, name in enumerate(panel.symbols):
        hidden[: max(row + 1 - needed.get(name, 0), 0), column] = np.nan
    cut = replace(panel, close=hidden)

    assert (
        rows(TreeEvaluator(cut).matrix(tree))[row] == rows(TreeEvaluator(panel).matrix(tree))[row]
    )
