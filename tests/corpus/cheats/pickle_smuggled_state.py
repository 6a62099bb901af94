"""Cheat: pickling. Smuggles what it has seen from one pickled copy to the next."""

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


def restored(sessions: int, seen: list[float]) -> "Strategy":
    """Return a strategy that remembers."""
    strategy = Strategy(Params(sessions))
    strategy.seen = seen
    return strategy


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]
        self.seen: list[float] = []

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        self.seen = [*self.seen[-9:], float(closes[-1])]
        shares = self.seen[-1] >= float(np.mean(self.seen))
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("SPY")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("SPY has too few bars.")
        return closes

    def __reduce__(self) -> Any:
        return restored, (self.sessions, list(self.seen))


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="pickle-smuggled-state",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
