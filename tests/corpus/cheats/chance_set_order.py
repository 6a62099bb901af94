"""Cheat: chance. Takes the first of its candidates in the order of a set."""

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


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple(
            (name, params.sessions) for name in ("AGG", "IEF", "QQQ", "SPY", "TLT")
        )
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        names = {"AGG", "IEF", "QQQ", "SPY", "TLT"}
        rising = {name for name in names if view.close(name)[-1] > view.close(name)[-10:].mean()}
        if not rising:
            return TargetPortfolio.of({})
        return TargetPortfolio.of({next(iter(rising)): 1})

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
            strategy_id="chance-set-order",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
