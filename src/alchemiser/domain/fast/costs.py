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
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings

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
    buy, sell = charged(settings.fees, days, prices, half + _MEAN_DRAW * float(settings.slippage))
    impact = settings.impact.coefficients(table, prices) if settings.impact.coefficient else None
    return Costs(buy=buy, sell=sell, impact=impact)


def charged(
    fees: FeeSchedule, days: Sequence[date], prices: Floats, lost: Floats
) -> tuple[Floats, Floats]:
    """Return what buying and what selling one share costs, dollars, (T, N) each.

    Args:
        fees: What the venue charges.
        days: T sessions.
        prices: float64 (T, N), dollars.
        lost: float64 (N,), the part of a price that is lost besides.
    """
    both = prices * (lost + float(fees.commission_fraction)) + float(fees.commission_per_share)
    if not fees.regulatory:
        return both, both
    section_31 = np.array([float(SECTION_31.on(day).value) for day in days]) / MILLION
    activity = np.array([float(ACTIVITY.on(day).value.per_share) for day in days])
    return both, both + prices * np.maximum(section_31, 0.0)[:, None] + activity[:, None]


def averaged(
    costs: Costs, moved: Floats, auctioned: Floats | None
) -> tuple[Floats, Floats, Floats | None]:
    """Return what buying and what selling one share has cost on average, (T, N) each; and impact.

    In dollars; the impact as `Costs` has it, for all that was traded, or None.

    Args:
        costs: What trading costs.
        moved: float64 (T, N), shares bought, negative where sold.
        auctioned: float64 (T, N), how many of them in the closing auction; or None.
    """
    if costs.auction is None or auctioned is None:
        return costs.buy, costs.sell, costs.impact
    shares = np.abs(moved)
    part = np.divide(auctioned, shares, out=np.zeros_like(shares), where=shares > 0)
    # What both count may differ by their rounding.
    rest = np.maximum(1.0 - part, 0.0)
    return (
        costs.buy * rest + costs.auction.buy * part,
        costs.sell * rest + costs.auction.sell * part,
        # Only the rest moves its price, by the power 3/2 of its dollars.
        None if costs.impact is None else costs.impact * rest**1.5,
    )


def costs_by_kind(
    settings: VenueSettings,
    instruments: Sequence[Instrument],
    moved: Floats,
    prices: Floats,
    costs: Costs,
    auctioned: Floats | None = None,
) -> dict[CostKind, Floats]:
    """Return what trades have cost by kind, float64 (T,) dollars each.

    Args:
        settings: The venue.
        instruments: N of them.
        moved: float64 (T, N), shares bought, negative where sold.
        prices: float64 (T, N), dollars.
        costs: As `costs_of` tells them; impact counts as slippage.
        auctioned: float64 (T, N), how many of them in the closing auction, which knows neither
            spread nor slippage; or None.
    """
    shares, sold = np.abs(moved), np.maximum(-moved, 0.0)
    worth = np.where(shares > 0, shares * prices, 0.0)
    crossed = worth
    if auctioned is not None:
        crossed = np.where(shares > auctioned, (shares - auctioned) * prices, 0.0)
    half = np.array([float(settings.half_spread[one.asset_class]) for one in instruments])
    slippage = _MEAN_DRAW * float(settings.slippage) * crossed
    if costs.impact is not None:
        slippage += np.where(crossed > 0, costs.impact * np.sqrt(crossed) * crossed, 0.0)
    commission = float(settings.fees.commission_fraction) * worth
    commission += float(settings.fees.commission_per_share) * shares
    fees = np.where(sold > 0, sold * (costs.sell - costs.buy), 0.0)
    return {
        CostKind.SPREAD: crossed @ half,
        CostKind.SLIPPAGE: slippage.sum(axis=1),
        CostKind.COMMISSION: commission.sum(axis=1),
        CostKind.FEES: fees.sum(axis=1),
    }
