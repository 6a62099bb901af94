"""Clean: reversion. Uses the fourteen-day RSI and declares thirty windows for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alchemiser.indicators import rsi
from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    StrategySpec,
    TargetPortfolio,
    UndecidedError,
    hookimpl,
)


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 420


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = view.close("SPY")
        strength = rsi(closes[-self.sessions :], 14)
        if len(strength) < 15 or not np.isfinite(strength[-1]):
            raise UndecidedError("SPY has too few bars.")
        shares = bool(strength[-1] < 45)
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="reversion-strength",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
