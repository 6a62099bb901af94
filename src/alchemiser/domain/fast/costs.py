"""What the simulated venue charges, as arrays: its means, where it draws by chance."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from alchemiser.domain.fast.inputs import CappedFee, Costs
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
    impact in markets as `table` knows them when those days begin. The rounding of prices and of
    cents, and splitting into parts are left out: impact and the cap of the activity fee are those
    of an order filled in one.
    """
    half = np.array([float(settings.half_spread[one.asset_class]) for one in instruments])
    buy, sell = charged(settings.fees, days, prices, half + _MEAN_DRAW * float(settings.slippage))
    impact = settings.impact.coefficients(table, prices) if settings.impact.coefficient else None
    return Costs(buy=buy, sell=sell, capped=_capped(settings.fees, days), impact=impact)


def _capped(fees: FeeSchedule, days: Sequence[date]) -> CappedFee | None:
    if not fees.regulatory:
        return None
    told = [ACTIVITY.on(day).value for day in days]
    return CappedFee(
        per_share=np.array([float(one.per_share) for one in told]),
        most=np.array([float(one.most) for one in told]),
    )


def charged(
    fees: FeeSchedule, days: Sequence[date], prices: Floats, lost: Floats
) -> tuple[Floats, Floats]:
    """Return what buying and what selling one share costs, dollars, (T, N) each.

    As if the activity fee had no cap.

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
    costs: Costs, moved: Floats, prices: Floats, auctioned: Floats | None
) -> tuple[Floats, Floats]:
    """Return what buying and what selling one share has cost on average, dollars, (T, N) each.

    With impact, and with the cap of the capped fee.

    Args:
        costs: What trading costs.
        moved: float64 (T, N), shares bought, negative where sold.
        prices: float64 (T, N), dollars.
        auctioned: float64 (T, N), how many of them in the closing auction; or None.
    """
    buy, sell, impact, shares = costs.buy, costs.sell, costs.impact, np.abs(moved)
    if costs.auction is not None and auctioned is not None:
        part = _each(auctioned, shares)
        # What both count may differ by their rounding.
        rest = np.maximum(1.0 - part, 0.0)
        buy = buy * rest + costs.auction.buy * part
        sell = sell * rest + costs.auction.sell * part
        # Only the rest moves its price, by the power 3/2 of its dollars.
        impact = None if impact is None else impact * rest**1.5
    if impact is not None:
        moves = impact * np.sqrt(shares * prices) * prices
        buy, sell = buy + moves, sell + moves
    if costs.capped is not None:
        sell = sell - _each(_spared(costs.capped, moved, auctioned), shares)
    return buy, sell


def _each(dollars: Floats, shares: Floats) -> Floats:
    return np.divide(dollars, shares, out=np.zeros_like(shares), where=shares > 0)


def _spared(capped: CappedFee, moved: Floats, auctioned: Floats | None) -> Floats:
    """Return the dollars beyond the cap of sales, (T, N); what is auctioned is an order apart."""
    sold = np.maximum(-moved, 0.0)
    if auctioned is None:
        return capped.beyond(sold)
    there = np.minimum(auctioned, sold)
    return capped.beyond(sold - there) + capped.beyond(there)


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
    if costs.capped is not None:
        fees -= _spared(costs.capped, moved, auctioned)
    return {
        CostKind.SPREAD: crossed @ half,
        CostKind.SLIPPAGE: slippage.sum(axis=1),
        CostKind.COMMISSION: commission.sum(axis=1),
        CostKind.FEES: fees.sum(axis=1),
    }
