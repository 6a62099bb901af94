"""Decisions say how they came about, and undecided ones what is missing."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node, Ranking
from alchemiser.domain.rules.trace import TraceStep
from alchemiser.rules import (
    and_,
    asset,
    atr,
    bottom,
    cumulative_return,
    each,
    group,
    not_,
    or_,
    ppo,
    price,
    rsi,
    sma,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from tests.unit.domain.rules.panels import NAN, Closes, panel_of

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


def undecided(tree: Node, panel: BarPanel, row: int = -1) -> Undecided:
    decision = explain(tree, panel, row)
    assert isinstance(decision, Undecided)
    return decision


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


class TestReasons:
    """What is missing, and whether time alone will mend it."""

    def test_symbol_that_is_not_in_the_panel(self) -> None:
        decision = undecided(asset("Z"), panel_of({"A": [5]}))

        assert decision.reason == "Z is not among the bars given."
        assert (decision.symbols, decision.lacks_history) == (("Z",), False)
        assert lines(decision.trace) == [(0, "Z", "undecided", None, None, None)]

    def test_symbol_that_is_not_listed_yet(self) -> None:
        decision = undecided(asset("A"), panel_of({"A": [NAN, NAN, 7]}), 1)

        assert decision.reason == "A has no bar yet on 2021-03-02."
        assert (decision.symbols, decision.lacks_history) == (("A",), True)

    def test_symbol_whose_bar_is_missing(self) -> None:
        decision = undecided(asset("A"), panel_of({"A": [5, 6, NAN]}))

        assert decision.reason == "A has no bar on 2021-03-03."
        assert not decision.lacks_history

    def test_symbol_that_the_gate_blocks(self) -> None:
        decision = undecided(asset("A"), panel_of({"A": [5, 6]}, blocked={"A": [1]}))

        assert decision.reason == "A is blocked by the data gate on 2021-03-02."
        assert not decision.lacks_history

    def test_metric_of_a_young_symbol(self) -> None:
        panel = panel_of({"A": [NAN, 5, 6, 7], "B": [1, 1, 1, 1]})

        decision = undecided(when(rsi("A", 10) > 50, "B", "B"), panel)

        assert decision.reason == ("RSI(A, 10) takes 11 unbroken bars and A has 3 on 2021-03-04.")
        assert (decision.symbols, decision.lacks_history) == (("A",), True)
        assert lines(decision.trace) == [(0, "RSI(A, 10) > 50", "undecided", None, "50", None)]

    def test_metric_of_an_old_symbol_with_a_hole_lacks_more_than_history(self) -> None:
        panel = panel_of({"A": [5, NAN, 6, 7], "B": [1, 1, 1, 1]})

        decision = undecided(when(sma("A", 3) > 50, "B", "B"), panel)

        assert decision.reason == "SMA(A, 3) takes 3 unbroken bars and A has 2 on 2021-03-04."
        assert not decision.lacks_history

    def test_metric_of_highs_that_are_not_there(self) -> None:
        panel = panel_of({"A": [5, 6, 7]})

        decision = undecided(when(atr("A", 2) > 1, "A", "A"), panel)

        assert decision.reason == "ATR(A, 2) takes 2 unbroken bars and A has 0 on 2021-03-03."
        assert not decision.lacks_history

    def test_metric_that_is_no_number(self) -> None:
        decision = undecided(when(ppo("A", 1, 2) > 0, "A", "A"), panel_of({"A": [0, 0, 0]}))

        assert decision.reason == "PPO(A, 1, 2) is not a number on 2021-03-03."
        assert not decision.lacks_history

    def test_only_what_left_the_condition_open_is_to_blame(self) -> None:
        panel = panel_of({"A": [5], "Y": [NAN], "Z": [NAN]})
        decided_anyhow = or_(price("Y") > 1, price("A") > 1)

        decision = undecided(when(and_(decided_anyhow, price("Z") > price("A")), "A", "A"), panel)

        assert decision.symbols == ("Z",)
        assert [step.outcome for step in decision.trace] == [
            "undecided", "true", "undecided", "true", "undecided",
        ]  # fmt: skip

    def test_all_missing_symbols_are_named_and_all_must_be_young(self) -> None:
        panel = panel_of({"A": [NAN, 5], "B": [5, NAN], "C": [NAN, NAN], "D": [1, 1]})

        young = undecided(weight_equal("D", "C"), panel)
        both = undecided(weight_equal("D", "C", "B"), panel)

        assert (young.symbols, young.lacks_history) == (("C",), True)
        assert (both.symbols, both.lacks_history) == (("B", "C"), False)
        assert both.reason == "C has no bar yet on 2021-03-02."

    def test_ranking_without_candidates_names_them_all(self) -> None:
        panel = panel_of({"A": [NAN, 5], "B": [NAN, 5]})

        decision = undecided(top(1, by=TODAY, of=["B", "A"]), panel)

        assert decision.reason == "return(B, 1) takes 2 unbroken bars and B has 1 on 2021-03-02."
        assert (decision.symbols, decision.lacks_history) == (("A", "B"), True)
        assert [step.outcome for step in decision.trace] == ["entered", "dropped", "dropped"]

    def test_volatilities_that_are_all_zero(self) -> None:
        flat = panel_of({"A": [5, 5, 5], "B": [6, 6, 6]})

        decision = undecided(weight_inverse_volatility(2, "A", weight_equal("A", "B")), flat)

        assert decision.reason == "volatility(A, 2) is zero."
        assert (decision.symbols, decision.lacks_history) == (("A", "B"), False)

    def test_lone_item_of_inverse_volatility_that_has_no_price(self) -> None:
        decision = undecided(weight_inverse_volatility(2, "A"), panel_of({"A": [5, NAN]}))

        assert decision.symbols == ("A",)

    def test_list_of_nothing_blames_its_candidates(self) -> None:
        panel = panel_of({"A": [NAN, 5], "B": [5, 5]})
        empty = each(top(1, by=TODAY, of=["A"]))

        assert undecided(weight_equal("B", empty), panel).symbols == ("A",)
        assert undecided(weight_inverse_volatility(2, empty), panel).symbols == ("A",)


class TestStreamReasons:
    """Why a group has no score."""

    SCORE = stdev_return(window=3)

    def rank(self, *candidates: Node) -> Node:
        return top(1, by=self.SCORE, of=candidates)

    def test_group_that_is_undecided_today(self) -> None:
        panel = panel_of({"S": [1, 1, 1, 1, NAN], "A": [5, 6, 7, 8, 9]})

        decision = undecided(self.rank(group("g", when(price("S") > 0, "A", "A"))), panel)

        assert decision.reason == "S has no bar on 2021-03-05."
        assert (decision.symbols, decision.lacks_history) == (("S",), False)

    def test_group_in_a_panel_that_has_only_begun(self) -> None:
        panel = panel_of({"A": [5, 6, 7], "B": [5, 6, 7]})

        decision = undecided(self.rank(group("Pair", weight_equal("A", "B"))), panel)

        assert decision.reason == "volatility(3) of Pair takes 4 unbroken sessions and has 3."
        assert (decision.symbols, decision.lacks_history) == (("A", "B"), True)

    def test_group_whose_signal_was_missing_some_sessions_ago(self) -> None:
        panel = panel_of({"S": [1, 1, NAN, 1, 1], "A": [5, 6, 7, 8, 9]})

        decision = undecided(self.rank(group("g", when(price("S") > 0, "A", "A"))), panel)

        assert decision.reason == (
            "volatility(3) of g takes 4 unbroken sessions and has 2: S has no bar on 2021-03-03."
        )
        assert (decision.symbols, decision.lacks_history) == (("S",), False)

    def test_group_whose_signal_is_young(self) -> None:
        panel = panel_of({"S": [NAN, NAN, 1, 1, 1], "A": [5, 6, 7, 8, 9]})

        decision = undecided(self.rank(group("g", when(price("S") > 0, "A", "A"))), panel)

        assert (decision.symbols, decision.lacks_history) == (("S",), True)

    def test_group_that_held_something_whose_bar_is_missing(self) -> None:
        closes: Closes = {"S": [1, 9, 9, 9], "A": [5, NAN, 7, 8], "B": [5, 6, 7, 8]}
        held = group("g", when(price("S") > 5, "B", weight_equal("A", "B")))

        decision = undecided(self.rank(held), panel_of(closes))

        assert decision.reason == (
            "volatility(3) of g takes 4 unbroken sessions and has 3: A has no bar on 2021-03-02."
        )
        assert (decision.symbols, decision.lacks_history) == (("A",), False)

    def test_group_whose_return_is_no_number(self) -> None:
        # The group loses everything at row 1, so the next return has nothing to start from.
        lost = top(1, by=cumulative_return(window=2), of=[group("g", weight_equal("A"))])

        decision = undecided(lost, panel_of({"A": [5, 0, 5]}))

        assert decision.reason == (
            "return(2) of g takes 3 unbroken sessions and has 1: "
            "return(A, 1) is not a number on 2021-03-03."
        )
        assert not decision.lacks_history

    def test_group_whose_score_is_no_number(self) -> None:
        lost = top(1, by=ppo(short_window=1, long_window=1), of=[group("g", weight_equal("A"))])

        decision = undecided(lost, panel_of({"A": [5, 0]}))

        assert decision.reason == "PPO(1, 1) of g is not a number."
        assert (decision.symbols, decision.lacks_history) == (("A",), False)
