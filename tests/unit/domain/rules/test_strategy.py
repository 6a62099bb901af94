"""A rule tree as a strategy wants what the tree decides."""

from decimal import Decimal

import pytest

from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.plugins import AssetClass, RuleStrategy, Strategy
from alchemiser.rules import price, sma, when
from tests.unit.domain.rules.panels import NAN, panel_of

TREE = when(price("S") > sma("S", 2), "A", "B")
PANEL = panel_of({"S": [5, 6, 4], "A": [1, 1, 1], "B": [NAN, 1, 1], "Q": [9, 9, 9]})


def test_strategy_wants_what_the_tree_decides_at_the_end_of_the_view() -> None:
    """ST-01."""
    strategy: Strategy = RuleStrategy(TREE)

    assert strategy.target(MarketView(PANEL, 1)) == TargetPortfolio.of({"A": 1})
    assert strategy.target(MarketView(PANEL, 2)) == TargetPortfolio.of({"B": 1})


def test_strategy_says_why_it_is_undecided() -> None:
    with pytest.raises(UndecidedError, match=r"SMA\(S, 2\) takes 2 unbroken bars and S has 1"):
        RuleStrategy(TREE).target(MarketView(PANEL, 0))


def test_strategy_reads_what_it_requires_and_nothing_else() -> None:
    strategy = RuleStrategy(TREE)
    view = MarketView(PANEL, 2)

    strategy.target(view)

    assert view.reads() == strategy.requirements.symbols() == ("A", "B", "S")


def test_strategy_owns_its_declaration() -> None:
    declared = {AssetClass.BROAD_FUND: Decimal("0.6")}
    strategy = RuleStrategy(TREE, declared)
    declared[AssetClass.STOCK] = Decimal(1)

    assert strategy.largest_weights == {AssetClass.BROAD_FUND: Decimal("0.6")}
    assert RuleStrategy(TREE).largest_weights == {}
