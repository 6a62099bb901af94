"""Clean: rules. Names the same fund in several branches and lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, weight_equal, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    half = weight_equal("SPY", "SPY", "TLT")
    tree = when(price("SPY") > sma("SPY", params.sessions), half, weight_equal(half, "TLT"))
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-duplicates",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
