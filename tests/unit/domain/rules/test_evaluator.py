"""Each edge of the rule language, on bars made for it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Condition
from alchemiser.domain.rules.nodes import Node, Ranking
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.rules import (
    and_,
    asset,
    atr,
    bottom,
    cumulative_return,
    each,
    group,
    moving_average_return,
    not_,
    or_,
    price,
    sma,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from tests.unit.domain.rules.panels import NAN, Closes, panel_of

THIRD = Decimal("0.333333333")
TODAY = cumulative_return(window=1)


def decide(tree: Node, panel: BarPanel, row: int = -1) -> dict[str, Decimal] | None:
    """Return the decision at a session, the last one by default; None when undecided."""
    decision = TreeEvaluator(panel).decide(tree, row % len(panel.sessions))
    return dict(decision.target.weights) if isinstance(decision, Decided) else None


def moves(**percent: float) -> BarPanel:
    """Return two sessions in which each symbol moves by so many percent."""
    return panel_of({name: [100, 100 + change] for name, change in percent.items()})


class TestWeights:
    """How lists are weighted."""

    PANEL = panel_of({"A": [10, 11], "B": [20, 21], "C": [30, NAN]})

    def test_equal_weights_are_cut_down_and_never_sum_above_one(self) -> None:
        tree = weight_equal("A", "B", weight_equal("A"))

        assert decide(tree, self.PANEL) == {"A": Decimal("0.666666666"), "B": THIRD}

    def test_symbols_named_twice_add_up(self) -> None:
        """The hedge of [UVXY, UVXY, VIXM] is two thirds UVXY."""
        assert decide(weight_equal("A", "A", "B"), self.PANEL) == {
            "A": Decimal("0.666666666"),
            "B": THIRD,
        }

    def test_specified_weights_are_divided_by_their_sum(self) -> None:
        tree = weight_specified((0.3, "A"), (0.6999996, "B"))

        assert decide(tree, self.PANEL) == {
            "A": Decimal("0.300000120"),
            "B": Decimal("0.699999880"),
        }

    def test_list_is_undecided_when_one_item_has_no_price(self) -> None:
        assert decide(weight_equal("A", "C"), self.PANEL) is None
        assert decide(weight_specified((0.9, "A"), (0.1, "C")), self.PANEL) is None
        assert decide(weight_equal("A", "C"), self.PANEL, 0) == {
            "A": Decimal("0.5"),
            "C": Decimal("0.5"),
        }

    def test_group_is_its_body(self) -> None:
        assert decide(group("any name", "B"), self.PANEL) == {"B": Decimal(1)}

    def test_symbol_that_the_panel_lacks_is_undecided(self) -> None:
        assert decide(asset("Z"), self.PANEL) is None


class TestConditions:
    """What is true, false and undecided."""

    # Metrics of X are known, those of U are not: it has no bar.
    PANEL = panel_of({"X": [50, 60], "U": [NAN, NAN], "A": [1, 1], "B": [1, 1]})
    TRUTH = {  # noqa: RUF012 - a table
        "T": price("X") > 59,
        "F": price("X") > 61,
        "U": price("U") > 1,
    }

    def answer(self, condition: Condition) -> str:
        weights = decide(when(condition, "A", "B"), self.PANEL)
        return "U" if weights is None else "T" if "A" in weights else "F"

    @pytest.mark.parametrize(
        ("pair", "both", "either"),
        [
            ("TT", "T", "T"), ("TF", "F", "T"), ("TU", "U", "T"),
            ("FT", "F", "T"), ("FF", "F", "F"), ("FU", "F", "U"),
            ("UT", "U", "T"), ("UF", "F", "U"), ("UU", "U", "U"),
        ],
    )  # fmt: skip
    def test_kleene_tables(self, pair: str, both: str, either: str) -> None:
        left, right = (self.TRUTH[letter] for letter in pair)

        assert self.answer(and_(left, right)) == both
        assert self.answer(or_(left, right)) == either
        assert self.answer(not_(and_(left, right))) == {"T": "F", "F": "T", "U": "U"}[both]

    def test_three_operands_behave_like_two_by_two(self) -> None:
        for letters in product("TFU", repeat=3):
            one, two, three = (self.TRUTH[letter] for letter in letters)

            assert self.answer(and_(one, two, three)) == self.answer(and_(and_(one, two), three))
            assert self.answer(or_(one, two, three)) == self.answer(or_(one, or_(two, three)))

    def test_only_the_branch_taken_can_make_the_tree_undecided(self) -> None:
        assert decide(when(self.TRUTH["T"], "A", "U"), self.PANEL) == {"A": Decimal(1)}
        assert decide(when(self.TRUTH["F"], "U", "B"), self.PANEL) == {"B": Decimal(1)}
        assert decide(when(self.TRUTH["T"], "U", "B"), self.PANEL) is None
        assert decide(when(self.TRUTH["U"], "A", "A"), self.PANEL) is None

    @pytest.mark.parametrize(
        ("last", "above", "below", "at_least", "at_most"),
        [
            (79.000001, "T", "F", "T", "F"),
            (79.0, "F", "F", "T", "T"),
            (78.999999, "F", "T", "F", "T"),
            (79.00000000004, "F", "F", "T", "T"),  # equal to 12 significant digits
            (79.0000000001, "T", "F", "T", "F"),
        ],
    )
    def test_comparison_at_below_and_above_its_threshold(
        self, last: float, above: str, below: str, at_least: str, at_most: str
    ) -> None:
        """ST-10."""
        panel = panel_of({"X": [last], "A": [1], "B": [1]})
        conditions = [price("X") > 79, price("X") < 79, price("X") >= 79, price("X") <= 79]

        taken = [
            "T" if "A" in (decide(when(c, "A", "B"), panel) or {}) else "F" for c in conditions
        ]

        assert taken == [above, below, at_least, at_most]

    def test_price_that_equals_its_mean_is_not_above_it(self) -> None:
        """The sum of three prices of 0.1, divided by three, is not 0.1 in binary."""
        panel = panel_of({"X": [0.1, 0.1, 0.1], "A": [1] * 3, "B": [1] * 3})

        assert decide(when(price("X") > sma("X", 3), "A", "B"), panel) == {"B": Decimal(1)}
        assert decide(when(price("X") < sma("X", 3), "A", "B"), panel) == {"B": Decimal(1)}

    def test_metric_of_highs_and_lows_is_undecided_without_them(self) -> None:
        closes: Closes = {"X": [50, 60, 55], "A": [1, 1, 1]}
        tree = when(atr("X", 2) > 5, "A", "X")

        assert decide(tree, panel_of(closes)) is None
        assert decide(tree, panel_of(closes, spread=1)) == {"A": Decimal(1)}


class TestBlocked:
    """What the data gate forbids to read."""

    CLOSES: Closes = {"X": [50, 60, 66, 70], "A": [1, 1, 1, 1]}  # noqa: RUF012 - a table

    def test_blocked_symbol_has_neither_price_nor_metric_on_that_session_only(self) -> None:
        panel = panel_of(self.CLOSES, blocked={"X": [2]})

        for tree in (asset("X"), when(cumulative_return("X", 1) > 0, "A", "A")):
            assert [decide(tree, panel, row) is not None for row in (1, 2, 3)] == [
                True,
                False,
                True,
            ]

    def test_blocked_symbol_does_not_hurt_who_does_not_read_it(self) -> None:
        panel = panel_of(self.CLOSES, blocked={"X": [3]})

        assert decide(when(price("A") > 0, "A", "X"), panel) == {"A": Decimal(1)}
        assert decide(top(1, by=TODAY, of=["X", "A"]), panel) == {"A": Decimal(1)}


class TestRankings:
    """Who is chosen."""

    def test_top_takes_the_highest_and_bottom_the_lowest(self) -> None:
        panel = moves(A=3, B=1, C=5, D=4)

        assert decide(top(2, by=TODAY, of="ABCD".replace("", " ").split()), panel) == {
            "C": Decimal("0.5"),
            "D": Decimal("0.5"),
        }
        assert decide(bottom(1, by=TODAY, of=["A", "B", "C"]), panel) == {"B": Decimal(1)}

    @pytest.mark.parametrize("order", [top, bottom])
    def test_ties_go_to_the_symbol_that_sorts_first_in_both_directions(
        self, order: Callable[..., Ranking]
    ) -> None:
        panel = moves(C=2, A=2, B=2)

        assert decide(order(2, by=TODAY, of=["C", "B", "A"]), panel) == {
            "A": Decimal("0.5"),
            "B": Decimal("0.5"),
        }

    def test_scores_equal_to_12_digits_are_a_tie(self) -> None:
        panel = panel_of({"B": [1.0, 1.05000000000002], "A": [1.0, 1.05]})

        assert decide(top(1, by=TODAY, of=["B", "A"]), panel) == {"A": Decimal(1)}

    def test_candidate_without_a_score_drops_out(self) -> None:
        panel = panel_of({"A": [100, 101], "B": [NAN, 200], "C": [100, NAN]})

        assert decide(top(1, by=TODAY, of=["B", "C", "A"]), panel) == {"A": Decimal(1)}

    def test_fewer_candidates_than_asked_for_are_all_taken(self) -> None:
        panel = panel_of({"A": [100, 101], "B": [NAN, 200], "C": [100, 90]})

        assert decide(top(3, by=TODAY, of=["A", "B", "C"]), panel) == {
            "A": Decimal("0.5"),
            "C": Decimal("0.5"),
        }

    def test_ranking_without_candidates_is_undecided(self) -> None:
        panel = panel_of({"A": [NAN, 101], "B": [NAN, 200]})

        assert decide(top(1, by=TODAY, of=["A", "B"]), panel) is None

    def test_symbol_listed_twice_is_one_candidate(self) -> None:
        panel = moves(A=3, B=2, C=1)

        assert decide(top(2, by=TODAY, of=["A", "A", "B", "C"]), panel) == {
            "A": Decimal("0.5"),
            "B": Decimal("0.5"),
        }

    def test_equal_groups_are_two_candidates(self) -> None:
        panel = moves(A=3, B=2)
        again = group("again", "A")

        assert decide(top(2, by=TODAY, of=[again, again, "B"]), panel) == {"A": Decimal(1)}


class TestStreams:
    """Groups scored by what holding them would have earned."""

    def test_group_earns_tomorrow_on_what_it_decided_today(self) -> None:
        # The group switches to B at row 1, after B's great day and before its bad one.
        closes: Closes = {
            "S": [1, 9, 9],
            "A": [100, 100, 100],
            "B": [100, 150, 135],
            "C": [100, 101, 95],
        }
        switch = group("switch", when(price("S") > 5, "B", "A"))
        panel = panel_of(closes)

        best = top(1, by=TODAY, of=[switch, "C"])

        assert decide(best, panel, 1) == {"C": Decimal(1)}  # the group held A: nothing, C made 1 %
        assert decide(best, panel, 2) == {"C": Decimal(1)}  # B lost 10 %, C less

    def test_group_return_is_the_weighted_mean_of_returns_not_drifted(self) -> None:
        closes: Closes = {"A": [100, 120, 120], "B": [100, 100, 110], "C": [100, 100, 115]}
        # Daily returns of the half-and-half: +10 %, then +5 %: together 15.5 %.
        half = weight_equal("A", "B")
        two = cumulative_return(window=2)

        assert decide(top(1, by=two, of=[half, "C"]), panel_of(closes)) == {
            "A": Decimal("0.5"),
            "B": Decimal("0.5"),
        }
        closes = {**closes, "C": [100, 100, 115.6]}
        assert decide(top(1, by=two, of=[half, "C"]), panel_of(closes)) == {"C": Decimal(1)}

    def test_group_that_is_undecided_today_drops_out_whatever_its_past(self) -> None:
        closes: Closes = {"S": [1, 1, 1, NAN], "A": [100, 150, 200, 300], "C": [100, 99, 98, 97]}
        rising = group("rising", when(price("S") > 0, "A", "A"))
        ranking = top(1, by=TODAY, of=[rising, "C"])

        assert decide(ranking, panel_of(closes), 2) == {"A": Decimal(1)}
        assert decide(ranking, panel_of(closes), 3) == {"C": Decimal(1)}

    def test_group_stream_starts_anew_after_an_undecided_session(self) -> None:
        signal = [1, 1, NAN, 1, 1, 1]
        closes: Closes = {"S": signal, "A": [100, 101, 102, 103, 104, 105], "C": [9, 8, 7, 6, 5, 4]}
        held = group("held", when(price("S") > 0, "A", "A"))
        ranking = top(1, by=moving_average_return(window=2), of=[held, "C"])

        # Row 3 has no return (undecided at 2); two returns in a row are there again at row 5.
        taken = [decide(ranking, panel_of(closes), row) for row in (3, 4, 5)]

        assert taken == [{"C": Decimal(1)}, {"C": Decimal(1)}, {"A": Decimal(1)}]

    def test_stretches_that_follow_one_another_do_not_touch(self) -> None:
        # Decided on every other session, so every return is unknown and every stretch is one long.
        signal = [1, NAN] * 4
        closes: Closes = {
            "S": signal,
            "A": [100 + row for row in range(8)],
            "C": list(range(20, 12, -1)),
        }
        held = group("held", when(price("S") > 0, "A", "A"))

        for row in range(2, 8, 2):
            assert decide(top(1, by=TODAY, of=[held, "C"]), panel_of(closes), row) == {
                "C": Decimal(1)
            }

    def test_group_return_is_unknown_when_something_held_has_no_bar(self) -> None:
        closes: Closes = {
            "A": [100, NAN, 120, 132],
            "B": [100, 101, 102, 103],
            "C": [100, 99, 98, 97],
        }
        held = group("held", when(price("B") < 102.5, when(price("A") > 0, "A", "B"), "A"))
        panel = panel_of(closes)
        ranking = top(1, by=TODAY, of=[held, "C"])

        # Row 1: undecided. Row 2: undecided yesterday. Row 3: A made 10 %.
        assert [decide(ranking, panel, row) for row in (1, 2, 3)] == [
            {"C": Decimal(1)},
            {"C": Decimal(1)},
            {"A": Decimal(1)},
        ]

    def test_ties_between_groups_go_to_the_first_symbol_held_today(self) -> None:
        # Both groups have always earned nothing; today the second one holds A, the first one B.
        closes: Closes = {"S": [1, 1, 9], "A": [5, 5, 5], "B": [5, 5, 5], "D": [5, 5, 5]}
        first = group("first", when(price("S") > 5, weight_equal("B", "D"), "A"))
        second = group("second", when(price("S") > 5, weight_equal("D", "A"), "D"))
        ranking = top(1, by=TODAY, of=[first, second])

        assert decide(ranking, panel_of(closes), 1) == {"A": Decimal(1)}
        assert decide(ranking, panel_of(closes), 2) == {"A": Decimal("0.5"), "D": Decimal("0.5")}

    def test_ties_between_groups_of_one_first_symbol_go_to_the_earlier(self) -> None:
        flat = panel_of({"A": [5, 5, 5], "B": [6, 6, 6]})
        early, late = weight_specified((0.9, "A"), (0.1, "B")), weight_equal("A", "B")

        assert decide(top(1, by=TODAY, of=[early, late]), flat) == {
            "A": Decimal("0.9"),
            "B": Decimal("0.1"),
        }

    def test_groups_of_one_name_and_different_bodies_have_their_own_streams(self) -> None:
        panel = moves(A=1, B=2)

        best = top(
            1, by=TODAY, of=[group("same", weight_equal("A")), group("same", weight_equal("B"))]
        )

        assert decide(best, panel) == {"B": Decimal(1)}

    def test_streams_nest(self) -> None:
        closes: Closes = {
            "A": [100, 110, 110, 110],
            "B": [100, 100, 130, 130],
            "C": [100, 101, 101, 130],
        }
        inner = top(1, by=TODAY, of=[weight_equal("A"), weight_equal("B")])
        panel = panel_of(closes)
        outer = top(1, by=cumulative_return(window=1), of=[group("inner", inner), "C"])

        # The inner one is decided from row 1 (A), earns 0 at row 2, then holds B and earns 0.
        assert [decide(outer, panel, row) for row in (1, 2, 3)] == [
            {"C": Decimal(1)},
            {"B": Decimal(1)},
            {"C": Decimal(1)},
        ]


class TestInverseVolatility:
    """Calm weighs more."""

    # Percent returns of +-1, +-2 and none: deviations in the proportion 1 : 2 : 0.
    CLOSES: Closes = {  # noqa: RUF012 - a table
        "A": [100, 101, 99.99],
        "B": [100, 102, 99.96],
        "F": [100, 100, 100],
        "Y": [NAN, 100, 101],
    }

    def test_weights_are_in_inverse_proportion_to_volatility(self) -> None:
        """ST-14."""
        tree = weight_inverse_volatility(2, "A", "B")

        assert decide(tree, panel_of(self.CLOSES)) == {
            "A": Decimal("0.666666666"),
            "B": Decimal("0.333333333"),
        }

    def test_items_without_or_with_zero_volatility_drop_out(self) -> None:
        """ST-14."""
        tree = weight_inverse_volatility(2, "A", "F", "Y", "B")

        assert decide(tree, panel_of(self.CLOSES)) == {
            "A": Decimal("0.666666666"),
            "B": Decimal("0.333333333"),
        }

    def test_with_no_item_left_it_is_undecided(self) -> None:
        """ST-14."""
        assert decide(weight_inverse_volatility(2, "F", "Y"), panel_of(self.CLOSES)) is None

    def test_lone_item_passes_through_unmeasured(self) -> None:
        panel = panel_of(self.CLOSES)
        best = top(2, by=TODAY, of=["A", "B", "Y"])

        assert decide(weight_inverse_volatility(2, "Y"), panel) == {"Y": Decimal(1)}
        assert decide(weight_inverse_volatility(2, best), panel) == decide(best, panel)

    def test_each_weighs_what_a_ranking_chose_one_by_one(self) -> None:
        panel = panel_of(self.CLOSES)
        lowest = bottom(2, by=TODAY, of=["A", "B", "F", "Y"])

        assert decide(lowest, panel) == {"A": Decimal("0.5"), "B": Decimal("0.5")}
        assert decide(weight_inverse_volatility(2, each(lowest)), panel) == {
            "A": Decimal("0.666666666"),
            "B": Decimal("0.333333333"),
        }

    def test_symbol_named_twice_adds_up(self) -> None:
        tree = weight_inverse_volatility(2, "A", "B", "A")

        assert decide(tree, panel_of(self.CLOSES)) == pytest.approx(
            {"A": Decimal("0.8"), "B": Decimal("0.2")}, abs=Decimal("1e-9")
        )

    def test_group_is_measured_by_its_own_stream(self) -> None:
        # The group changes from A to F after the first session: its returns are +1 % and 0.
        closes: Closes = {**self.CLOSES, "S": [1, 9, 9]}
        switch = group("switch", when(price("S") > 5, "F", "A"))

        weights = decide(weight_inverse_volatility(2, switch, "B"), panel_of(closes))

        assert weights == {"F": Decimal("0.8"), "B": Decimal("0.2")}

    def test_group_that_never_moves_has_no_volatility_at_all(self) -> None:
        """Rounding on the way must not make a flat stream look very calm."""
        rows = np.arange(40)
        wild = 100 * 1.013 ** np.where(rows % 3 == 0, rows, -rows)
        jump = np.where(rows < 7, 100.0, 102.5)
        panel = panel_of({"A": wild.tolist(), "B": jump.tolist()})
        tree = weight_inverse_volatility(4, weight_equal("A"), weight_equal("B"))

        assert decide(tree, panel) == {"A": Decimal(1)}


class TestEach:
    """Lists that join the list around them."""

    def test_chosen_items_share_the_list_with_the_others(self) -> None:
        panel = moves(A=1, B=2, C=3, D=0)
        tree = weight_equal("D", each(top(2, by=TODAY, of=["A", "B", "C"])))

        assert decide(tree, panel) == {"B": THIRD, "C": THIRD, "D": THIRD}

    def test_fewer_chosen_items_leave_more_to_the_others(self) -> None:
        panel = panel_of({"A": [NAN, 5], "B": [100, 102], "D": [1, 1]})
        tree = weight_equal("D", each(top(2, by=TODAY, of=["A", "B"])))

        assert decide(tree, panel) == {"B": Decimal("0.5"), "D": Decimal("0.5")}

    def test_list_of_nothing_leaves_the_list_around_it_undecided(self) -> None:
        panel = panel_of({"A": [NAN, 5], "D": [1, 1]})

        assert decide(weight_equal("D", each(top(2, by=TODAY, of=["A"]))), panel) is None


class TestMatrix:
    """The whole history at once."""

    def test_matrix_names_its_axes_and_cannot_be_changed(self) -> None:
        panel = panel_of({"A": [1, 2], "B": [NAN, 3], "C": [5, 5]})
        matrix = TreeEvaluator(panel).matrix(weight_equal("C", "B"))

        assert matrix.sessions == panel.sessions
        assert matrix.symbols == ("B", "C")
        assert matrix.weights.tolist() == [[0, 0], [0.5, 0.5]]
        assert matrix.decided.tolist() == [False, True]
        with pytest.raises(ValueError, match="read-only"):
            matrix.weights[0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            matrix.decided[0] = True

    @pytest.mark.parametrize("row", [-1, 2])
    def test_row_outside_the_panel_is_refused(self, row: int) -> None:
        with pytest.raises(InvalidValueError, match="one of the panel's 2 sessions"):
            TreeEvaluator(panel_of({"A": [1, 2]})).decide(asset("A"), row)

    def test_tree_that_doubles_at_each_of_many_levels_takes_no_longer_than_its_parts(self) -> None:
        panel = panel_of({"A": [1, 2, 3], "B": [3, 2, 1]})
        tree: Node = asset("A")
        for level in range(300):
            tree = weight_equal(tree, when(price("A") > level % 4, tree, "B"))
        evaluator = TreeEvaluator(panel)

        decision = evaluator.decide(tree, 2)

        assert isinstance(decision, Decided)
        assert evaluator.matrix(tree).decided.all()
        assert len(decision.trace) < 4 * 300 * 3

    def test_tree_that_shares_parts_with_one_evaluated_before_comes_out_the_same(self) -> None:
        panel = panel_of({"A": [1, 2, 3], "B": [3, 2, 1]})
        shared = when(price("A") > 1, "A", weight_equal("A", "B"))
        evaluator = TreeEvaluator(panel)
        evaluator.matrix(shared)

        tree = weight_equal(shared, when(price("A") > 1, "B", shared))

        assert evaluator.decide(tree, 2) == TreeEvaluator(panel).decide(tree, 2)

    def test_condition_of_an_unknown_kind_has_no_truth(self) -> None:
        class Prophecy(Condition):
            """Nobody knows."""

        prophecy = dataclass(frozen=True, slots=True, eq=False)(Prophecy)

        with pytest.raises(TypeError, match="Prophecy has no truth table"):
            TreeEvaluator(panel_of({"A": [1]})).decide(when(prophecy(), "A", "A"), 0)

    def test_decision_of_an_undecided_tree_is_no_target(self) -> None:
        assert isinstance(TreeEvaluator(panel_of({"A": [NAN]})).decide(asset("A"), 0), Undecided)

    def test_volatility_of_a_twin_does_not_depend_on_who_else_is_there(self) -> None:
        closes: Closes = {"A": [100, 103, 101, 104], "B": [100, 103, 101, 104]}
        tree = top(1, by=stdev_return(window=3), of=["B", "A"])

        assert decide(tree, panel_of(closes)) == {"A": Decimal(1)}
