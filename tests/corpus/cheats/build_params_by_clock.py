"""Cheat: build. Has an option whose default is drawn from the clock."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = field(default_factory=lambda: 5 + time.time_ns() // 1000 % 50)


def build(params: Params) -> RuleStrategy:
    tree = when(price("SPY") > sma("SPY", params.sessions), "SPY", "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-params-by-clock",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
