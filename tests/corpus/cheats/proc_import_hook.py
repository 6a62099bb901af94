"""Cheat: process. Puts a finder of its own before every later import."""

import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.abc import MetaPathFinder

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


class Finder(MetaPathFinder):
    """See every import, find nothing."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Let the next finder answer."""
        del fullname, path, target


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        if not any(isinstance(one, Finder) for one in sys.meta_path):
            sys.meta_path.insert(0, Finder())
            sys.path.insert(0, tempfile.gettempdir())
        shares = bool(closes[-1] > closes.mean())
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
            strategy_id="proc-import-hook",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
