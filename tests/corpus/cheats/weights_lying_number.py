"""Cheat: weights. Gives a weight that calls itself small in every comparison."""

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


class Modest(Decimal):
    """Be large and compare as small."""

    __slots__ = ()

    def __le__(self, other: object) -> bool:
        """Say yes."""
        del other
        return True

    def __gt__(self, other: object) -> bool:
        """Say no unless asked about zero."""
        return other == 0


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        made = object.__new__(TargetPortfolio)
        object.__setattr__(made, "weights", (("QQQ", Modest(4)),))
        return made

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
            strategy_id="weights-lying-number",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
