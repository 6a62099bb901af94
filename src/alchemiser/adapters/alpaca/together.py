"""Many orders and their executions, read in as few pages as there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from alchemiser.adapters.alpaca.activity_rows import ActivityRow
from alchemiser.adapters.alpaca.listing import fills_after, orders
from alchemiser.adapters.alpaca.order_rows import REPLACED, OrderRow, reports
from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId

_A_SECOND: Final = timedelta(seconds=1)
"""How much earlier than an order arrived its executions are looked for: clocks are not one."""


def listed(
    transport: Transport, names: Collection[ClOrdId], first: datetime
) -> tuple[OrderRow, ...]:
    """Return those of the orders entered at or after `first` (UTC) that are named so.

    The list is read no further than to the last of them. Orders that were replaced are left out:
    what replaced them may be anywhere.

    Raises:
        PortUnavailableError: When the list cannot be read.
        PortRejectedError: When Alpaca refuses to tell.
    """
    return tuple(
        row
        for row in _until_found(orders(transport, first), set(names))
        if row.status != REPLACED and row.replaces is None
    )


def told(
    transport: Transport, rows: Iterable[OrderRow]
) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
    """Return all reports on each of these orders, oldest first.

    Raises:
        PortUnavailableError: When their executions cannot be read, or not understood.
        PortRejectedError: When Alpaca refuses to tell.
    """
    rows = tuple(rows)
    filled = [row for row in rows if row.filled()]
    executions: dict[str, list[ActivityRow]] = {row.id: [] for row in rows}
    if filled:
        first = min(row.entered_at() for row in filled) - _A_SECOND
        for one in fills_after(transport, first, {row.id: row.filled() for row in filled}):
            if one.order_id in executions:
                executions[one.order_id].append(one)
    health = transport.health()
    return {
        ClOrdId(row.client_order_id): reports([row], executions[row.id], health) for row in rows
    }


def _until_found(rows: Iterable[OrderRow], missing: set[str]) -> Iterator[OrderRow]:
    for row in rows:
        if row.client_order_id in missing:
            missing.remove(row.client_order_id)
            yield row
        if not missing:
            return
