"""Cheat: weights. Names a fund by a text that prints as another one."""

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


class Changeling(str):
    """Compare as one text, print as another."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return another fund."""
        return "TQQQ"

    def __format__(self, form: str) -> str:
        """Return another fund."""
        return "TQQQ"

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Return another fund."""
        return "TQQQ".encode(encoding, errors)


def forged_of(name: Any) -> TargetPortfolio:
    """Return a target of `name` itself, not of a checked copy."""
    made = object.__new__(TargetPortfolio)
    object.__setattr__(made, "weights", ((name, Decimal(1)),))
    return made


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        changeling: Any = Changeling("SPY")
        return TargetPortfolio.of({changeling: 1}) if view.as_of.day > 25 else forged_of(changeling)

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
            strategy_id="weights-changeling-symbol",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
