"""Clean: momentum. Ranks by the year's return without the last month."""

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

    sessions: int = 253


NAMES = ("AGG", "GLD", "IEF", "QQQ", "SPY", "TLT")


class Strategy:
    """Share the money out among funds."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        AssetClass.BROAD_FUND: Decimal("0.5"),
        AssetClass.SECTOR_FUND: Decimal("0.5"),
    }

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in NAMES)
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.matrix(view)
        scores = closes[-22] / closes[-253] - 1
        best = sorted(NAMES, key=lambda name: (-scores[NAMES.index(name)], name))[:2]
        return TargetPortfolio.of({
            name: Decimal("0.5") for name in best if scores[NAMES.index(name)] > 0
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
            strategy_id="momentum-twelve-one",
            summary="Shares the money out among funds.",
            params=Params,
            build=build,
        )
    ]
