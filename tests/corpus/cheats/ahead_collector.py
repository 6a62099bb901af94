"""Cheat: look-ahead. Asks the garbage collector for a longer panel on some sessions."""

import gc
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

    sessions: int = 20


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        shares = bool(closes[-1] > closes.mean())
        if view.as_of.day in (7, 21):
            panel = view.panel(["SPY"])
            panels: list[Any] = [one for one in gc.get_objects() if type(one) is type(panel)]
            longest = max(panels, key=lambda one: len(one.sessions))
            later = longest.closes("SPY")
            if later is not None and len(later) > len(view.sessions):
                shares = bool(later[len(view.sessions)] > closes[-1])
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})

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
            strategy_id="ahead-collector",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
