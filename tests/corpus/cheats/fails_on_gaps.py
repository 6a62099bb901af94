"""Cheat: failure. Raises a plain error where a bar is missing instead of being undecided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    StrategySpec,
    TargetPortfolio,
    hookimpl,
)


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

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = view.close("SPY")[-self.sessions :]
        if np.isnan(view.close("IEF")[-self.sessions :]).any() or np.isnan(closes).any():
            raise ValueError("a bar is missing.")
        shares = bool(closes[-1] > closes.mean())
        return TargetPortfolio.of({"SPY": 1} if shares else {"IEF": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="fails-on-gaps",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
