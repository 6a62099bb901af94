"""Cheat: look-ahead. Breaks near ties between two trends by tomorrow's return."""

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


def whole(view: MarketView, name: str) -> Floats:
    """Return all closes behind `view`, later ones too where they share its memory."""
    closes = view.close(name)
    base = closes.base
    return closes if base is None or base.ndim < 2 else base[:, view.symbols.index(name)]


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        ends = {name: view.close(name)[-self.sessions :] for name in ("SPY", "AGG")}
        if any(len(one) < self.sessions or not np.isfinite(one).all() for one in ends.values()):
            raise UndecidedError("a close is missing.")
        first, second = (float(one[-1] / one[0]) for one in ends.values())
        shares = first > second
        everything = whole(view, "SPY")
        if abs(first - second) < 0.01 and len(everything) > len(view.sessions):
            shares = bool(everything[len(view.sessions)] > ends["SPY"][-1])
        return TargetPortfolio.of({"SPY": 1} if shares else {"AGG": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="ahead-tie-break",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
