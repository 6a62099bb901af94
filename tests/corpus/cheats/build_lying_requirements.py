"""Cheat: build. Puts lesser requirements in the place of those its tree has."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, Requirements, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    tree = when(price("SPY") > sma("SPY", 10 * params.sessions), "SPY", "TLT")
    strategy = RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})
    less = Requirements((("SPY", 1), ("TLT", 1)))  # type: ignore[arg-type]
    object.__setattr__(strategy, "requirements", less)
    return strategy


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-lying-requirements",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
