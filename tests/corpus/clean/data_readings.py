"""Clean: data at hand. Reads its measures from the view, which works them out for years at once."""

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
from alchemiser.rules import correlation, price, rsi, sma


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 5


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.strength = rsi("SPY", params.sessions)
        self.trend = (price("SPY"), sma("SPY", 4 * params.sessions))
        self.likeness = correlation("SPY", "TLT", 4 * params.sessions)
        asked = (self.strength, *self.trend, self.likeness)
        sessions = max(metric.lookback() for metric in asked)
        self.requirements = Requirements.of({"SPY": sessions, "TLT": sessions})

    def target(self, view: MarketView) -> TargetPortfolio:
        if view.reading(self.strength) > 70:
            return TargetPortfolio.of({"TLT": 0.5})
        close, mean = map(view.reading, self.trend)
        apart = view.reading(self.likeness) < 0
        return TargetPortfolio.of({"SPY": 1} if close > mean or apart else {"TLT": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="data-readings",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
