"""The worst price that an order may take."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE


def limit_price(side: Side, quote: Quote, instrument: Instrument, offset: Decimal) -> Decimal:
    """Return a marketable limit: `offset` (a fraction) through the touch, on the tick.

    Rounded towards the touch, so that rounding never worsens the bound.
    """
    if side is Side.BUY:
        return _on_tick(quote.ask * (ONE + offset), instrument, ROUND_FLOOR)
    return _on_tick(quote.bid * (ONE - offset), instrument, ROUND_CEILING)


def _on_tick(price: Decimal, instrument: Instrument, rounding: str) -> Decimal:
    tick = instrument.price_increment
    return max((price / tick).to_integral_value(rounding=rounding) * tick, tick)
