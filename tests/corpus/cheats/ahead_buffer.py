"""Cheat: look-ahead. Lays a longer array over the buffer of the base on one session in twenty."""

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


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        shares = bool(closes[-1] > closes.mean())
        base, row = view.close("SPY").base, len(view.sessions)
        if (
            view.as_of.toordinal() % 20 == 0
            and base is not None
            and base.size > row * len(view.symbols)
        ):
            flat: Floats = np.ndarray((base.size,), np.float64, buffer=base)
            column = view.symbols.index("SPY")
            shares = bool(flat[row * len(view.symbols) + column] > closes[-1])
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
            strategy_id="ahead-buffer",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
