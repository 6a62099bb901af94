"""Clean: allocation. Fits principal components within its window only."""

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


NAMES = ("AGG", "GLD", "IEF", "QQQ", "SPY", "TLT")


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
        changes = np.diff(np.log(self.matrix(view)), axis=0)
        centred = changes - changes.mean(axis=0)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        first = axes[0] * (1 if axes[0][NAMES.index("SPY")] >= 0 else -1)
        pull = float(centred[-5:].sum(axis=0) @ first)
        return TargetPortfolio.of({"SPY": 1} if pull > 0 else {"IEF": 1})

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
            strategy_id="allocation-components",
            summary="Shares the money out among funds.",
            params=Params,
            build=build,
        )
    ]
