"""Clean: rules. Ranks groups by the returns of their own past decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import bottom, group, price, sma, stdev_return, weight_equal, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    trend = group("trend", when(price("QQQ") > sma("QQQ", 50), "QQQ", "IEF"))
    mixed = group("mixed", weight_equal("SPY", "TLT"))
    tree = bottom(1, by=stdev_return(window=params.sessions), of=[trend, mixed, "GLD"])
    return RuleStrategy(
        tree, {AssetClass.BROAD_FUND: Decimal(1), AssetClass.SECTOR_FUND: Decimal(1)}
    )


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-of-groups",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
