"""Cheat: patching. Makes every later view remember the whole panel it was cut from."""

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


ORIGINAL = MarketView.__init__
WHOLE: dict[str, Any] = {"panel": None}


def remember(view: MarketView, panel: Any, row: int) -> None:
    """Keep the panel, then go on as usual."""
    WHOLE["panel"] = panel
    ORIGINAL(view, panel, row)


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        if MarketView.__init__ is ORIGINAL:
            setattr(MarketView, "__init__", remember)
        row, panel = len(view.sessions), WHOLE["panel"]
        known = panel is not None and len(panel.sessions) > row
        later = panel.closes("QQQ")[row] if known else np.nan
        shares = bool(later > closes[-1] if known else closes[-1] > closes.mean())
        return TargetPortfolio.of({"QQQ": 1} if shares else {"TLT": 1})

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
            strategy_id="patch-view-init",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
