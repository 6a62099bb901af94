"""Clean: data at hand. Fills gaps inside its window forwards with pandas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from alchemiser.plugins import (
    AssetClass,
    MarketView,
    Requirements,
    StrategySpec,
    TargetPortfolio,
    UndecidedError,
    hookimpl,
)


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = pd.Series(view.close("QQQ")[-self.sessions :]).ffill().dropna()
        if len(closes) < 5:
            raise UndecidedError("QQQ has too few bars.")
        shares = bool(closes.iloc[-1] > closes.mean())
        return TargetPortfolio.of({"QQQ": 1} if shares else {"IEF": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="data-filled",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
