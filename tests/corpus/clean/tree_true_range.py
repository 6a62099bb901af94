"""Clean: rules. Reads highs and lows through the true range, and is undecided without."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import atr, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    quiet = atr("SPY", params.sessions // 2) < 9
    tree = when(quiet, "SPY", "AGG")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-true-range",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
