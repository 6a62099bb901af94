"""Clean: rules. Holds shares above their two-hundred-day mean, else bonds."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    tree = when(price("SPY") > sma("SPY", 10 * params.sessions), "SPY", "AGG")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-trend",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
