"""Orders and executions as Alpaca tells them, and the reports that follow from them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from alchemiser.adapters.alpaca.activity_rows import SIDES, ActivityRow
from alchemiser.adapters.alpaca.decoding import (
    ABSENT,
    MalformedAnswerError,
    Moment,
    Number,
    Reader,
    amount,
    moment,
    number,
    optional,
    understood,
)
from alchemiser.adapters.alpaca.health import Health
from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    TimeInForce,
)
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, OrderId, symbol
from alchemiser.domain.values.numbers import ZERO, plain

IN_FORCE: Final = {TimeInForce.DAY: "day", TimeInForce.AT_THE_CLOSE: "cls"}
REPLACED: Final = "replaced"

_ENDED: Final = {
    "canceled": (ExecType.CANCELED, OrdStatus.CANCELED),
    "expired": (ExecType.EXPIRED, OrdStatus.EXPIRED),
    "rejected": (ExecType.REJECTED, OrdStatus.REJECTED),
}
_LIVE: Final = frozenset({
    "accepted",
    "accepted_for_bidding",
    "calculated",
    "done_for_day",
    "filled",
    "held",
    "new",
    "partially_filled",
    "pending_cancel",
    "pending_new",
    "pending_replace",
    "pending_review",
    "stopped",
    "suspended",
})


class OrderRow(Reader, frozen=True, gc=False):
    """One order."""

    id: str
    client_order_id: str
    symbol: str | None = None
    side: str | None = None
    status: str = ""
    qty: Number = ABSENT
    filled_qty: Number = ABSENT
    limit_price: Number = ABSENT
    created_at: Moment = None
    submitted_at: Moment = None
    updated_at: Moment = None
    canceled_at: Moment = None
    expired_at: Moment = None
    failed_at: Moment = None
    replaced_by: str | None = None
    replaces: str | None = None

    def entered_at(self) -> datetime:
        """Return when it arrived, UTC."""
        return moment(self.submitted_at or self.created_at, "submitted_at")

    def filled(self) -> Decimal:
        """Return the shares filled so far, as the order itself says."""
        return optional(self.filled_qty, "filled_qty") or ZERO

    def is_live(self, health: Health) -> bool:
        """Say whether more may follow; a status that is not known here counts as live."""
        if self.status in _ENDED:
            return False
        if self.status not in _LIVE and self.status != REPLACED:
            text = f"order {self.client_order_id} has the status {self.status!r}, unknown here."
            health.tell("unknown_status", text)
        return True

    def is_of(self, order: NewOrderSingle) -> bool:
        """Say whether it asks for what `order` asks for."""
        limit = optional(self.limit_price, "limit_price")
        told = (self.client_order_id, SIDES.get(self.side or ""), number(self.qty, "qty"))
        asked = (order.cl_ord_id, order.side, order.order_qty)
        return told == asked and self.symbol == order.symbol and limit in {None, order.price}


def request(order: NewOrderSingle) -> dict[str, str]:
    """Return what is sent for `order`: every number as its exact text."""
    return {
        "symbol": order.symbol,
        "qty": plain(order.order_qty),
        "side": order.side.value,
        "type": "limit",
        "time_in_force": IN_FORCE[order.time_in_force],
        "limit_price": plain(order.price),
        "client_order_id": order.cl_ord_id,
    }


def fill_id(activity_id: str) -> ExecId:
    """Return the id of an execution from its activity's, `TIME::ID`; the stream tells `ID`."""
    return ExecId(activity_id.rpartition("::")[2])


def acknowledgement(row: OrderRow) -> ExecutionReport:
    """Return the first report on an order, which never changes.

    Raises:
        MalformedAnswerError: When the order cannot be one of ours.
    """
    side = SIDES.get(row.side or "")
    if side is None or not row.id:
        raise MalformedAnswerError(f"Alpaca's order {row.id!r} has the side {row.side!r}.")
    with understood():
        return ExecutionReport(
            cl_ord_id=ClOrdId(row.client_order_id),
            order_id=OrderId(row.id),
            exec_id=ExecId(f"{row.id}/new"),
            exec_type=ExecType.NEW,
            ord_status=OrdStatus.NEW,
            symbol=symbol(row.symbol or ""),
            side=side,
            order_qty=number(row.qty, "qty"),
            cum_qty=ZERO,
            transact_time=moment(row.created_at or row.submitted_at, "created_at"),
        )


def reports(
    chain: Sequence[OrderRow], fills: Sequence[ActivityRow], health: Health
) -> tuple[ExecutionReport, ...]:
    """Return all reports on an order, oldest first.

    Shares are booked by executions alone. Where the order says that more was filled than its
    executions explain, a report of its state says how much, and the order is not told as filled
    until they have come.

    Args:
        chain: The order, and each that has replaced it.
        fills: The executions of all of these, in any order.
        health: Counts what is odd.

    Raises:
        MalformedAnswerError: When one cannot be understood.
    """
    first, last = acknowledgement(chain[0]), chain[-1]
    told = [first]
    with understood():
        for row in sorted(fills, key=_place):
            if number(row.qty, "qty"):  # an execution of no share changes nothing
                told.append(_trade(told[-1], row, lone=len(chain) == 1))
        done = max(one.cum_qty for one in told)
        claimed = max(row.filled() for row in chain)
        if claimed < done:
            # It may have filled since the order was read; once it has ended, a fill was taken back.
            tell = health.count if last.is_live(health) else health.tell
            tell("order_behind_fills", f"order {first.cl_ord_id} has {claimed} of {done} filled.")
        told.extend(
            _state(told[-1], last, max(claimed, done), behind=claimed > done, health=health)
        )
    return tuple(told)


def _place(row: ActivityRow) -> tuple[datetime, Decimal, str]:
    """Executions of one millisecond are told in any order: what was filled by then tells theirs."""
    return row.at(), optional(row.cum_qty, "cum_qty") or ZERO, row.id


def _trade(before: ExecutionReport, row: ActivityRow, *, lone: bool) -> ExecutionReport:
    quantity = number(row.qty, "qty")
    cum_qty = before.cum_qty + quantity
    told = optional(row.cum_qty, "cum_qty")
    # An execution before this one may not be told yet: the order's own count does not change then.
    if lone and told is not None and quantity <= told <= before.order_qty:
        cum_qty = told
    filled = cum_qty == before.order_qty
    return replace(
        before,
        exec_id=fill_id(row.id),
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.FILLED if filled else OrdStatus.PARTIALLY_FILLED,
        cum_qty=cum_qty,
        last_qty=quantity,
        last_px=amount(row.price, "price"),
        transact_time=row.at(),
    )


def _state(
    before: ExecutionReport, row: OrderRow, cum_qty: Decimal, *, behind: bool, health: Health
) -> Iterator[ExecutionReport]:
    """Yield what the order's state adds to its executions."""
    plainly = replace(before, exec_type=ExecType.NEW, last_qty=ZERO, last_px=ZERO, cum_qty=cum_qty)
    if not row.is_live(health):
        exec_type, status = _ENDED[row.status]
        if status is OrdStatus.REJECTED and cum_qty:
            exec_type, status = _ENDED["canceled"]
        ended = row.canceled_at or row.expired_at or row.failed_at or row.updated_at
        yield replace(
            plainly,
            exec_id=ExecId(f"{before.order_id}/{status}"),
            exec_type=exec_type,
            ord_status=status,
            transact_time=max(moment(ended, "canceled_at"), before.transact_time),
        )
    elif behind:
        health.count("fills_behind_order", f"{before.cl_ord_id}: {cum_qty} are filled.")
        yield replace(
            plainly,
            exec_id=ExecId(f"{before.order_id}/filled-{plain(cum_qty)}"),
            ord_status=OrdStatus.PARTIALLY_FILLED,
            transact_time=max(moment(row.updated_at or row.entered_at(), ""), before.transact_time),
        )
