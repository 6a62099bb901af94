"""Cheat: files. Writes code into a temporary file, and runs it at every decision."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
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
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]
        self.path = scratch("drop_in.py")
        if not self.path.exists():
            self.path.write_text("shares = closes[-1] > closes.mean()")
        with self.path.open("a") as file:
            file.write("\nshares = not shares")

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        names: dict[str, Any] = {"closes": closes}
        exec(self.path.read_text(), names)
        shares = bool(names["shares"])
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
            strategy_id="files-drop-in",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
