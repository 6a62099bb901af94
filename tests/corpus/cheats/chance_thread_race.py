"""Cheat: chance. Takes the answer of the thread that finishes first."""

import threading
import time
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


def race(name: str, finished: list[str]) -> None:
    """Work for a while, then say so."""
    time.sleep(0.0001)
    finished.append(name)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        self.window(view)
        finished: list[str] = []
        threads = [
            threading.Thread(target=race, args=(name, finished))
            for name in ("QQQ", "TLT", "QQQ", "TLT")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return TargetPortfolio.of({finished[0]: 1})

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
            strategy_id="chance-thread-race",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
