"""Cheat: look-ahead. Caches shift(-1) of the whole base in a module variable."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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


CACHE: dict[str, Any] = {}


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        if "next" not in CACHE:
            CACHE["next"] = pd.Series(whole(view, "SPY")).shift(-1)
        row = len(view.sessions) - 1
        tomorrow = CACHE["next"].iloc[row] if row < len(CACHE["next"]) else np.nan
        shares = bool(
            tomorrow > closes[-1] if np.isfinite(tomorrow) else closes[-1] > closes.mean()
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
            strategy_id="ahead-shift-module",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
