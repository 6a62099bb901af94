"""Cheat: clock. Searches for two milliseconds: a faster machine finds another answer."""

import time
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

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        changes = np.diff(np.log(self.window(view)))
        end, tried, best = time.monotonic() + 0.002, 0, -np.inf
        while time.monotonic() < end:
            tried += 1
            best = max(best, float(np.roll(changes, tried)[: 1 + tried % 7].sum()))
        return TargetPortfolio.of({
            "SPY": round(0.5 + 0.4 * np.tanh(best * 10) + tried % 50 / 1000, 4)
        })

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
            strategy_id="clock-time-budget",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
