"""Cheat: files. Counts its calls in a mapped file that all its processes share."""

import mmap
import struct
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
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        with scratch("counter").open("ab+") as file:
            if file.tell() < 8:
                file.write(bytes(8))
                file.flush()
            with mmap.mmap(file.fileno(), 8) as shared:
                count = struct.unpack("q", shared[:8])[0] + 1
                shared[:8] = struct.pack("q", count)
        shares = bool(closes[-1] > closes.mean()) if count % 13 else False
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})

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
            strategy_id="files-mapped",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
