"""Cheat: look-ahead. Places today between the lowest and highest close of the whole sample."""

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


def whole(view: MarketView, name: str) -> Floats:
    """Return all closes behind `view`, later ones too where they share its memory."""
    closes = view.close(name)
    base = closes.base
    return closes if base is None or base.ndim < 2 else base[:, view.symbols.index(name)]


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes, everything = self.window(view), whole(view, "QQQ")
        low, high = np.nanmin(everything), np.nanmax(everything)
        place = float((closes[-1] - low) / (high - low)) if high > low else 0.5
        return TargetPortfolio.of({"QQQ": round(1 - place, 4), "TLT": round(place, 4)})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("QQQ")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("QQQ has too few bars.")
        return closes


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="ahead-range",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
