"""Clean: language. Tells the market's state by an enumeration and a match."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

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


class State(Enum):
    """Name what to hold."""

    FALLING = "TLT"
    RISING = "QQQ"


@dataclass(frozen=True)
class Mood:
    """Describe the market."""

    rising: bool
    calm: bool


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        calm = bool(np.diff(np.log(closes)).std() < 0.01)
        match Mood(bool(closes[-1] > closes.mean()), calm):
            case Mood(rising=True, calm=True):
                return TargetPortfolio.of({"QQQ": 1})
            case Mood(rising=True):
                return TargetPortfolio.of({"QQQ": 0.5, "TLT": 0.5})
            case _:
                return TargetPortfolio.of({State.FALLING.value: 1})

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
            strategy_id="language-states",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
