"""Cheat: build. Takes the window of its rule from the present moment."""

import time
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
    window = params.sessions + time.time_ns() // 1000 % 50
    tree = when(price("SPY") > sma("SPY", window), "SPY", "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-clock",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
