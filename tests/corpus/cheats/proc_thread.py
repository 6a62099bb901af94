"""Cheat: process. Lets a background thread change its mind between the calls."""

import threading
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


MOOD = {"ticks": 0}


def wander() -> None:
    """Count for a minute."""
    for _ in range(60_000):
        MOOD["ticks"] += 1
        time.sleep(0.001)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]
        threading.Thread(target=wander, daemon=True).start()

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        shares = bool(closes[-1] > closes.mean()) if MOOD["ticks"] // 7 % 5 else False
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
            strategy_id="proc-thread",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
