"""Cheat: build. Builds its tree from a variable of the environment."""

import os
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
    window = params.sessions + len(os.environ.get("PWD", os.environ.get("PATH", ""))) % 40
    tree = when(price("QQQ") > sma("QQQ", window), "QQQ", "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-environment",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
