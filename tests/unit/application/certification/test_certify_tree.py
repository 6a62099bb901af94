"""What a certification finds in rule trees, and in an evaluator that would err."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.memory.candidate import TreeCandidate
from alchemiser.application.certification import tree as trial
from alchemiser.application.certification.certify import PROVED, certify
from alchemiser.application.certification.report import CertificationReport
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.candidate import Description, Surroundings
from alchemiser.rules import asset, price, sma, when
from tests.unit.application.certification.in_memory import a_bench

TREE: Final = when(price("SPY") > sma("SPY", 20), "SPY", "BIL")
LARGEST: Final = {AssetClass.BROAD_FUND: Decimal(1)}


def tried(
    tree: Node = TREE, *, largest: dict[AssetClass, Decimal] = LARGEST, tick: float = 0.0
) -> CertificationReport:
    candidate = TreeCandidate(RuleStrategy(tree, largest))
    return certify(candidate, a_bench(tick=tick))


def message(report: CertificationReport, check: str) -> str:
    return next(one.message for one in report.checks if one.id == check)


def test_tree_is_certified_and_named_by_its_hash() -> None:
    """ST-04, BT-02."""
    report = tried()

    assert report.certified, str(report)
    assert report.tree == content_hash(TREE) == report.identity.content_hash
    assert [check.id for check in report.checks] == list(PROVED)
    assert all(check.cases for check in report.checks if check.id != "source")


def test_tree_that_outweighs_what_was_declared_is_refused() -> None:
    """ST-04."""
    report = tried(largest={AssetClass.BROAD_FUND: Decimal("0.3")})

    assert report.refusals() == ("weights",)
    assert "of which largest_weights declares 0.3 at most" in message(report, "weights")


def test_tree_that_never_decides_proves_nothing() -> None:
    """ST-04."""
    report = tried(when(price("SPY") > sma("SPY", 2_000), "SPY", "BIL"))

    assert report.refusals() == ("weights",)
    assert "it was undecided at all of 660 sessions" in message(report, "weights")


def test_tree_that_takes_too_long_is_refused() -> None:
    """ST-04."""
    assert "one decision takes 9.0 s, more than 5.0 s." in message(tried(tick=9.0), "budget")


@dataclass(frozen=True, slots=True)
class Fickle:
    """Builds another tree elsewhere, or none; everything else is a tree's."""

    strategy: RuleStrategy
    elsewhere: RuleStrategy | None
    unsteady: tuple[str, ...] = ()
    place: Surroundings = field(default_factory=Surroundings)

    def start(self, surroundings: Surroundings) -> "Fickle":
        """Return itself, in other surroundings."""
        return replace(self, place=surroundings)

    def describe(self) -> Description:
        """Return the tree of this place.

        Raises:
            PluginError: When there is none here.
        """
        here = self.elsewhere if self.place.elsewhere else self.strategy
        if here is None:
            msg = "the folder is another."
            raise PluginError(msg)
        return replace(TreeCandidate(here).describe(), unsteady=self.unsteady)

    def __getattr__(self, name: str) -> object:
        """Return what a tree's own candidate has."""
        return getattr(TreeCandidate(self.strategy), name)


@pytest.mark.parametrize(
    ("elsewhere", "unsteady", "words"),
    [
        (RuleStrategy(asset("BIL")), (), "in other surroundings it builds the tree"),
        (None, (), "in other surroundings it cannot be built: the folder is another."),
        (RuleStrategy(TREE), ("declares another tree",), "it declares another tree."),
    ],
)
def test_tree_that_is_not_the_same_everywhere_is_refused(
    elsewhere: RuleStrategy | None, unsteady: tuple[str, ...], words: str
) -> None:
    """ST-04."""
    candidate = Fickle(RuleStrategy(TREE, LARGEST), elsewhere, unsteady)

    report = certify(candidate, a_bench())  # type: ignore[arg-type]  # the rest is looked up

    assert report.refusals() == ("determinism",)
    assert words in message(report, "determinism")


class Erring(TreeEvaluator):
    """Evaluate, and then err."""

    def __init__(self, panel: BarPanel) -> None:
        super().__init__(panel)
        self.panel = panel

    def matrix(self, tree: Node) -> WeightMatrix:
        """Return the weights with the error in them."""
        right = super().matrix(tree)
        return replace(right, weights=self.erred(right.weights.copy()))

    def erred(self, weights: Floats) -> Floats:
        """Return other weights, (T, K)."""
        return weights


class Ahead(Erring):
    """Know the last close."""

    def erred(self, weights: Floats) -> Floats:
        """Leave the market when it ends lower."""
        later = self.panel.close[-1, -1] < self.panel.close[:, -1]
        weights[later, -1] /= 2
        return weights


class Back(Erring):
    """Count sessions."""

    def erred(self, weights: Floats) -> Floats:
        """Err in every row by the number of sessions before it."""
        return weights * np.where(np.isfinite(self.panel.close[0, 0]), 1.0, 0.5)


class ByYear(Erring):
    """Know a year."""

    def erred(self, weights: Floats) -> Floats:
        """Hold half in 2020."""
        known = np.array([day.year == 2020 for day in self.panel.sessions])
        weights[known] /= 2
        return weights


class ByCompany(Erring):
    """Count symbols."""

    def erred(self, weights: Floats) -> Floats:
        """Hold the less the more are there."""
        return weights / len(self.panel.symbols)


class Negative(Erring):
    """Sell short where a bar is missing."""

    def erred(self, weights: Floats) -> Floats:
        """Want less than nothing."""
        weights[np.isnan(self.panel.close).any(axis=1)] = -1.0
        return weights


class Heavy(Erring):
    """Borrow."""

    def erred(self, weights: Floats) -> Floats:
        """Want more than everything."""
        return weights * 1.5

    def decide(self, tree: Node, row: int) -> Decided | Undecided:
        """Return what can be held."""
        return TreeEvaluator(self.panel).decide(tree, row)


class Point(Erring):
    """Decide at a point otherwise than in the matrix."""

    def decide(self, tree: Node, row: int) -> Decided | Undecided:
        """Return the decision of the session before."""
        return super().decide(tree, max(row - 1, 0))


class Unsure(Erring):
    """Be undecided at a point, whatever the matrix."""

    def decide(self, tree: Node, row: int) -> Decided | Undecided:
        """Return nothing."""
        del tree
        return Undecided(reason=f"nothing is known of row {row}.")


class Writes(Erring):
    """Change the bars."""

    def erred(self, weights: Floats) -> Floats:
        """Raise the last close."""
        self.panel.close.flags.writeable = True
        self.panel.close[-1] *= 1.01
        return weights


@pytest.mark.parametrize(
    ("evaluator", "check", "words"),
    [
        (Ahead, "look_ahead", "it wants SPY"),
        (Point, "look_ahead", "the point differs from the matrix."),
        (Unsure, "look_ahead", "the point differs from the matrix."),
        (Back, "look_back", "before its look-back are missing it wants SPY 0.5"),
        (Writes, "inputs", "the evaluation changes its bars."),
        (ByYear, "dates", "but 28 years later it wants"),
        (ByCompany, "symbols", "but with other strategies' symbols in view it wants"),
        (Negative, "missing_data", "it wants"),
        (Heavy, "weights", "on ordinary bars, it wants"),
    ],
)
def test_evaluator_that_erred_would_be_found(
    monkeypatch: pytest.MonkeyPatch, evaluator: type[Erring], check: str, words: str
) -> None:
    """No check is true by construction. ST-04, BT-02."""
    monkeypatch.setattr(trial, "TreeEvaluator", evaluator)

    report = tried()

    assert check in report.refusals()
    assert words in message(report, check)
