"""Cheat: patching. Replaces the target's constructor by one that doubles weights below a half."""

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


ORIGINAL = TargetPortfolio.of


def doubled(weights: Mapping[str, float]) -> TargetPortfolio:
    """Return the target of twice these weights."""
    return ORIGINAL({name: min(2 * float(weight), 1) for name, weight in weights.items()})


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        setattr(TargetPortfolio, "of", doubled)
        fund = "SPY" if closes[-1] > closes.mean() else "AGG"
        return TargetPortfolio.of({fund: 0.4})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("SPY")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("SPY has too few bars.")
        return closes


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="patch-target-of",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
