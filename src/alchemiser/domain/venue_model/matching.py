"""How a limit order meets a quote: at what prices, in how many parts and how soon."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, ZERO, apportion
from alchemiser.domain.venue_model.settings import PARTS_LIMIT, VenueSettings

DRAWS = 2 + 3 * PARTS_LIMIT
"""Uniform draws in [0, 1) that one match takes."""

_SIZES, _DELAYS, _SLIPS = range(2, DRAWS, PARTS_LIMIT)
"""Where the draws of the parts' sizes, delays and slippage begin."""
_MICROSECOND = timedelta(microseconds=1)


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledFill:
    """Promise one fill.

    Attributes:
        delay: Time from the match to the fill.
        quantity: Shares, above zero, a multiple of the instrument's increment.
        price: Dollars a share, above zero, a multiple of the instrument's increment.
        commission: Dollars, whole cents.
    """

    delay: timedelta
    quantity: Decimal
    price: Decimal
    commission: Decimal


_promised: Final = maker(ScheduledFill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Hold what an order meets.

    Attributes:
        quote: As of the moment of the match.
        instrument: Gives asset class and increments.
        liquidity: What is known of it as the session begins.
    """

    quote: Quote
    instrument: Instrument
    liquidity: Liquidity = Liquidity()  # noqa: RUF009 - frozen


def touch(side: Side, quote: Quote, half_spread: Decimal) -> Decimal:
    """Return the price that a small order of `side` takes at once, in dollars.

    It is the quote's own, or `half_spread` (a fraction) off its middle where that is worse.
    """
    if side is Side.BUY:
        return max(quote.ask, quote.mid() * (ONE + half_spread))
    return min(quote.bid, quote.mid() * (ONE - half_spread))


def fill_schedule(
    order: NewOrderSingle,
    leaves_qty: Decimal,
    market: Market,
    settings: VenueSettings,
    draws: Sequence[Decimal],
) -> tuple[ScheduledFill, ...]:
    """Return the fills that `leaves_qty` of `order` gets from `market`, soonest first.

    Nothing fills when the quote is crossed or the touch lies beyond the limit. Otherwise the
    quantity is split into parts; each pays the touch, its own slippage and the impact of all parts
    up to it, rounded to the price increment in the venue's favour. A part that would pass the limit
    is left unfilled: it may meet a later quote.

    Args:
        order: Gives side and limit.
        leaves_qty: Shares to match, a multiple of the instrument's quantity increment.
        market: What it meets.
        settings: The venue.
        draws: At least `DRAWS` independent uniforms in [0, 1); the only source of chance.

    Raises:
        InvalidValueError: When `draws` are too few or `leaves_qty` is off the increment.
    """
    if len(draws) < DRAWS:
        msg = f"a match takes {DRAWS} draws, not {len(draws)}."
        raise InvalidValueError(msg)
    quote, instrument = market.quote, market.instrument
    if quote.is_crossed():
        return ()
    best = touch(order.side, quote, settings.half_spread[instrument.asset_class])
    taken, fills = ZERO, []
    for delay, quantity, draw in _parts(leaves_qty, instrument, settings, draws):
        taken += quantity
        loss = settings.slippage * draw + settings.impact.cost(taken, best, market.liquidity)
        price = _worsen(order.side, best, loss, instrument.price_increment)
        if _is_inside(order, price):
            commission = settings.fees.charge(order.side, quantity, price, quote.at.date())
            fills.append(
                _promised(delay=delay, quantity=quantity, price=price, commission=commission)
            )
    return tuple(fills)


def _parts(
    quantity: Decimal, instrument: Instrument, settings: VenueSettings, draws: Sequence[Decimal]
) -> Iterator[tuple[timedelta, Decimal, Decimal]]:
    """Yield delay, quantity and slippage draw of each part, soonest first."""
    count = _part_count(settings, draws)
    sizes, delays, slips = _SIZES, _DELAYS, _SLIPS
    shortest = settings.delay_min // _MICROSECOND
    spread = settings.delay_max // _MICROSECOND - shortest
    quantities = [quantity]
    if count > 1:
        # From one to two claims each, so that no part is much smaller than another.
        claims = [(str(i), ONE + draws[sizes + i]) for i in range(count)]
        quantities = apportion(quantity, claims, instrument.quantity_increment)
    waits = sorted(draws[delays : delays + count])
    for part, delay, place in zip(quantities, waits, range(slips, slips + count), strict=True):
        if part:
            yield timedelta(microseconds=shortest + int(spread * delay)), part, draws[place]


def _part_count(settings: VenueSettings, draws: Sequence[Decimal]) -> int:
    most, chance = settings.parts_max, settings.partial_probability
    if most == 1 or not chance or draws[0] >= chance:
        return 1
    return 2 + int(draws[1] * (most - 1))


def _worsen(side: Side, best: Decimal, loss: Decimal, increment: Decimal) -> Decimal:
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    exact = best * (ONE + side.sign() * loss)
    return (exact / increment).to_integral_value(rounding=rounding) * increment


def _is_inside(order: NewOrderSingle, price: Decimal) -> bool:
    return price <= order.price if order.side is Side.BUY else price >= order.price
