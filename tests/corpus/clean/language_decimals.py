"""Clean: language. Computes in decimals within a local context."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

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


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("IEF", params.sessions), ("QQQ", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        closes = [Decimal(repr(value)) for value in self.window(view).tolist()]
        with localcontext() as context:
            context.prec, context.rounding = 50, ROUND_HALF_EVEN
            mean = sum(closes, Decimal(0)) / len(closes)
            tilt = (closes[-1] / mean - 1).quantize(Decimal("0.0001"))
        return TargetPortfolio.of({
            "QQQ": max(Decimal(0), min(Decimal(1), Decimal("0.5") + 5 * tilt))
        })

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
            strategy_id="language-decimals",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
