"""Decisions tell the path they took, with values, thresholds and margins."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.rules import (
    and_,
    bottom,
    cumulative_return,
    each,
    group,
    not_,
    or_,
    price,
    sma,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from tests.unit.domain.rules.panels import NAN, panel_of

TODAY = cumulative_return(window=1)
Line = tuple[int, str, str, str | None, str | None, str | None]


def explain(tree: Node, panel: BarPanel, row: int = -1) -> Decided | Undecided:
    return TreeEvaluator(panel).decide(tree, row % len(panel.sessions))


def lines(trace: tuple[TraceStep, ...]) -> list[Line]:
    """Return the trace as plain rows, numbers as text."""

    def text(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:f}"

    return [
        (s.depth, s.text, s.outcome, text(s.observed), text(s.threshold), text(s.margin))
        for s in trace
    ]


class TestTrace:
    """The path taken, and nothing else."""

    def test_trace_follows_the_path_with_values_thresholds_and_margins(self) -> None:
        """ST-18."""
        panel = panel_of({"S": [10, 12, 17], "A": [1, 1, 1], "B": [1, 1, 1]})
        tree = when(
            and_(price("S") > 20, price("S") > 1),
            "A",
            group("Calm", when(not_(price("S") >= sma("S", 3)), "A", weight_specified((1, "B")))),
        )

        decision = explain(tree, panel)

        assert lines(decision.trace) == [
            (0, "all of 2", "false", None, None, None),
            (1, "price(S) > 20", "false", "17", "20", "-3"),
            (1, "price(S) > 1", "true", "17", "1", "16"),
            (1, "Calm", "entered", None, None, None),
            (2, "not", "false", None, None, None),
            (3, "price(S) >= SMA(S, 3)", "true", "17", "13", "4"),
            (3, "weights 1", "entered", None, None, None),
            (4, "B", "held", None, None, None),
        ]

    @pytest.mark.parametrize(
        ("order", "words", "taken"), [(top, "top", "C"), (bottom, "bottom", "A")]
    )
    def test_ranking_shows_each_score_against_the_cut(
        self, order: Callable[..., Ranking], words: str, taken: str
    ) -> None:
        panel = panel_of({"A": [100, 101], "B": [100, 102.5], "C": [100, 104], "D": [NAN, 5]})

        trace = explain(order(1, by=TODAY, of=["A", "B", "C", "D"]), panel).trace

        cut = {"A": "1", "B": "2.5", "C": "4"}
        assert trace[0].text == f"{words} 1 of 4 by return(1)"
        for step, name in zip(trace[1:4], "ABC", strict=True):
            assert step.text == f"return({name}, 1)"
            assert step.outcome == ("selected" if name == taken else "dropped")
            assert step.observed == Decimal(cut[name])
            assert step.threshold == Decimal("2.5" if name == taken else cut[taken])
            assert step.margin == step.observed - step.threshold
        assert lines(trace[4:]) == [
            (1, "return(D, 1)", "dropped", None, "4" if taken == "C" else "1", None),
            (1, taken, "held", None, None, None),
        ]

    def test_ranking_that_takes_all_has_no_cut_to_beat(self) -> None:
        panel = panel_of({"A": [100, 101]})

        trace = explain(top(2, by=TODAY, of=["A"]), panel).trace

        assert lines(trace)[1] == (1, "return(A, 1)", "selected", "1", None, None)

    def test_inverse_volatility_shows_what_it_measured(self) -> None:
        panel = panel_of({"A": [100, 101, 99.99], "F": [5, 5, 5], "B": [100, 102, 99.96]})
        pair = group("Pair", weight_equal("A", "A"))
        tree = weight_inverse_volatility(2, pair, "F", "B")

        assert [step.text for step in explain(tree, panel).trace] == [
            "weights inverse to volatility(2)",
            "volatility(2) of Pair",
            "volatility(F, 2)",
            "volatility(B, 2)",
            "Pair",
            "equal weights of 2",
            "A",
            "A",
            "B",
        ]
        assert [step.outcome for step in explain(tree, panel).trace][1:4] == [
            "selected",
            "dropped",
            "selected",
        ]

    def test_list_is_ranked_before_its_choice_is_weighed(self) -> None:
        panel = panel_of({"A": [100, 101, 99.99], "B": [100, 102, 99.96], "C": [100, 109, 150]})
        tree = weight_inverse_volatility(2, each(bottom(2, by=TODAY, of=["A", "B", "C"])))

        assert [(step.text, step.outcome) for step in explain(tree, panel).trace] == [
            ("weights inverse to volatility(2)", "entered"),
            ("bottom 2 of 3 by return(1)", "entered"),
            ("return(A, 1)", "selected"),
            ("return(B, 1)", "selected"),
            ("return(C, 1)", "dropped"),
            ("volatility(A, 2)", "selected"),
            ("volatility(B, 2)", "selected"),
            ("A", "held"),
            ("B", "held"),
        ]

    def test_part_that_was_told_already_is_not_told_again(self) -> None:
        panel = panel_of({"A": [2], "B": [2]})
        shared = when(price("A") > 1, "A", "B")

        trace = explain(weight_equal(group("one", shared), group("two", shared)), panel).trace

        assert [step.text for step in trace] == [
            "equal weights of 2",
            "one",
            "price(A) > 1",
            "A",
            "two",
            "when price(A) > 1, as above",
        ]

    @pytest.mark.parametrize(
        ("candidate", "words"),
        [
            (when(or_(price("A") > 1, price("B") > 1), "A", "B"), "when any of 2"),
            (weight_inverse_volatility(2, "A", "B"), "weights inverse to volatility(2)"),
            (bottom(1, by=TODAY, of=["A", "B"]), "bottom 1 of 2 by return(1)"),
        ],
    )
    def test_candidate_without_a_name_is_called_what_it_is(
        self, candidate: Node, words: str
    ) -> None:
        panel = panel_of({"A": [5, 6, 7, 8], "B": [5, 5.5, 5, 6]})

        trace = explain(top(1, by=TODAY, of=[candidate]), panel).trace

        assert trace[1].text == f"return(1) of {words}"
