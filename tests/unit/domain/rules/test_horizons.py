"""Votes, conditions that last, lists of an if, and measures of measures: meaning and words."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

import alchemiser.rules
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Condition
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.rules import (
    across,
    asset,
    at_least,
    bottom,
    choose,
    correlation,
    cumulative_return,
    equals,
    in_state,
    lasting,
    liquidity_state,
    percentile,
    price,
    requirements,
    rsi,
    sma,
    stdev_return,
    top,
    trend,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
    zscore,
)
from tests.unit.domain.rules.panels import NAN, decide, panel_of

words: Any = alchemiser.rules  # as an author without types would call it
PANEL = panel_of({"X": [50, 60], "U": [NAN, NAN], "A": [1, 1], "B": [1, 1]})
TRUTH: dict[str, Condition] = {
    "T": price("X") > 59,
    "F": price("X") > 61,
    "U": price("U") > 1,
}


def answer(condition: Condition, panel: BarPanel = PANEL, row: int = -1) -> str:
    weights = decide(when(condition, "A", "B"), panel, row)
    return "U" if weights is None else "T" if "A" in weights else "F"


def told(tree: Node, panel: BarPanel, row: int = -1) -> Decided | Undecided:
    return TreeEvaluator(panel).decide(tree, row % len(panel.sessions))


def path(decision: Decided | Undecided) -> list[tuple[int, str, str]]:
    return [(step.depth, step.text, step.outcome) for step in decision.trace]


@pytest.mark.parametrize("votes", [*map("".join, product("TFU", repeat=3))])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_vote_is_decided_once_the_undecided_cannot_matter(votes: str, count: int) -> None:
    """ST-17."""
    found = answer(at_least(count, *(TRUTH[vote] for vote in votes)))

    surely, possibly = votes.count("T"), votes.count("T") + votes.count("U")
    assert found == ("T" if surely >= count else "F" if possibly < count else "U")


def test_horizons_are_one_condition_each() -> None:
    """ST-17: two of three horizons confirm."""
    panel = panel_of({"S": [100, 90, 95, 99, 101], "A": [1] * 5, "B": [1] * 5})
    horizons = across((1, 2, 4), lambda n: cumulative_return("S", n) > 2)

    assert [condition.text() for condition in horizons if hasattr(condition, "text")] == [
        "return(S, 1) > 2",
        "return(S, 2) > 2",
        "return(S, 4) > 2",
    ]
    assert answer(at_least(2, *horizons), panel) == "T"  # 2.02 %, 6.3 % and 1 %
    assert answer(at_least(3, *horizons), panel) == "F"


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        ([6, 6, 6], "T"),
        ([4, 6, 6], "F"),
        ([6, 6, 4], "F"),
        ([NAN, 6, 6], "U"),
        ([NAN, 4, 6], "F"),
        ([6, NAN, 6], "U"),
    ],
)
def test_what_lasts_held_at_every_session(closes: list[float], expected: str) -> None:
    """ST-17."""
    panel = panel_of({"S": closes, "A": [1] * 3, "B": [1] * 3})

    assert answer(lasting(price("S") > 5, 3), panel) == expected
    assert answer(lasting(price("S") > 5, 1), panel) == ("F" if closes[-1] < 5 else "T")


def test_nothing_lasts_longer_than_there_are_sessions() -> None:
    panel = panel_of({"S": [6, 6], "A": [1, 1]})

    decision = told(when(lasting(price("S") > 5, 4), "A", "S"), panel)

    assert isinstance(decision, Undecided)
    assert decision.reason == "a condition for 4 sessions has 2 to look at."
    assert (decision.symbols, decision.lacks_history) == (("S",), True)


def test_an_earlier_session_that_cannot_be_told_is_named() -> None:
    """ST-18."""
    panel = panel_of({"S": [6, NAN, 6, 6], "A": [1] * 4})

    decision = told(when(lasting(price("S") > 5, 3), "A", "S"), panel)

    assert isinstance(decision, Undecided)
    assert decision.reason == "S has no bar on 2021-03-02."
    assert path(decision) == [(0, "for 3 sessions", "undecided"), (1, "price(S) > 5", "undecided")]


def test_look_back_of_what_lasts_and_of_measures_of_measures_adds_up() -> None:
    """ST-01: derived, nested."""
    tree = when(
        lasting(zscore(percentile(stdev_return("S", 10), 50), 20) > 1, 5),
        "A",
        top(1, by=correlation(other="M", window=30), of=["A", weight_equal("B", "C")]),
    )

    needed = {str(name): sessions for name, sessions in requirements(tree).lookbacks}

    assert needed["S"] == 11 + 49 + 19 + 4
    assert needed["M"] == 31
    assert needed["A"] == needed["B"] == needed["C"] == 31


def test_equal_to_twelve_digits_is_equal() -> None:
    panel = panel_of({"S": [0.1 + 0.2], "A": [1], "B": [1]})

    assert answer(equals(price("S"), 0.3), panel) == "T"
    assert answer(equals(price("S"), 0.300000000001), panel) == "F"
    assert equals(price("S"), 0.3).text() == "price(S) = 0.3"


class TestLists:
    """The items of an if join the list around it."""

    PANEL = panel_of({name: [1.0, 1.0] for name in "ABCD"} | {"X": [50, 60], "U": [NAN, NAN]})

    @pytest.mark.parametrize(
        ("vote", "expected"),
        [("T", {"A": "0.333333333", "B": "0.333333333", "D": "0.333333333"}), ("U", None)],
    )
    def test_items_of_the_branch_taken_count_one_by_one(
        self, vote: str, expected: dict[str, str] | None
    ) -> None:
        tree = weight_equal(choose(TRUTH[vote], ["A", "B"], ["C"]), "D")

        found = decide(tree, self.PANEL)

        assert found == (None if expected is None else {n: Decimal(w) for n, w in expected.items()})

    def test_lists_within_lists_join_too(self) -> None:
        inner = choose(TRUTH["F"], ["A"], ["B", "C"])

        found = decide(weight_equal(choose(TRUTH["T"], [inner, "D"], ["A"]), "A"), self.PANEL)

        assert found == dict.fromkeys("ABCD", Decimal("0.25"))

    def test_symbol_listed_and_chosen_is_ranked_once(self) -> None:
        panel = panel_of({"A": [1, 2], "B": [1, 3], "C": [1, 1.5], "X": [50, 60]})
        ranked = top(
            2, by=cumulative_return(window=1), of=["A", choose(TRUTH["T"], ["A", "B"], ["C"])]
        )

        assert decide(ranked, panel) == {"A": Decimal("0.5"), "B": Decimal("0.5")}

    def test_undecided_list_drops_out_of_a_ranking_and_others_stay(self) -> None:
        ranked = top(1, by=cumulative_return(window=1), of=[choose(TRUTH["U"], ["A"], ["B"]), "D"])

        decision = told(ranked, self.PANEL)

        assert decide(ranked, self.PANEL) == {"D": Decimal(1)}
        assert path(decision) == [
            (0, "top 1 of 2 by return(1)", "entered"),
            (1, "price(U) > 1", "undecided"),
            (1, "return(D, 1)", "selected"),
            (1, "D", "held"),
        ]

    def test_the_only_item_of_a_list_passes_through_unmeasured(self) -> None:
        """Flat prices have no volatility; with a second item both drop out."""
        one = weight_inverse_volatility(2, choose(TRUTH["T"], ["A"], ["B", "C"]))
        two = weight_inverse_volatility(2, choose(TRUTH["T"], ["A"], ["B", "C"]), "D")

        assert decide(one, self.PANEL) == {"A": Decimal(1)}
        assert decide(two, self.PANEL) is None

    def test_trace_asks_the_condition_of_the_list(self) -> None:
        """ST-18."""
        tree = weight_equal(choose(price("X") > 59, ["A", "B"], ["C"]), "D")

        assert path(told(tree, self.PANEL)) == [
            (0, "equal weights of 2", "entered"),
            (1, "price(X) > 59", "true"),
            (1, "A", "held"),
            (1, "B", "held"),
            (1, "D", "held"),
        ]

    def test_undecided_list_is_the_reason_of_an_undecided_tree(self) -> None:
        decision = told(weight_equal(choose(TRUTH["U"], ["A"], ["B"]), "D"), self.PANEL)

        assert isinstance(decision, Undecided)
        assert decision.reason == "U has no bar yet on 2021-03-02."


def test_measures_are_called_by_what_they_measure() -> None:
    assert zscore(rsi("S", 10), 252).text() == "z-score(RSI(S, 10), 252)"
    assert percentile(rsi(window=10), 60).text() == "percentile(RSI(10), 60)"
    assert correlation("S", "T", 60).text() == "correlation(S, T, 60)"
    assert in_state(trend("S"), "down").text() == "trend(S, 50, 200) is down"
    assert (trend("S") > 0).text() == "trend(S, 50, 200) > 0"


def test_measure_that_needs_another_symbol_is_undecided_without_its_bars() -> None:
    panel = panel_of({"S": [1, 2, 3, 5], "M": [1, 2, NAN, 2], "A": [1] * 4})

    decision = told(when(correlation("S", "M", 2) > 0, "A", "S"), panel)

    assert isinstance(decision, Undecided)
    assert decision.reason == (
        "correlation(S, M, 2) takes 3 unbroken bars and S has 1 on 2021-03-04."
    )


def test_liquidity_without_volumes_is_undecided() -> None:
    panel = panel_of({"S": [1.0] * 9, "A": [1.0] * 9})

    assert decide(when(in_state(liquidity_state("S", 2, 3), "deep"), "A", "S"), panel) is None


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: at_least(3, TRUTH["T"], TRUTH["F"]), "3 of 2 conditions can never hold"),
        (lambda: at_least(0, TRUTH["T"]), "at least 1"),
        (lambda: at_least(1), "a condition is wanted"),
        (lambda: lasting(TRUTH["T"], 0), "at least 1"),
        (lambda: words.lasting("S", 2), "a condition is wanted"),
        (lambda: choose(TRUTH["T"], [], ["A"]), "takes one or more"),
        (lambda: choose(TRUTH["T"], ["A"], "B"), "not the text 'B'"),
        (lambda: words.choose(price("S"), ["A"], ["B"]), "a condition is wanted"),
        (lambda: weight_specified((1, choose(TRUTH["T"], ["A"], ["B"]))), "weight each list"),
        (lambda: when(TRUTH["T"], choose(TRUTH["T"], ["A"], ["B"]), "C"), "weight_equal"),
        (lambda: words.zscore("SPY"), "is of a metric"),
        (lambda: zscore(price("S"), 1), "at least 2"),
        (lambda: correlation("S", "spy"), "not a ticker"),
        (lambda: equals(price(), 3), "without a symbol"),
        (lambda: words.equals(price("S"), "3"), "compared with a number"),
        (lambda: bottom(1, by=liquidity_state(), of=[weight_equal("A")]), "of prices"),
        (lambda: bottom(1, by=zscore(sma()), of=[weight_equal("A")]), "of prices"),
        (
            lambda: bottom(1, by=sma(), of=[choose(TRUTH["T"], ["A"], [weight_equal("B")])]),
            "of prices",
        ),
    ],
)
def test_nonsense_is_refused_in_one_sentence(build: object, sentence: str) -> None:
    assert callable(build)
    with pytest.raises(InvalidValueError, match=sentence):
        build()


def test_ranking_by_correlation_measures_streams_against_the_other_symbol() -> None:
    panel = panel_of({
        "M": [100, 110, 99, 108, 97],
        "A": [100, 90, 99, 90, 99],
        "B": [100, 109, 99, 107, 98],
    })
    ranked = top(1, by=correlation(other="M", window=3), of=["A", weight_equal("B")])

    assert decide(ranked, panel) == {"B": Decimal(1)}
    assert decide(asset("B"), panel) == {"B": Decimal(1)}
