"""Cheat: build. Draws the threshold of its rule when it is built."""

import random
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
    window = params.sessions + random.randrange(1, 60)
    tree = when(price("QQQ") > sma("QQQ", window), "QQQ", "TLT")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-chance",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
