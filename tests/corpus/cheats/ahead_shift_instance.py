"""Cheat: look-ahead. Keeps shift(-1) of the longest history ever shown in the instance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
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
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]
        self.following: Any = pd.Series(dtype=float)

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        history = pd.Series(view.close("SPY"), index=list(view.sessions))
        if len(history) > len(self.following):
            self.following = history.shift(-1).dropna()
        tomorrow = self.following.get(view.as_of, None)
        shares = bool(closes[-1] > closes.mean() if tomorrow is None else tomorrow > closes[-1])
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
            strategy_id="ahead-shift-instance",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
