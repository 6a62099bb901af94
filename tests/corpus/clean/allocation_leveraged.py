"""Clean: allocation. Holds a little of a leveraged fund and of gold, as declared by class."""

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

    sessions: int = 50


NAMES = ("GLD", "SPY", "TQQQ")


class Strategy:
    """Share the money out among funds."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        AssetClass.BROAD_FUND: Decimal("0.45"),
        AssetClass.LEVERAGED_FUND: Decimal("0.3"),
        AssetClass.SECTOR_FUND: Decimal("0.25"),
    }

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in NAMES)
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.matrix(view)
        rising = closes[-1] > closes.mean(axis=0)
        weights = {"GLD": 0.25 * rising[0], "SPY": 0.45, "TQQQ": 0.3 * rising[2]}
        return TargetPortfolio.of({name: float(part) for name, part in weights.items()})

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
            strategy_id="allocation-leveraged",
            summary="Shares the money out among funds.",
            params=Params,
            build=build,
        )
    ]
