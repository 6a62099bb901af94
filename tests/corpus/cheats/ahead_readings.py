"""Cheat: look-ahead. Takes the next sessions' value out of the readings that views share."""

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
from alchemiser.rules import cumulative_return

Floats = NDArray[np.float64]
RETURN = cumulative_return("SPY", 3)


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
        view.reading(RETURN)
        shared = getattr(view, "_{}ings".format("read"))
        later = shared.named(RETURN)[0][len(view.sessions) + 2 :]
        shares = bool(later[0] > 0 if len(later) else closes[-1] > closes.mean())
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
            strategy_id="ahead-readings",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
