"""Cheat: failure. Reads past the beginning where the history is short."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    StrategySpec,
    TargetPortfolio,
    hookimpl,
)


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = view.close("QQQ")
        shares = bool(closes[-1] > closes[-self.sessions])
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="fails-short-history",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
