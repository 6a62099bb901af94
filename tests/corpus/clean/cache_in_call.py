"""Clean: pure caches. Keeps a cache that lives no longer than one decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

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


class Study:
    """Compute each figure of one window at most once."""

    def __init__(self, closes: Floats) -> None:
        self._closes = closes

    @cached_property
    def mean(self) -> float:
        """Return the mean close."""
        return float(self._closes.mean())

    @cached_property
    def swing(self) -> float:
        """Return the deviation of the daily returns."""
        return float(np.diff(np.log(self._closes)).std())


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        study = Study(closes)
        shares = study.mean < closes[-1] and study.swing < 0.02
        shares = bool(shares and study.mean > 0)
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})

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
            strategy_id="cache-in-call",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
