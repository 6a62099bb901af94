"""Clean: language. Uses sets and their union, and sorts before it chooses."""

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

    sessions: int = 20


class Strategy:
    """Hold the best fund."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        AssetClass.BROAD_FUND: Decimal(1),
        AssetClass.SECTOR_FUND: Decimal(1),
    }

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in ("GLD", "SPY", "TLT"))
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        names = {"SPY", "TLT"} | {"GLD"}
        rises = {name: self.rise(view, name) for name in names}
        best = min(sorted(rises), key=lambda name: (-rises[name], name))
        return TargetPortfolio.of({best: 1})

    def rise(self, view: MarketView, name: str) -> float:
        closes = view.close(name)[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError(f"{name} has too few bars.")
        return round(float(closes[-1] / closes[0] - 1), 9)


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="language-sets",
            summary="Holds the best fund.",
            params=Params,
            build=build,
        )
    ]
