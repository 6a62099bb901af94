"""Clean: rules. Never changes its mind."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import weight_specified


@dataclass(frozen=True)
class Params:
    """Options."""

    shares: float = 0.7


def build(params: Params) -> RuleStrategy:
    shares = Decimal(str(params.shares))
    tree = weight_specified((shares, "SPY"), (1 - shares, "AGG"))
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: max(shares, 1 - shares)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-constant",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
