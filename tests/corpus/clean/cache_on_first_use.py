"""Clean: pure caches. Makes a constant table at the first decision and keeps it in the instance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

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


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]
        self.kernel: Floats | None = None

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        if self.kernel is None:
            self.kernel = np.hanning(self.sessions + 2)[1:-1]
        shares = bool(closes[-1] > float(closes @ self.kernel) / float(self.kernel.sum()))
        return TargetPortfolio.of({"SPY": 1} if shares else {"AGG": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("SPY")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("SPY has too few bars.")
        return closes


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="cache-on-first-use",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
