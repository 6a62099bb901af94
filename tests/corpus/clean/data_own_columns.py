"""Clean: data at hand. Takes its own columns, and only these, from the panel of everybody."""

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


NAMES = ("AGG", "GLD", "IEF", "QQQ", "SPY", "TLT")


class Strategy:
    """Share the money out among funds."""

    largest_weights: Mapping[AssetClass, Decimal] = {
        AssetClass.BROAD_FUND: Decimal(1),
        AssetClass.SECTOR_FUND: Decimal(1),
    }

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        lookbacks: Any = tuple((name, params.sessions) for name in NAMES)
        self.requirements = Requirements(lookbacks)

    def target(self, view: MarketView) -> TargetPortfolio:
        self.matrix(view)
        panel = view.panel(NAMES)
        columns = [view.symbols.index(name) for name in NAMES]
        last = panel.close[-self.sessions :, columns]
        rises = (last[-1] / last[0] - 1).tolist()
        ranked = sorted(zip(rises, NAMES, strict=True), reverse=True)
        return TargetPortfolio.of({name: Decimal("0.5") for _, name in ranked[:2]})

    def matrix(self, view: MarketView) -> Floats:
        closes = [view.close(name)[-self.sessions :] for name in NAMES]
        if any(len(one) < self.sessions or not np.isfinite(one).all() for one in closes):
            raise UndecidedError("a fund has too few bars.")
        return np.column_stack(closes)


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="data-own-columns",
            summary="Shares the money out among funds.",
            params=Params,
            build=build,
        )
    ]
