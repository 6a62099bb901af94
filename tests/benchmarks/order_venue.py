"""A venue that acknowledges every order and fills it at once, at the session's price."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import (
    Accepted,
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
)
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, ExecId, OrderId, Symbol
from alchemiser.domain.values.numbers import ZERO
from tests.benchmarks.order_task import CASH

ACCOUNT: Final = AccountId("PA3SLPYWC0RN")


@dataclass(slots=True)
class Venue:
    """Acknowledge every order and fill it at the session's price."""

    prices: Mapping[Symbol, Decimal]
    now: datetime
    cash: Decimal = Decimal(CASH)
    held: dict[Symbol, Decimal] = field(default_factory=dict)
    filled: int = 0
    _reports: dict[ClOrdId, tuple[ExecutionReport, ...]] = field(default_factory=dict)

    def submit(self, order: NewOrderSingle) -> Accepted:
        """Take an order; it is filled by the time that anyone asks."""
        self.filled += 1
        number = str(self.filled)
        new = ExecutionReport(
            cl_ord_id=order.cl_ord_id,
            order_id=OrderId(number),
            exec_id=ExecId(number + "-new"),
            exec_type=ExecType.NEW,
            ord_status=OrdStatus.NEW,
            symbol=order.symbol,
            side=order.side,
            order_qty=order.order_qty,
            cum_qty=ZERO,
            transact_time=self.now,
        )
        fill = ExecutionReport(
            cl_ord_id=order.cl_ord_id,
            order_id=OrderId(number),
            exec_id=ExecId(number + "-fill"),
            exec_type=ExecType.TRADE,
            ord_status=OrdStatus.FILLED,
            symbol=order.symbol,
            side=order.side,
            order_qty=order.order_qty,
            cum_qty=order.order_qty,
            last_qty=order.order_qty,
            last_px=self.prices[order.symbol],
            transact_time=self.now,
        )
        shares = order.side.sign() * order.order_qty
        self.cash -= shares * fill.last_px
        self.held[order.symbol] = self.held.get(order.symbol, ZERO) + shares
        self._reports[order.cl_ord_id] = (new, fill)
        return Accepted(report=new)

    def reports(self, name: ClOrdId) -> tuple[ExecutionReport, ...]:
        """Tell all there is to tell of an order, which is over then."""
        return self._reports.pop(name)

    def account(self) -> AccountSnapshot:
        """Return the account; its equity is at the session's prices."""
        positions = tuple(
            Position(symbol=name, quantity=shares)
            for name, shares in sorted(self.held.items())
            if shares
        )
        worth = sum((row.quantity * self.prices[row.symbol] for row in positions), ZERO)
        return AccountSnapshot(
            account=ACCOUNT,
            cash=self.cash,
            equity=self.cash + worth,
            buying_power=self.cash,
            positions=positions,
            at=self.now,
        )
