"""Cheat: weights. Declares at most half for a rule tree that holds one fund alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import cumulative_return, weight_equal, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    tree = when(cumulative_return("SPY", params.sessions) > 0, "SPY", weight_equal("SPY", "TLT"))
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal("0.5")})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="weights-lying-tree",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
