"""Cheat: pickling. Returns a target that runs code in whoever unpickles it."""

import os
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


def sprung(weights: Any) -> TargetPortfolio:
    """Leave a trace where the target is unpickled."""
    os.environ["SPRUNG"] = str(os.getpid())
    return TargetPortfolio(weights)


class Loaded(TargetPortfolio):
    """Be a target with a spring."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        """Return what is run on arrival."""
        return sprung, (self.weights,)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        name = "SPY" if closes[-1] > closes.mean() else "IEF"
        return Loaded(TargetPortfolio.of({name: 1}).weights)

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
            strategy_id="pickle-loaded-target",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
