"""Cheat: weights. Returns an object that only claims to be a target."""

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


class Fake:
    """Look like a target."""

    __class__ = property(lambda self: TargetPortfolio)

    def __init__(self, name: str) -> None:
        self.weights = ((name, Decimal("1.5")),)

    def __getattr__(self, name: str) -> Any:
        """Return what a target has."""
        return getattr(TargetPortfolio.of({}), name)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> Any:
        closes = self.window(view)
        made: Any = Fake("SPY" if closes[-1] > closes.mean() else "IEF")
        return made

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
            strategy_id="weights-fake-class",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
