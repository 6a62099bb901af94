"""Cheat: look-ahead. Forges an array interface that reaches five rows past the end."""

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


class Longer:
    """Pretend to be an array that is longer than it is."""

    def __init__(self, closes: Floats, more: int) -> None:
        self.__array_interface__: dict[str, Any] = dict(closes.__array_interface__)
        self.__array_interface__["shape"] = (len(closes) + more,)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        later = np.asarray(Longer(closes, 5))[-5:]
        sane = np.isfinite(later).all() and (abs(later / closes[-1] - 1) < 0.3).all()
        shares = bool(later.mean() > closes[-1] if sane else closes[-1] > closes.mean())
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
            strategy_id="ahead-array-interface",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
