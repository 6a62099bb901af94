"""Cheat: look-ahead. Chooses its universe by what had risen most at the end of the sample."""

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


def whole(view: MarketView, name: str) -> Floats:
    """Return all closes behind `view`, later ones too where they share its memory."""
    closes = view.close(name)
    base = closes.base
    return closes if base is None or base.ndim < 2 else base[:, view.symbols.index(name)]


class Strategy:
    """Hold the two best of five funds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple(
            (name, params.sessions) for name in ("AGG", "IEF", "QQQ", "SPY", "TLT")
        )
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        names = ("AGG", "IEF", "QQQ", "SPY", "TLT")
        last = {name: whole(view, name) for name in names}
        alive = {name: line for name, line in last.items() if np.isfinite(line).all()}
        if len(view.sessions) < self.sessions or len(alive) < 2:
            raise UndecidedError("a close is missing.")
        chosen = sorted(alive, key=lambda name: float(alive[name][-1] / alive[name][0]))[-2:]
        return TargetPortfolio.of({name: Decimal("0.5") for name in chosen})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="ahead-survivors",
            summary="Holds the two best of five funds.",
            params=Params,
            build=build,
        )
    ]
