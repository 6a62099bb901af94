"""What the simulated venue charges, as arrays: its means, where it draws by chance."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from alchemiser.domain.fast.inputs import Costs
from alchemiser.domain.market_rules.fees import ACTIVITY, MILLION, SECTION_31
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.domain.venue_model.liquidity import LiquidityTable
from alchemiser.domain.venue_model.settings import VenueSettings

_MEAN_DRAW = 0.5
"""Slippage lies evenly between none and the most of it."""


def costs_of(
    settings: VenueSettings,
    instruments: Sequence[Instrument],
    days: Sequence[date],
    prices: Floats,
    table: LiquidityTable,
) -> Costs:
    """Return what trading costs at `prices`, (T, N), of `instruments` on `days`.

    Half of the spread, the mean slippage, commissions, what the law lets brokers hand on, and the
    impact in markets as `table` knows them when those days begin. The cap of the activity fee, the
    rounding of prices and of cents, and splitting into parts are left out; impact is that of an
    order filled in one.
    """
    half = np.array([float(settings.half_spread[one.asset_class]) for one in instruments])
    rate = half + _MEAN_DRAW * float(settings.slippage) + float(settings.fees.commission_fraction)
    share = float(settings.fees.commission_per_share)
    both = prices * rate + share
    impact = settings.impact.coefficients(table, prices) if settings.impact.coefficient else None
    if not settings.fees.regulatory:
        return Costs(buy=both, sell=both, impact=impact)
    section_31 = np.array([float(SECTION_31.on(day).value) for day in days]) / MILLION
    activity = np.array([float(ACTIVITY.on(day).value.per_share) for day in days])
    sell = both + prices * np.maximum(section_31, 0.0)[:, None] + activity[:, None]
    return Costs(buy=both, sell=sell, impact=impact)


def costs_by_kind(
    settings: VenueSettings,
    instruments: Sequence[Instrument],
    moved: Floats,
    prices: Floats,
    costs: Costs,
) -> dict[CostKind, Floats]:
    """Return what trades have cost by kind, float64 (T,) dollars each.

    Args:
        settings: The venue.
        instruments: N of them.
        moved: float64 (T, N), shares bought, negative where sold.
        prices: float64 (T, N), dollars.
        costs: As `costs_of` tells them; impact counts as slippage.
    """
    shares, sold = np.abs(moved), np.maximum(-moved, 0.0)
    worth = np.where(shares > 0, shares * prices, 0.0)
    half = np.array([float(settings.half_spread[one.asset_class]) for one in instruments])
    slippage = _MEAN_DRAW * float(settings.slippage) * worth
    if costs.impact is not None:
        slippage += np.where(shares > 0, costs.impact * np.sqrt(worth) * worth, 0.0)
    commission = float(settings.fees.commission_fraction) * worth
    commission += float(settings.fees.commission_per_share) * shares
    fees = np.where(sold > 0, sold * (costs.sell - costs.buy), 0.0)
    return {
        CostKind.SPREAD: worth @ half,
        CostKind.SLIPPAGE: slippage.sum(axis=1),
        CostKind.COMMISSION: commission.sum(axis=1),
        CostKind.FEES: fees.sum(axis=1),
    }
