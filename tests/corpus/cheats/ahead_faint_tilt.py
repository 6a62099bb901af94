"""Cheat: look-ahead. Tilts its weights by a thousandth of tomorrow's return."""

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
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes, everything = self.window(view), whole(view, "SPY")
        later = everything[len(view.sessions) : len(view.sessions) + 1]
        tilt = 0.001 * float(np.clip(later[0] / closes[-1] - 1, -1, 1)) if len(later) else 0.0
        base = 0.6 if closes[-1] > closes.mean() else 0.3
        return TargetPortfolio.of({"SPY": base + tilt, "TLT": 0.3})

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
            strategy_id="ahead-faint-tilt",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
