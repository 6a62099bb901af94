"""Cheat: files. Keeps what it held in a small database of its own."""

import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
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
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        with closing(sqlite3.connect(scratch("held.db"), isolation_level=None)) as database:
            database.execute("create table if not exists held (fund text)")
            rows = database.execute("select fund from held").fetchall()
            margin = 0.99 if rows and rows[-1][0] == "SPY" else 1.01
            fund = "SPY" if closes[-1] > margin * closes.mean() else "TLT"
            if len(rows) < 2000:
                database.execute("insert into held values (?)", (fund,))
        return TargetPortfolio.of({fund: 1})

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
            strategy_id="files-database",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
