"""Cheat: build. Gives the larger weight to whichever fund a set yields first."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, weight_specified, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    first, second, third, *_ = {"AGG", "IEF", "QQQ", "SPY", "TLT"}
    mixed = weight_specified((0.6, first), (0.3, second), (0.1, third))
    tree = when(price("SPY") > sma("SPY", params.sessions), mixed, "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-set-order",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
