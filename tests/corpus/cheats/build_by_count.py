"""Cheat: build. Builds another tree each time."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


BUILT = itertools.count()


def build(params: Params) -> RuleStrategy:
    window = params.sessions + next(BUILT)
    tree = when(price("SPY") > sma("SPY", window), "SPY", "IEF")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-count",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
