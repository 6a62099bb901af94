"""Cheat: build. Shows a tree of rules and decides by something else."""

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
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


class Double(RuleStrategy):
    """Differ from the tree on Fridays."""

    __slots__ = ()

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return what the tree does not say."""
        wanted = RuleStrategy.target(self, view)
        if view.as_of.weekday() != 4:
            return wanted
        return TargetPortfolio.of({"QQQ": Decimal("0.5"), "IEF": Decimal("0.5")})


def build(params: Params) -> RuleStrategy:
    tree = when(price("QQQ") > sma("QQQ", params.sessions), "QQQ", "IEF")
    return Double(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-other-target",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
