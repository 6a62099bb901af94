"""Programs weigh and decide as the arrays do, to the bit, as they stand and compiled."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.application.kernels import Kernels
from alchemiser.container import build_kernels
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules import language as rules
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Comparison, Condition, compare
from alchemiser.domain.rules.metrics import cumulative_return, max_drawdown, price, rsi, sma
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.program.loops import BLOCK
from alchemiser.domain.rules.program.lowering import LARGEST, lowered
from alchemiser.domain.rules.program.running import Loops
from tests.interpreted import Interpreted
from tests.unit.domain.rules.panels import nodes, panel_of, random_panel

PLAIN = Kernels(Interpreted(), 0).loops_for(0)
NAMES = st.sampled_from("ABCDEZ")
"""No panel holds Z."""
METRICS = st.sampled_from([price, sma, rsi, cumulative_return, max_drawdown])


@st.composite
def simple(draw: st.DrawFn, depth: int = 4) -> Node:
    """Draw a tree of what programs know."""
    names = st.lists(NAMES, min_size=1, max_size=5)
    kind = draw(st.sampled_from(("asset", "top", "equal", "given", "when", "when", "group")))
    if depth == 0 or kind == "asset":
        return rules.asset(draw(NAMES))
    below = simple(depth - 1)
    match kind:
        case "top":
            choose = draw(st.sampled_from([rules.top, rules.bottom]))
            named = [
                rules.group("one", name) if draw(st.booleans()) else name for name in draw(names)
            ]
            return choose(draw(st.integers(1, 9)), by=draw(METRICS)(None), of=named)
        case "equal":
            return rules.weight_equal(*draw(st.lists(below, min_size=1, max_size=3)))
        case "given":
            return rules.weight_specified((0.3, draw(below)), (0.7, draw(below)))
        case "group":
            return rules.group("two", draw(below))
        case _:
            return rules.when(draw(asked()), draw(below), draw(below))


@st.composite
def asked(draw: st.DrawFn, depth: int = 2) -> Condition:
    """Draw a condition that programs know."""
    kind = draw(st.sampled_from(("compare", "compare", "and", "or", "not")))
    if depth and kind != "compare":
        several = draw(st.lists(asked(depth - 1), min_size=1, max_size=3))
        if kind == "not":
            return rules.not_(several[0])
        return rules.and_(*several) if kind == "and" else rules.or_(*several)
    left, right = (draw(METRICS)(draw(NAMES)) for _ in range(2))
    other = right if draw(st.booleans()) else draw(st.sampled_from([50.0, 20.5, 0.0]))
    return compare(left, draw(st.sampled_from(Comparison)), other)


def agree(tree: Node, panel: BarPanel, loops: Loops | None) -> None:
    """Check that loops and arrays decide the same bytes, twice over, and explain the same."""
    arrays, evaluator = TreeEvaluator(panel), TreeEvaluator(panel, loops)
    wanted, found = arrays.matrix(tree), evaluator.matrix(tree)
    again = TreeEvaluator(panel, loops)
    again.matrix(rules.weight_equal(tree, "A"))

    assert found.symbols == wanted.symbols
    for one in (found, again.matrix(tree)):
        assert one.weights.tobytes() == wanted.weights.tobytes()
        assert one.decided.tobytes() == wanted.decided.tobytes()
    row = len(panel.sessions) - 1
    assert evaluator.decide(tree, row) == arrays.decide(tree, row)


@settings(max_examples=60)
@given(tree=simple(), seed=st.integers(0, 50))
def test_programs_have_the_bits_of_the_arrays(tree: Node, seed: int) -> None:
    """ST-10: blocked symbols, gaps, twins whose scores tie, and symbols without bars among them."""
    assert lowered(tree) is not None
    agree(tree, random_panel(seed), PLAIN)


@settings(max_examples=40)
@given(tree=nodes(), seed=st.integers(0, 50))
def test_what_programs_do_not_know_arrays_evaluate(tree: Node, seed: int) -> None:
    """ST-10."""
    agree(tree, random_panel(seed), PLAIN)


def test_compiled_they_have_the_bits_of_the_arrays() -> None:
    """ST-10: over several blocks of sessions, the last one of them short; over one, and none."""
    pytest.importorskip("numba")
    kernels = build_kernels(_quietly)
    assert kernels is not None
    loops = kernels.loops_for(kernels.least)
    panel = random_panel(5, rows=2 * BLOCK + 77)
    best = rules.top(2, by=cumulative_return(window=20), of=["A", "B", "C", "D", "E"])
    hot = rules.and_(rsi("A", 10) > 60, rules.not_(price("B") < sma("C", 200)))
    tree = rules.when(
        hot,
        rules.weight_specified((0.3, "E"), (0.7, best)),
        rules.when(rules.or_(rsi("B", 5) <= 40, hot), rules.weight_equal("C", "D", best), "A"),
    )

    assert 0 < TreeEvaluator(panel).matrix(tree).decided.sum() < len(panel.sessions)
    for one in (panel, replace(panel, close=np.asfortranarray(panel.close), blocked=None)):
        agree(tree, one, loops)
        agree(tree, one.until(0), loops)
    agree(tree, panel_of({"A": [1.0] * 30, "B": [2.0] * 30}), loops)
    agree(rules.weight_equal("A", "B"), panel, loops)


def test_a_tree_of_many_terms_is_evaluated_as_arrays() -> None:
    """So many rows would not fit into a cache."""
    tree: Node = rules.asset("A")
    for level in range(LARGEST // 2):
        tree = rules.when(rsi("A", 10) > level / 8, "B", tree)

    assert lowered(tree) is None
    agree(tree, random_panel(1), PLAIN)


def _quietly() -> None:
    """Hear that something is compiled."""
