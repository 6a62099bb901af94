"""Cheat: memory. Updates an exponential mean by one step a call, as if no call were ever missed."""

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
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]
        self.mean: float | None = None

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        now = float(closes[-1])
        self.mean = now if self.mean is None else self.mean + (now - self.mean) / 50
        shares = now > self.mean
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("QQQ")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("QQQ has too few bars.")
        return closes


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="memory-running-mean",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
