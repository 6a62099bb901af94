"""What the broker contract works with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    Accepted,
    ExecutionReport,
    NewOrderSingle,
    Side,
    SubmitOutcome,
)
from alchemiser.domain.values.identifiers import ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import ZERO
from alchemiser.ports.broker import BrokerPort

_SECOND = timedelta(seconds=1)
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerBench:
    """Hold a broker and what its tests must know of its market.

    Attributes:
        broker: The adapter under test.
        session: The session that is open.
        symbol: A liquid symbol that is not held.
        quantity: Shares of one test order, above zero; the account can pay three of them.
        buy_filling: A buy limit that fills at once, dollars.
        buy_resting: A buy limit that does not fill today, dollars.
        sell_filling: A sell limit that fills at once, dollars.
        elapse: Lets that much time go by.
        attempts: Numbers that no order of the session has used yet.
        threads: How many threads may call the broker at once, at least 1.
        named: Makes of an engine's name for an order the one that is used.
    """

    broker: BrokerPort
    session: date
    symbol: Symbol
    quantity: Decimal
    buy_filling: Decimal
    buy_resting: Decimal
    sell_filling: Decimal
    elapse: Callable[[timedelta], None]
    attempts: Iterator[int] = field(default_factory=lambda: count(1))
    threads: int = 1
    named: Callable[[ClOrdId], ClOrdId] = lambda name: name

    def order(
        self, price: Decimal, *, side: Side = Side.BUY, quantity: Decimal | None = None
    ) -> NewOrderSingle:
        """Return a new order of the bench's symbol, of its usual quantity unless told."""
        name = cl_ord_id(
            account=self.broker.account_id(),
            session=self.session,
            name=self.symbol,
            buy=side is Side.BUY,
            attempt=next(self.attempts),
        )
        order_qty = self.quantity if quantity is None else quantity
        return NewOrderSingle(
            cl_ord_id=self.named(name),
            symbol=self.symbol,
            side=side,
            order_qty=order_qty,
            price=price,
        )

    def submit(self, order: NewOrderSingle) -> SubmitOutcome:
        """Send `order` as if the last risk gate had passed it."""
        return self.broker.submit(ApprovedOrder(order=order))

    def accepted(self, order: NewOrderSingle) -> ExecutionReport:
        """Send `order` and return the report that it was accepted with."""
        outcome = self.submit(order)
        assert isinstance(outcome, Accepted), f"{order} is accepted, not {outcome}"
        return outcome.report

    def reports(self, order: NewOrderSingle) -> tuple[ExecutionReport, ...]:
        """Return the reports on a known `order`, oldest first."""
        return self.broker.reports(order.cl_ord_id) or ()

    def last(self, order: NewOrderSingle) -> ExecutionReport:
        """Return the newest report on a known `order`."""
        return self.reports(order)[-1]

    def settled(self, order: NewOrderSingle) -> tuple[ExecutionReport, ...]:
        """Wait until `order` is terminal and return its reports."""
        for _ in range(_PATIENCE_SECONDS):
            if self.last(order).ord_status.is_terminal():
                break
            self.elapse(_SECOND)
        return self.reports(order)

    def bought(self, quantity: Decimal | None = None) -> tuple[ExecutionReport, ...]:
        """Buy `quantity` shares, the usual ones unless told, and return the reports."""
        order = self.order(self.buy_filling, quantity=quantity)
        self.accepted(order)
        return self.settled(order)

    def sell_resting(self) -> Decimal:
        """Return a sell limit as far above the market as `buy_resting` is below it, dollars."""
        return 2 * self.buy_filling - self.buy_resting

    def held(self) -> Decimal:
        """Return the shares of the bench's symbol in the account."""
        positions = self.broker.account().positions
        return sum((one.quantity for one in positions if one.symbol == self.symbol), ZERO)
