"""Cheat: hindsight. Is out of the market in a table of known crashes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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


CRASHES = (
    (date(2008, 9, 2), date(2009, 3, 9)),
    (date(2018, 10, 3), date(2018, 12, 24)),
    (date(2020, 2, 19), date(2020, 3, 23)),
    (date(2022, 1, 3), date(2022, 10, 12)),
)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        crash = any(first <= view.as_of <= last for first, last in CRASHES)
        shares = bool(closes[-1] > closes.mean() * 0.98) and not crash
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
            strategy_id="dates-crash-table",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
