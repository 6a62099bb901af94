"""Cheat: process. Traces its caller and reads the variables there between two calls."""

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
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]
        self.later: dict[int, float] = {}

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        sys.settrace(self.spy)
        later = self.later.get(len(view.sessions), 0.0)
        shares = bool(later > closes[-1] if later else closes[-1] > closes.mean())
        return TargetPortfolio.of({"QQQ": 1} if shares else {"TLT": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("QQQ")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("QQQ has too few bars.")
        return closes

    def spy(self, frame: FrameType, event: str, argument: object) -> Any:
        del argument
        panel: Any = frame.f_locals.get("panel") if event == "call" else None
        closes = panel.closes("QQQ") if hasattr(panel, "closes") else None
        if closes is not None:
            self.later.update(enumerate(closes.tolist()))


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="proc-trace-caller",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
