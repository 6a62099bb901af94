"""Clean: allocation. Iterates to equal contributions to risk within its window."""

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

    sessions: int = 61


NAMES = ("AGG", "GLD", "SPY")


class Strategy:
    """Share the money out among funds."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        AssetClass.BROAD_FUND: Decimal(1),
        AssetClass.SECTOR_FUND: Decimal(1),
    }

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in NAMES)
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        covariance = np.cov(np.diff(np.log(self.matrix(view)), axis=0).T)
        weights = np.full(len(NAMES), 1 / len(NAMES))
        for _ in range(60):
            weights = np.sqrt(weights / np.maximum(covariance @ weights, 1e-9))
            weights /= weights.sum()
        return TargetPortfolio.of({
            name: float(part) for name, part in zip(NAMES, weights, strict=True)
        })

    def matrix(self, view: MarketView) -> Floats:
        closes = [view.close(name)[-self.sessions :] for name in NAMES]
        if any(len(one) < self.sessions or not np.isfinite(one).all() for one in closes):
            raise UndecidedError("a fund has too few bars.")
        return np.column_stack(closes)


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="allocation-risk-parity",
            summary="Shares the money out among funds.",
            params=Params,
            build=build,
        )
    ]
