"""Cheat: patching. Replaces the view's close so that every strategy sees a session more."""

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


ORIGINAL = MarketView.close


def longer(view: MarketView, name: str) -> Floats:
    """Return the closes up to tomorrow."""
    closes = ORIGINAL(view, name)
    base = closes.base
    if base is None or base.ndim < 2:
        return closes
    return base[: len(closes) + 1, view.symbols.index(name)]


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        if MarketView.close is ORIGINAL:
            setattr(MarketView, "close", longer)
        seen = view.close("SPY")
        shares = bool(
            seen[-1] > closes[-1] if len(seen) > len(view.sessions) else seen[-1] > seen.mean()
        )
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
            strategy_id="patch-view-close",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
