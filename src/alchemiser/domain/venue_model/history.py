"""What an account has traded of late, as the rules of the market look at it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alchemiser.domain.market_rules.day_trades import Execution
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.order import Fill, VenueOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Hold one fill with what it belongs to.

    Attributes:
        session: The session of its order.
        symbol: What was traded.
        side: On which side.
        fill: How much, when and for how many dollars.
    """

    session: date
    symbol: Symbol
    side: Side
    fill: Fill


def trades_of(orders: Iterable[VenueOrder]) -> Iterator[Trade]:
    """Yield the fills of `orders`, each order's oldest first."""
    for one in orders:
        asked = one.order
        for fill in one.fills:
            yield Trade(session=one.session, symbol=asked.symbol, side=asked.side, fill=fill)


def in_time(trades: Iterable[Trade]) -> tuple[Trade, ...]:
    """Return `trades`, oldest first; what happened at one moment keeps its order."""
    return tuple(sorted(trades, key=lambda one: one.fill.at))


def sales(trades: Iterable[Trade]) -> list[tuple[date, Decimal]]:
    """Return the session of each sale among `trades` and the dollars it brought, fees taken off."""
    return [(one.session, one.fill.proceeds()) for one in trades if one.side is Side.SELL]


def executed(trades: Iterable[Trade]) -> list[Execution]:
    """Return `trades` as the count of day trades takes them."""
    return [
        Execution(
            session=one.session, symbol=one.symbol, quantity=one.side.sign() * one.fill.quantity
        )
        for one in trades
    ]


def executable(order: NewOrderSingle, session: date, quantity: Decimal) -> Execution:
    """Return what `quantity` shares of `order` would be to the count of day trades."""
    return Execution(session=session, symbol=order.symbol, quantity=order.side.sign() * quantity)
