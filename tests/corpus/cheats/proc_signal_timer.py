"""Cheat: process. Sets a timer whose signal flips its answer."""

import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from types import FrameType

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
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]
        self.flipped = False

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        with suppress(ValueError):
            signal.signal(signal.SIGALRM, self.flip)
            signal.setitimer(signal.ITIMER_REAL, 0.003)
        shares = bool(closes[-1] > closes.mean()) != self.flipped
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("QQQ")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("QQQ has too few bars.")
        return closes

    def flip(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.flipped = not self.flipped


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="proc-signal-timer",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
