"""Clean: heavy. Searches a grid of two windows in some fifty milliseconds."""

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

    sessions: int = 120


def earnings(closes: Floats, fast: int, slow: int) -> float:
    """Return what crossing means of `fast` and `slow` sessions earned within `closes`."""
    total = 0.0
    for row in range(slow, len(closes) - 1):
        if closes[row - fast : row].mean() > closes[row - slow : row].mean():
            total += float(closes[row + 1] / closes[row] - 1)
    return round(total, 9)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        best, chosen = -np.inf, (5, 20)
        for fast in range(2, 14, 2):
            for slow in range(20, 80, 10):
                earned = earnings(closes, fast, slow)
                if earned > best:
                    best, chosen = earned, (fast, slow)
        shares = bool(closes[-chosen[0] :].mean() > closes[-chosen[1] :].mean())
        return TargetPortfolio.of({"SPY": 1} if shares else {"IEF": 1})

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
            strategy_id="heavy-search",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
