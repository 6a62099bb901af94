"""Cheat: build. Builds another tree in every calendar year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    odd = date.today().year % 2
    tree = when(price("SPY") > sma("SPY", params.sessions + odd), "SPY", "TLT")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-year",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
