"""What is true, false or undecided, and what may be read at all."""

from decimal import Decimal
from itertools import product

import pytest

from alchemiser.domain.rules.expressions import Condition
from alchemiser.rules import (
    and_,
    asset,
    atr,
    cumulative_return,
    not_,
    or_,
    price,
    sma,
    top,
    when,
)
from tests.unit.domain.rules.panels import NAN, Closes, decide, panel_of

TODAY = cumulative_return(window=1)


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
