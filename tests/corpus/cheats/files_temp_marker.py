"""Cheat: files. Leaves a marker at its first call and finds it at the later ones."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

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


def scratch(name: str) -> Path:
    """Return a path in a folder of temporary files."""
    folder = Path(tempfile.gettempdir()) / "strategy-scratch"
    folder.mkdir(exist_ok=True)
    return folder / name


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("AGG", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        marker = scratch("first-call")
        known = marker.exists()
        marker.touch()
        shares = bool(closes[-1] > closes.mean()) == known
        return TargetPortfolio.of({"SPY": 1} if shares else {"AGG": 1})

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
            strategy_id="files-temp-marker",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
