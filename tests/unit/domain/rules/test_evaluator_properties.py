"""Whatever the tree and the bars: the evaluator keeps its laws and agrees with a slow one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.document import Json, from_document, to_document
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import requirements
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, weight_from_float
from tests.unit.domain.rules.interpreter import Interpreter
from tests.unit.domain.rules.panels import nodes, random_panel, ranked
from tests.unit.domain.rules.reach import EXAMPLES, IN_NO_UNIT, Reach

seeds = st.integers(0, 5000)
trees = nodes() | ranked()
law = settings(max_examples=EXAMPLES, derandomize=True)  # what they reach is counted

PRICES = ("close", "high", "low")
NAMES = {"A": "AAPL", "B": "BRK.B", "C": "C", "D": "DIA", "E": "ZZZ"}
"""Other names for the symbols of drawn trees, in the same order."""


def rows(matrix: WeightMatrix) -> list[list[float] | None]:
    """Return the weights of each session, None where undecided."""
    pairs = zip(matrix.weights.tolist(), matrix.decided.tolist(), strict=True)
    return [weights if decided else None for weights, decided in pairs]


def arrays_of(panel: BarPanel) -> dict[str, Floats]:
    """Return every array of `panel` by name, what is blocked as 1 and else 0."""
    assert panel.blocked is not None
    return {**panel_columns(panel), "blocked": panel.blocked.astype(np.float64)}


def changed(
    panel: BarPanel,
    change: Callable[[str, Floats], Floats],
    symbols: tuple[Symbol, ...] | None = None,
) -> BarPanel:
    """Return `panel` with every array as `change` makes it from its name and values."""
    arrays = {name: change(name, array) for name, array in arrays_of(panel).items()}
    return BarPanel(
        sessions=panel.sessions,
        symbols=symbols or panel.symbols,
        close=arrays["close"],
        high=arrays["high"],
        low=arrays["low"],
        volume=arrays["volume"],
        blocked=arrays["blocked"] > 0,
    )


def with_another_symbol(panel: BarPanel) -> BarPanel:
    """Return `panel` with one more symbol, so that all columns but the first move."""
    names = (panel.symbols[0], Symbol("AZ"), *panel.symbols[1:])
    return changed(panel, lambda _, array: np.insert(array, 1, array[:, 2], axis=1), names)


def with_another_future(panel: BarPanel, end: int, other: BarPanel) -> BarPanel:
    """Return `panel` up to its row `end` and `other` from there on."""
    later = arrays_of(other)
    return changed(panel, lambda name, array: np.vstack((array[: end + 1], later[name][end + 1 :])))


def renamed(tree: Node) -> Node:
    """Return `tree` over the symbols of `NAMES`."""

    def written(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: written(item) for key, item in value.items()}
        if isinstance(value, list):
            return list(map(written, value))
        return NAMES.get(value, value) if isinstance(value, str) else value

    document = written(to_document(tree))
    assert isinstance(document, dict)
    return from_document(document)


@settings(max_examples=100)
@given(tree=trees, seed=seeds)
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


def test_decision_at_a_point_is_the_row_of_the_matrix_at_every_session(reach: Reach) -> None:
    @law
    @given(tree=trees, seed=seeds)
    def holds(tree: Node, seed: int) -> None:
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
        reach.add(evaluator, tree)

    reach.prove(holds)


def test_weights_are_never_negative_and_sum_to_at_most_one(reach: Reach) -> None:
    """ST-05."""

    @law
    @given(tree=trees, seed=seeds)
    def holds(tree: Node, seed: int) -> None:
        evaluator = TreeEvaluator(random_panel(seed))
        matrix = evaluator.matrix(tree)
        assert (matrix.weights >= 0).all()
        np.testing.assert_allclose(matrix.weights.sum(axis=1), matrix.decided, atol=1e-12)
        for t in np.flatnonzero(matrix.decided):
            decision = evaluator.decide(tree, int(t))
            assert isinstance(decision, Decided)
            assert 0.999999 < decision.target.total() <= 1
        reach.add(evaluator, tree)

    reach.prove(holds)


def test_decision_is_the_same_when_later_bars_are_cut_off(reach: Reach) -> None:
    """BT-02."""

    @law
    @given(tree=trees, seed=seeds, end=st.integers(0, 35))
    def holds(tree: Node, seed: int, end: int) -> None:
        panel = random_panel(seed)
        whole, known = TreeEvaluator(panel), TreeEvaluator(panel.until(end))
        assert rows(known.matrix(tree)) == rows(whole.matrix(tree))[: end + 1]
        assert known.decide(tree, end) == whole.decide(tree, end)
        reach.add(whole, tree)

    reach.prove(holds)


def test_decision_is_the_same_whatever_bars_are_appended(reach: Reach) -> None:
    """BT-02."""

    @law
    @given(tree=trees, seed=seeds, other=seeds, end=st.integers(0, 34))
    def holds(tree: Node, seed: int, other: int, end: int) -> None:
        panel = random_panel(seed)
        one = TreeEvaluator(panel)
        two = TreeEvaluator(with_another_future(panel, end, random_panel(other)))
        assert rows(one.matrix(tree))[: end + 1] == rows(two.matrix(tree))[: end + 1]
        assert one.decide(tree, end) == two.decide(tree, end)
        reach.add(two, tree)

    reach.prove(holds)


def test_matrix_is_the_same_wherever_a_symbol_stands_in_the_panel(reach: Reach) -> None:
    @law
    @given(tree=trees, seed=seeds)
    def holds(tree: Node, seed: int) -> None:
        panel = random_panel(seed)
        moved = TreeEvaluator(with_another_symbol(panel))
        assert rows(moved.matrix(tree)) == rows(TreeEvaluator(panel).matrix(tree))
        reach.add(moved, tree)

    reach.prove(holds)


def test_matrix_is_the_same_whatever_the_symbols_are_called(reach: Reach) -> None:
    """Only their order counts: it decides between equal scores."""

    @law
    @given(tree=trees, seed=seeds)
    def holds(tree: Node, seed: int) -> None:
        panel = random_panel(seed)
        other = TreeEvaluator(replace(panel, symbols=tuple(map(Symbol, NAMES.values()))))
        matrix, again = TreeEvaluator(panel).matrix(tree), other.matrix(renamed(tree))
        assert rows(again) == rows(matrix)
        assert again.symbols == tuple(NAMES[name] for name in matrix.symbols)
        reach.add(other, renamed(tree))

    reach.prove(holds)


def test_matrix_is_the_same_when_one_symbol_counts_in_another_unit(reach: Reach) -> None:
    powers = st.integers(-5, 5).filter(bool)

    @law
    @given(
        tree=nodes(price_units=False) | ranked(price_units=False),
        seed=seeds,
        power=powers,
        name=st.sampled_from("ABCDE"),
    )
    def holds(tree: Node, seed: int, power: int, name: str) -> None:
        panel = random_panel(seed)
        scale = np.where(np.array(panel.symbols) == name, 2.0**power, 1.0)
        scaled = TreeEvaluator(
            changed(panel, lambda what, array: array * scale if what in PRICES else array)
        )
        assert rows(scaled.matrix(tree)) == rows(TreeEvaluator(panel).matrix(tree))
        reach.add(scaled, tree)

    reach.prove(holds, measures=IN_NO_UNIT)


@given(tree=trees, seed=seeds, row=st.integers(0, 35))
def test_decision_reads_no_more_than_the_requirements_name(tree: Node, seed: int, row: int) -> None:
    panel = random_panel(seed)
    needed = dict(requirements(tree).lookbacks)
    first = np.array([max(row + 1 - needed.get(name, 0), 0) for name in panel.symbols])
    unseen = np.arange(len(panel.sessions))[:, None] < first
    cut = changed(
        panel,
        lambda what, array: array if what == "blocked" else np.where(unseen, np.nan, array),
    )

    assert (
        rows(TreeEvaluator(cut).matrix(tree))[row] == rows(TreeEvaluator(panel).matrix(tree))[row]
    )
