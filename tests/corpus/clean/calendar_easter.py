"""Clean: calendar. Computes Easter by rule and holds shares before the holiday."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

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


@cache
def easter(year: int) -> date:
    """Return Easter Sunday of `year` (Gauss, for 1900 to 2099)."""
    moon = (19 * (year % 19) + 24) % 30
    day = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    late = moon + day - (7 if moon == 29 and day == 6 else 0)
    late -= 7 if moon == 28 and day == 6 and year % 19 > 10 else 0
    return date(year, 3, 22) + timedelta(days=late)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        days = (easter(view.as_of.year) - view.as_of).days
        shares = 0 < days < 10 or bool(closes[-1] > closes.mean())
        return TargetPortfolio.of({"QQQ": 1} if shares else {"TLT": 1})

    def window(self, view: MarketView) -> Floats:
        closes = view.close("QQQ")[-self.sessions :]
        if len(closes) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("QQQ has too few bars.")
        return closes


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="calendar-easter",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
