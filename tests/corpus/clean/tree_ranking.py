"""Clean: rules. Holds the two funds of five that rose most."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import moving_average_return, top


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    funds = ["AGG", "GLD", "QQQ", "SPY", "TLT"]
    tree = top(2, by=moving_average_return(window=3 * params.sessions), of=funds)
    return RuleStrategy(
        tree, {AssetClass.BROAD_FUND: Decimal(1), AssetClass.SECTOR_FUND: Decimal(1)}
    )


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-ranking",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
