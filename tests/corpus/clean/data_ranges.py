"""Clean: data at hand. Measures volatility by highs and lows if there are any, else by closes."""

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
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        panel, column = view.panel(["SPY"]), view.symbols.index("SPY")
        swing = float(np.diff(np.log(closes)).std())
        if panel.high is not None and panel.low is not None:
            ratio = panel.high[-len(closes) :, column] / panel.low[-len(closes) :, column]
            ranges = np.log(ratio[np.isfinite(ratio)]) ** 2
            swing = float(np.sqrt(ranges.mean() / (4 * np.log(2)))) if len(ranges) else swing
        return TargetPortfolio.of({"SPY": round(min(1.0, 0.006 / max(swing, 0.001)), 6)})

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
            strategy_id="data-ranges",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
