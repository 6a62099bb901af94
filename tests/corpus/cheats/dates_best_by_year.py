"""Cheat: hindsight. Holds the best fund of each year, known with hindsight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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


BEST = {
    2017: "QQQ",
    2018: "IEF",
    2019: "QQQ",
    2020: "QQQ",
    2021: "SPY",
    2022: "AGG",
    2023: "QQQ",
    2024: "QQQ",
}


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in ("AGG", "IEF", "QQQ", "SPY"))
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        return TargetPortfolio.of({BEST.get(view.as_of.year, "AGG"): 1})

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
            strategy_id="dates-best-by-year",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
