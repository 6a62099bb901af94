"""Cheat: look-ahead. Walks up the callers' frames to a panel that is longer than the view."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import FrameType
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


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        shares = bool(closes[-1] > closes.mean())
        cut = type(view.panel([]))
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            for value in list(frame.f_locals.values()):
                panel: Any = getattr(value, "panel", value)
                fits = type(panel) is cut
                if fits and len(panel.sessions) > len(view.sessions):
                    shares = bool(panel.closes("SPY")[len(view.sessions)] > closes[-1])
            frame = frame.f_back
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
            strategy_id="ahead-frames",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
