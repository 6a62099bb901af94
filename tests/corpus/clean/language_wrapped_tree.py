"""Clean: language. Asks a rule tree and halves what it wants in wild times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    RuleStrategy,
    StrategySpec,
    TargetPortfolio,
    UndecidedError,
    hookimpl,
)
from alchemiser.rules import price, sma, when

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("QQQ", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]
        self.rules = RuleStrategy(when(price("QQQ") > sma("QQQ", params.sessions), "QQQ", "TLT"))

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = self.window(view)
        wanted = self.rules.target(view)
        if np.diff(np.log(closes)).std() < 0.012:
            return wanted
        return TargetPortfolio.of({name: weight / 2 for name, weight in wanted.weights})

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
            strategy_id="language-wrapped-tree",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
