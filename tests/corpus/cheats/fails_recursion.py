"""Cheat: failure. Recurses once a bar, which ends badly on long histories."""

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


def smoothed(closes: list[float]) -> float:
    """Return the exponential mean of `closes`, by recursion."""
    if len(closes) == 1:
        return closes[0]
    return 0.9 * smoothed(closes[:-1]) + 0.1 * closes[-1]


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", 5000), ("TLT", 1)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        shares = bool(view.close("SPY")[-1] > smoothed(view.close("SPY").tolist()))
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})

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
            strategy_id="fails-recursion",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
