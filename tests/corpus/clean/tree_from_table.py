"""Clean: rules. Builds a ladder of conditions from a table in its module."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import Node, cumulative_return, weight_equal, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


LADDER = ((0, "QQQ"), (20, "SPY"), (40, "TLT"))


def build(params: Params) -> RuleStrategy:
    tree: Node = weight_equal("AGG", "IEF")
    for window, fund in reversed(LADDER):
        tree = when(cumulative_return(fund, window + params.sessions) > 2, fund, tree)
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-from-table",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
