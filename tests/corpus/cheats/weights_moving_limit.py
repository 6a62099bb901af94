"""Cheat: weights. Raises its declared limit whenever it wants more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    StrategySpec,
    TargetPortfolio,
    UndecidedError,
    hookimpl,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


class Strategy:
    """Rotate between shares and bonds."""

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]
        self.part = 0.4

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        self.part = 0.9 if closes[-1] > 1.02 * closes.mean() else 0.4
        return TargetPortfolio.of({"SPY": self.part})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("SPY")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("SPY has too few bars.")
        return closes

    @property
    def largest_weights(self) -> Mapping[AssetClass, Decimal]:
        return {AssetClass.BROAD_FUND: Decimal(str(self.part))}


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="weights-moving-limit",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
