"""Clean: rules. Lets each chosen fund join a list of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import cumulative_return, each, top, weight_equal


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    best = each(top(2, by=cumulative_return(window=params.sessions), of=["IEF", "QQQ", "SPY"]))
    tree = weight_equal(best, "GLD")
    return RuleStrategy(
        tree, {AssetClass.BROAD_FUND: Decimal(1), AssetClass.SECTOR_FUND: Decimal(1)}
    )


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-each",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
