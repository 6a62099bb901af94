"""What an algorithm sees of an order, and what it may answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side, TimeInForce
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.pricing import on_tick
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.session import Session


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Show an order of the plan to its algorithm, while nothing of it is at the venue.

    Attributes:
        planned: What the plan says; its limit is the worst price that any child may have.
        instrument: Its reference data.
        session: The session.
        quote: The latest quote, or None when there is none.
        now: The moment, UTC.
        begun_at: When its work began, UTC.
        end_at: When its work has to be over, UTC.
        quantity: Shares that it may come to.
        leaves: Shares that are still to be bought or sold, above zero.
        steps: How many children it has had.
        last: The last of them and when it was sent, UTC, or None before the first.
    """

    planned: PlannedOrder
    instrument: Instrument
    session: Session
    quote: Quote | None
    now: datetime
    begun_at: datetime
    end_at: datetime
    quantity: Decimal
    leaves: Decimal
    steps: int
    last: tuple[NewOrderSingle, datetime] | None

    def is_exhausted(self) -> bool:
        """Say whether the worst price that may be taken was offered in vain."""
        return self.last is not None and self.last[0].price == self.planned.limit_price

    def price(self, across: Decimal) -> Decimal:
        """Return the limit that lies the fraction `across` of the spread off the own side's touch.

        At one it is the other side's touch. It is rounded to a price increment so that it is no
        worse, and it is never worse than the plan's limit; without a quote it is that limit.
        """
        worst, quote = self.planned.limit_price, self.quote
        if quote is None or quote.is_crossed():
            return worst
        distance = across * (quote.ask - quote.bid)
        if self.planned.side is Side.BUY:
            return min(worst, on_tick(Side.BUY, quote.bid + distance, self.instrument))
        return max(worst, on_tick(Side.SELL, quote.ask - distance, self.instrument))


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Send a child, at a price that is never worse than the plan's limit.

    Attributes:
        quantity: Shares, above zero and at most what is left.
        price: Its limit, dollars.
        expire_time: When it is to be cancelled unless it is terminal, UTC.
        time_in_force: For the day, or in the closing auction only.
    """

    quantity: Decimal
    price: Decimal
    expire_time: datetime
    time_in_force: TimeInForce = TimeInForce.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Send nothing until a moment, UTC."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Send nothing more, for a reason."""

    reason: str


Answer = Place | Wait | Stop


class Working(Protocol):
    """Work an order: the same progress gives the same answer, in any process."""

    def next(self, progress: Progress) -> Answer:
        """Return what is to be done now."""

    def ends_at(self, progress: Progress) -> datetime:
        """Return until when, UTC, it is worth waiting for a market that can be traded in."""


def patience(progress: Progress, settings: AlgorithmSettings) -> timedelta:
    """Return how long a price is worth waiting for, before a worse one is offered.

    A price that diffuses with the deviation of the symbol's returns takes (d / deviation)^2 to go
    a distance d: that of half the spread, here, with the deviation of a second. A wide spread in a
    quiet market is waited for, a narrow one in a lively market is crossed. See Bachelier (1900),
    Théorie de la spéculation, for the square. Without a deviation it is the longest wait.
    """
    least, most = settings.step_seconds_min, settings.step_seconds_max
    volatility, quote = progress.planned.liquidity.volatility, progress.quote
    if not volatility or quote is None:
        return timedelta(seconds=most)
    length = progress.session.close_at - progress.session.open_at
    half_spread = abs(quote.ask - quote.bid) / 2 / quote.mid()
    seconds = float((half_spread / volatility) ** 2) * length.total_seconds()
    return timedelta(seconds=min(max(seconds, least), most))
