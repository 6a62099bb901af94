"""How a limit order meets a quote: at what prices, in how many parts and how soon."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, ZERO, apportion
from alchemiser.domain.venue_model.settings import PARTS_LIMIT, VenueSettings

DRAWS = 2 + 3 * PARTS_LIMIT
"""Uniform draws in [0, 1) that one match takes."""

_MILLION = Decimal(1_000_000)
_MICROSECOND = timedelta(microseconds=1)


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
    quote: Quote,
    instrument: Instrument,
    settings: VenueSettings,
    draws: Sequence[Decimal],
) -> tuple[ScheduledFill, ...]:
    """Return the fills that `leaves_qty` of `order` gets from `quote`, soonest first.

    Nothing fills when the quote is crossed or the touch lies beyond the limit. Otherwise the
    quantity is split into parts; each pays the touch, its own slippage and the impact of all parts
    up to it, linear in dollars, rounded to the price increment in the venue's favour. A part that
    would pass the limit is left unfilled: it may meet a later quote.

    Args:
        order: Gives side and limit.
        leaves_qty: Shares to match, a multiple of the instrument's quantity increment.
        quote: The market at the moment of the match.
        instrument: Gives asset class and increments.
        settings: The venue.
        draws: At least `DRAWS` independent uniforms in [0, 1); the only source of chance.

    Raises:
        InvalidValueError: When `draws` are too few or `leaves_qty` is off the increment.

    Source: linear temporary impact as in Almgren and Chriss (2000), equation 7.
    """
    if len(draws) < DRAWS:
        msg = f"a match takes {DRAWS} draws, not {len(draws)}."
        raise InvalidValueError(msg)
    if quote.is_crossed():
        return ()
    best = touch(order.side, quote, settings.half_spread[instrument.asset_class])
    parts = _parts(leaves_qty, instrument, settings, draws)
    fills = _priced(order.side, best, parts, instrument, settings, quote.at.date())
    return tuple(fill for fill in fills if _is_inside(order, fill.price))


def _priced(
    side: Side,
    best: Decimal,
    parts: Iterable[tuple[timedelta, Decimal, Decimal]],
    instrument: Instrument,
    settings: VenueSettings,
    day: date,
) -> Iterator[ScheduledFill]:
    taken = ZERO
    for delay, quantity, draw in parts:
        taken += quantity * best
        loss = settings.slippage * draw + settings.impact_per_million * taken / _MILLION
        price = _worsen(side, best, loss, instrument.price_increment)
        commission = settings.fees.charge(side, quantity, price, day)
        yield ScheduledFill(delay=delay, quantity=quantity, price=price, commission=commission)


def _parts(
    quantity: Decimal, instrument: Instrument, settings: VenueSettings, draws: Sequence[Decimal]
) -> Iterator[tuple[timedelta, Decimal, Decimal]]:
    """Yield delay, quantity and slippage draw of each part, soonest first."""
    count = _part_count(settings, draws)
    sizes, delays, slips = (draws[2 + i * PARTS_LIMIT :][:count] for i in range(3))
    quantities = _split(quantity, sizes, instrument.quantity_increment)
    shortest = settings.delay_min // _MICROSECOND
    spread = settings.delay_max // _MICROSECOND - shortest
    for part, delay, slip in zip(quantities, sorted(delays), slips, strict=True):
        if part:
            yield timedelta(microseconds=shortest + int(spread * delay)), part, slip


def _part_count(settings: VenueSettings, draws: Sequence[Decimal]) -> int:
    if settings.parts_max == 1 or draws[0] >= settings.partial_probability:
        return 1
    return 2 + int(draws[1] * (settings.parts_max - 1))


def _split(quantity: Decimal, sizes: Sequence[Decimal], increment: Decimal) -> list[Decimal]:
    if len(sizes) == 1:
        return [quantity]
    # From one to two claims each, so that no part is much smaller than another.
    return apportion(quantity, [(str(i), ONE + size) for i, size in enumerate(sizes)], increment)


def _worsen(side: Side, best: Decimal, loss: Decimal, increment: Decimal) -> Decimal:
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    exact = best * (ONE + side.sign() * loss)
    return (exact / increment).to_integral_value(rounding=rounding) * increment


def _is_inside(order: NewOrderSingle, price: Decimal) -> bool:
    return price <= order.price if order.side is Side.BUY else price >= order.price
