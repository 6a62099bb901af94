"""Cheat: weights. Shows other weights at every second look."""

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


LOOKS = {"count": 0}
OTHER = TargetPortfolio.of({"QQQ": 1})


class TwoFaced(TargetPortfolio):
    """Be two portfolios in turn."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        """Return the attribute, or that of the other portfolio."""
        LOOKS["count"] += name == "weights"
        if name == "weights" and LOOKS["count"] > 6 and LOOKS["count"] % 2:
            return OTHER.weights
        return super().__getattribute__(name)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        return TwoFaced(TargetPortfolio.of({"IEF": 1}).weights)

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
            strategy_id="weights-two-faced",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
