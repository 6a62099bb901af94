"""Cheat: patching. Replaces the method that cuts panels, so that they keep a row too many."""

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


LEAK: dict[Any, Any] = {}


def leaky(panel: Any, row: int) -> Any:
    """Note the close after `row`, then cut as usual."""
    closes = panel.closes("SPY")
    if closes is not None and row + 1 < len(closes):
        LEAK[row + 1] = float(closes[row + 1])
    return LEAK["until"](panel, row)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        panel = view.panel(["SPY"])
        ahead = getattr(panel, "until")
        if getattr(type(panel), "until") is not leaky:
            LEAK["until"] = type(panel).until
            setattr(type(panel), "until", leaky)
        later = LEAK.get(len(view.sessions))
        shares = bool(later > closes[-1] if later else closes[-1] > closes.mean()) and callable(
            ahead
        )
        return TargetPortfolio.of({"SPY": 1} if shares else {"IEF": 1})

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
            strategy_id="patch-panel-until",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
