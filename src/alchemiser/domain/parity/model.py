"""How a world's orders fill: at the touch on average, and in the closing auction at the close."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.closing import before_auction
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, ZERO, cents, round_down
from alchemiser.domain.venue_model.auction import auction_fill
from alchemiser.domain.venue_model.matching import DRAWS, Market, ScheduledFill, fill_schedule
from alchemiser.domain.venue_model.settings import VenueSettings

_HALF: Final = Decimal("0.5")
_MEAN: Final = (_HALF,) * DRAWS
"""What the venue's chance is on average."""
_ANY_PRICE: Final = Decimal(10**9)
_OVER_TIME: Final = frozenset({Algorithm.TWAP, Algorithm.VWAP, Algorithm.PARTICIPATION})


@dataclass(frozen=True, slots=True)
class _Part:
    """Hold what a part of an order comes to.

    Attributes:
        quantity: Shares, above zero.
        price: Dollars a share.
        fee: Dollars.
    """

    quantity: Decimal
    price: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Say how a world's orders fill.

    Attributes:
        quotes: What they meet.
        instruments: Reference data of their symbols.
        venue: What trading costs.
        closes: The session's official closing prices, dollars: what waits for the closing auction
            trades at them, whatever the quotes were.
        working: How orders are worked.
    """

    quotes: Mapping[Symbol, Quote]
    instruments: Mapping[Symbol, Instrument]
    venue: VenueSettings
    closes: Mapping[Symbol, Decimal]
    working: AlgorithmSettings

    def price(self, order: PlannedOrder, quantity: Decimal) -> tuple[Decimal, Decimal] | None:
        """Return the mean price of a fill of `quantity` shares, and its fee; None without a quote.

        The limit of the order does not count: whether an order filled is a step of its own.
        """
        quote = self.quotes.get(order.symbol)
        if quote is None or not quantity:
            return None
        late = self._late(order, quantity)
        parts = [
            *(self._at_touch(order, quote, part) for part in self._early(order, quantity - late)),
            *([self._in_auction(order, quote, late)] if late else ()),
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return _mean(known), cents(sum((part.fee for part in known), ZERO))

    def _late(self, order: PlannedOrder, quantity: Decimal) -> Decimal:
        """Return how many of `quantity` shares wait for the closing auction."""
        if order.algorithm is not Algorithm.LIMIT_ON_CLOSE:
            return ZERO
        return quantity - before_auction(
            quantity, order.limit_price, self.working.rest_notional_min
        )

    def _early(self, order: PlannedOrder, quantity: Decimal) -> list[Decimal]:
        """Return the parts in which `quantity` shares meet the market, equal ones over time."""
        count = self.working.parts(order.quantity * order.limit_price)
        if order.algorithm not in _OVER_TIME or count == 1:
            return [quantity] if quantity else []
        increment = self.instruments[order.symbol].quantity_increment
        ends = [round_down(quantity * number / count, increment) for number in range(1, count + 1)]
        return [end - begin for begin, end in pairwise((ZERO, *ends)) if end > begin]

    def _in_auction(self, order: PlannedOrder, quote: Quote, quantity: Decimal) -> _Part:
        close = self.closes.get(order.symbol, quote.last)
        then = Quote(symbol=order.symbol, bid=close, ask=close, last=close, at=quote.at)
        asked = self._asked(order, quantity)
        instrument = self.instruments[order.symbol]
        (fill,) = auction_fill(asked, then, instrument, self.venue, _HALF)
        return _Part(quantity, fill.price, fill.commission)

    def _at_touch(self, order: PlannedOrder, quote: Quote, quantity: Decimal) -> _Part | None:
        """Return what the venue takes on average; None where the quote is crossed."""
        instrument = self.instruments[order.symbol]
        market = Market(quote=quote, instrument=instrument, liquidity=order.liquidity)
        asked, price, fee = self._asked(order, quantity), ZERO, ZERO
        for chance, draws in _ways(self.venue):
            fills = fill_schedule(asked, quantity, market, self.venue, draws)
            if not fills:
                return None
            price += chance * _mean(fills)
            fee += chance * sum((fill.commission for fill in fills), ZERO)
        return _Part(quantity, price, fee)

    def _asked(self, order: PlannedOrder, quantity: Decimal) -> NewOrderSingle:
        """Return the message for `quantity` of the shares at any price."""
        least = self.instruments[order.symbol].price_increment
        far = _ANY_PRICE if order.side is Side.BUY else least
        return replace(order.request(), price=far, order_qty=quantity)


def _ways(venue: VenueSettings) -> Iterator[tuple[Decimal, tuple[Decimal, ...]]]:
    """Yield in how many parts an order may fill, as draws, each with its chance.

    Parts are of one size on average, and each pays the mean slippage. Parts pay less impact than
    the whole at once: were they left out, a venue that keeps to its settings would seem to drift.
    """
    others = venue.parts_max - 1
    several = venue.partial_probability if others else ZERO
    if several < ONE:
        yield ONE - several, (ONE, *_MEAN[1:])
    if several:
        for number in range(others):
            place = (number + _HALF) / others
            yield several / others, (ZERO, place, *_MEAN[2:])


def _mean(parts: Sequence[ScheduledFill | _Part]) -> Decimal:
    """Return the mean price of `parts`, dollars a share; exact where there is one."""
    if len(parts) == 1:
        return parts[0].price
    whole = sum((part.quantity for part in parts), ZERO)
    return sum((part.quantity * part.price for part in parts), ZERO) / whole
