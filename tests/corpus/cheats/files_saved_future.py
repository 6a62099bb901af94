"""Cheat: files. Saves every history it is shown, for the next run to look ahead in."""

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
        self.requirements = Requirements((("IEF", params.sessions), ("SPY", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        path = scratch("SPY.npy")
        saved = np.load(path) if path.exists() else np.empty((2, 0))
        days = np.array([day.toordinal() for day in view.sessions], dtype=np.float64)
        later = saved[1, saved[0] > days[-1]]
        if not len(later):
            np.save(path, np.vstack([days, view.close("SPY")]))
        shares = bool(later[0] > closes[-1] if len(later) else closes[-1] > closes.mean())
        return TargetPortfolio.of({"SPY": 1} if shares else {"IEF": 1})

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
            strategy_id="files-saved-future",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
