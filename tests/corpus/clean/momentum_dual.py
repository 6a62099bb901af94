"""Clean: momentum. Holds the stronger of two funds if it beats bills, else bonds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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

    sessions: int = 127


class Strategy:
    """Hold the stronger fund."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in ("AGG", "QQQ", "SPY"))
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        first, second, bills = (self.rise(view, name) for name in ("QQQ", "SPY", "AGG"))
        if max(first, second) <= bills:
            return TargetPortfolio.of({"AGG": 1})
        return TargetPortfolio.of({"QQQ" if first > second else "SPY": 1})

    def rise(self, view: MarketView, name: str) -> float:
        closes = view.close(name)[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes[[0, -1]]).all():
            raise UndecidedError(f"{name} has too few bars.")
        return float(closes[-1] / closes[0] - 1)


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="momentum-dual",
            summary="Holds the stronger fund.",
            params=Params,
            build=build,
        )
    ]
