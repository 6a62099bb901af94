"""Clean: rules. Nests conditions four deep over strength and trend."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import ema, price, rsi, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    calm = when(rsi("QQQ", 10) > 79, "IEF", when(rsi("QQQ", 10) < 31, "QQQ", "SPY"))
    weak = when(ema("SPY", params.sessions) > sma("SPY", 50), "TLT", "AGG")
    tree = when(price("SPY") > sma("SPY", 200), calm, weak)
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="tree-nested",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
