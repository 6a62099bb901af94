"""Undecided trees say what is missing, and whether time alone will mend it."""

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.rules import (
    and_,
    asset,
    atr,
    cumulative_return,
    each,
    group,
    or_,
    ppo,
    price,
    rsi,
    sma,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    when,
)
from tests.unit.domain.rules.panels import NAN, Closes, panel_of

TODAY = cumulative_return(window=1)


def undecided(tree: Node, panel: BarPanel, row: int = -1) -> Undecided:
    decision = TreeEvaluator(panel).decide(tree, row % len(panel.sessions))
    assert isinstance(decision, Undecided)
    return decision


class TestReasons:
    """What is missing, and whether time alone will mend it."""

    def test_symbol_that_is_not_in_the_panel(self) -> None:
        decision = undecided(asset("Z"), panel_of({"A": [5]}))

        assert decision.reason == "Z is not among the bars given."
        assert (decision.symbols, decision.lacks_history) == (("Z",), False)
        assert [(step.text, step.outcome) for step in decision.trace] == [("Z", "undecided")]

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
        (step,) = decision.trace
        assert (step.outcome, step.observed, step.margin) == ("undecided", None, None)

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
