"""How a limit order fares in the closing auction."""

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.venue_model.matching import ScheduledFill
from alchemiser.domain.venue_model.settings import VenueSettings

_MICROSECOND = timedelta(microseconds=1)


def auction_fill(
    order: NewOrderSingle,
    quote: Quote,
    instrument: Instrument,
    settings: VenueSettings,
    draw: Decimal,
) -> tuple[ScheduledFill, ...]:
    """Return the one fill of `order` at the official closing price, or none.

    Everybody gets the price of the last trade, which the auction itself makes: there is neither
    spread nor slippage, and an order is taken for too small to move it. Nothing fills when that
    price lies beyond the limit, or when the symbol is halted.

    Args:
        order: Gives side, quantity and limit.
        quote: The market at the close.
        instrument: Gives the price increment.
        settings: The venue.
        draw: A uniform in [0, 1) that decides how soon after the close the fill is told.
    """
    increment = instrument.price_increment
    steps = (quote.last / increment).to_integral_value(rounding=ROUND_HALF_EVEN)
    price = max(steps, Decimal(1)) * increment
    if quote.halted or (price - order.price) * order.side.sign() > 0:
        return ()
    shortest = settings.delay_min // _MICROSECOND
    spread = settings.delay_max // _MICROSECOND - shortest
    commission = settings.fees.charge(order.side, order.order_qty, price, quote.at.date())
    return (
        ScheduledFill(
            delay=timedelta(microseconds=shortest + int(spread * draw)),
            quantity=order.order_qty,
            price=price,
            commission=commission,
        ),
    )
