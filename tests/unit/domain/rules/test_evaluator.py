"""The whole history at once, and each way to weigh a list, on bars made for it."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Condition
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.rules import (
    asset,
    bottom,
    cumulative_return,
    each,
    group,
    price,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from tests.unit.domain.rules.panels import NAN, Closes, decide, moves, panel_of

THIRD = Decimal("0.333333333")
TODAY = cumulative_return(window=1)


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
