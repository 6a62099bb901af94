"""Cheat: build. Rewrites its frozen tree after each decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    RuleStrategy,
    StrategySpec,
    TargetPortfolio,
    hookimpl,
)
from alchemiser.rules import Node, price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def rule(window: int) -> Node:
    """Return the rule for `window`."""
    return when(price("SPY") > sma("SPY", window), "SPY", "AGG")


class Moving(RuleStrategy):
    """Change the tree."""

    __slots__ = ()

    def target(self, view: MarketView) -> TargetPortfolio:
        """Decide, then change the rule."""
        wanted = RuleStrategy.target(self, view)
        object.__setattr__(self, "tree", rule(5 + len(view.sessions) % 15))
        return wanted


def build(params: Params) -> RuleStrategy:
    return Moving(rule(params.sessions), {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-moving-tree",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
