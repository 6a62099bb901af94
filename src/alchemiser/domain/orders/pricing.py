"""The worst price that an order may take."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO


def limit_price(side: Side, quote: Quote, instrument: Instrument, offset: Decimal) -> Decimal:
    """Return a marketable limit: `offset` (a fraction) through the touch, on the tick.

    An offset above zero is worth one tick at least: at a price of two dollars half a per cent
    would round to nothing, and the order would stand at the touch. Beyond that, rounding goes
    towards the touch and never worsens the bound.
    """
    touch = quote.ask if side is Side.BUY else quote.bid
    distance = max(touch * offset, instrument.price_increment) if offset else ZERO
    return on_tick(side, touch + side.sign() * distance, instrument)


def on_tick(side: Side, price: Decimal, instrument: Instrument) -> Decimal:
    """Return the price increment at `price` or next to it, in the trader's favour; one at least."""
    tick = instrument.price_increment
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    return max((price / tick).to_integral_value(rounding=rounding) * tick, tick)
