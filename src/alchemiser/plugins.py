"""What a strategy plugin imports: the strategy's shape, what it sees and what it gives."""

from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy, StrategySpec, hookimpl
from alchemiser.ports.tree_import import ImportedTree, Problem, TreeImporter

__all__ = [
    "AssetClass",
    "Frequency",
    "ImportedTree",
    "InvalidValueError",
    "MarketView",
    "Problem",
    "Rebalance",
    "Requirements",
    "RuleStrategy",
    "Strategy",
    "StrategySpec",
    "TargetPortfolio",
    "TreeImporter",
    "UndecidedError",
    "hookimpl",
]
