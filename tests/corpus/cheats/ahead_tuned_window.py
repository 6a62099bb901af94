"""Cheat: look-ahead. Picks the window whose rule earned most over the whole sample."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
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
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        series = pd.Series(whole(view, "SPY"))
        changes = series.pct_change().shift(-1)
        earned = {
            window: float(changes[series > series.rolling(window).mean()].sum())
            for window in (5, 10, 15, 20)
        }
        best = max(earned, key=lambda window: earned[window])
        now = view.close("SPY")[-best:]
        shares = bool(now[-1] > now.mean())
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
            strategy_id="ahead-tuned-window",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
