"""Clean: data at hand. Skips missing bars of its window and decides with ten that are there."""

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
    UndecidedError,
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
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        window = view.close("SPY")[-self.sessions :]
        closes = window[np.isfinite(window)]
        if len(closes) < 10 or not np.isfinite(window[-1]):
            raise UndecidedError("SPY has too few bars.")
        shares = bool(closes[-1] > np.mean(closes))
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="data-gaps",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
