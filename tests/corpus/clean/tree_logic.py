"""Clean: rules. Combines conditions by and, or and not."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import (
    and_,
    max_drawdown,
    not_,
    or_,
    price,
    rsi,
    sma,
    stdev_return,
    weight_specified,
    when,
)


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    up = and_(price("SPY") > sma("SPY", params.sessions), not_(rsi("SPY", 14) > 75))
    safe = or_(stdev_return("SPY", 20) < 1, max_drawdown("SPY", 60) < 5)
    tree = when(and_(up, safe), "QQQ", weight_specified((0.7, "IEF"), (0.3, "SPY")))
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-logic",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
