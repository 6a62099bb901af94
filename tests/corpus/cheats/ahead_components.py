"""Cheat: look-ahead. Fits principal components on all rows of the base, then trades their sign."""

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


def whole(view: MarketView, name: str) -> Floats:
    """Return all closes behind `view`, later ones too where they share its memory."""
    closes = view.close(name)
    base = closes.base
    return closes if base is None or base.ndim < 2 else base[:, view.symbols.index(name)]


class Strategy:
    """Rotate between shares and bonds."""

    largest_weights: Mapping[AssetClass, Decimal] = {AssetClass.BROAD_FUND: Decimal(1)}

    def __init__(self, params: Params) -> None:
        self.sessions = params.sessions
        self.requirements = Requirements((("SPY", params.sessions), ("TLT", params.sessions)))  # type: ignore[arg-type]

    def target(self, view: MarketView) -> TargetPortfolio:
        ends = [view.close(name)[-self.sessions :] for name in ("SPY", "TLT")]
        closes = np.column_stack([whole(view, name) for name in ("SPY", "TLT")])
        if len(ends[0]) < self.sessions or not np.isfinite(closes).all():
            raise UndecidedError("a close is missing.")
        changes = np.diff(np.log(closes), axis=0)
        centred = changes - changes.mean(axis=0)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        shares = bool((centred[: len(view.sessions) - 1][-5:] @ axes[0]).sum() * axes[0][0] > 0)
        return TargetPortfolio.of({"SPY": 1} if shares else {"TLT": 1})


def build(params: Params) -> Strategy:
    return Strategy(params)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="ahead-components",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
