"""Clean: rules. Follows the price oscillator and its signal line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import ppo, ppo_signal, stdev_price, weight_equal, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    rising = ppo("QQQ") > ppo_signal("QQQ")
    deep = stdev_price("QQQ", params.sessions) > 12
    tree = when(rising, when(deep, weight_equal("QQQ", "IEF"), "QQQ"), "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-oscillator",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
