"""Lists that Alpaca gives in pages, followed to their end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from alchemiser.adapters.alpaca.activity_rows import ActivityRow
from alchemiser.adapters.alpaca.decoding import decode
from alchemiser.adapters.alpaca.order_rows import OrderRow
from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.ports.errors import PortUnavailableError

ORDERS_A_PAGE: Final = 500
ACTIVITIES_A_PAGE: Final = 100
_PAGES_MAX: Final = 500
_FILLS: Final = "/v2/account/activities/FILL"
_TICK: Final = timedelta(microseconds=1)


def orders(
    transport: Transport, first: datetime, end: datetime | None = None
) -> Iterator[OrderRow]:
    """Yield every order entered at or after `first` (UTC) and before `end`, in order of entry.

    A page begins where the one before it ended: orders of one moment are seen twice, told once.
    Only an empty page is the end, however short one is.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    seen = set[str]()
    # `after` leaves its own moment out, and moments are told finer than they are asked for.
    after = first - _TICK
    for _ in range(_PAGES_MAX):
        page = decode(list[OrderRow], transport.get("/v2/orders", _asked(after, end)))
        new = [row for row in page if row.id not in seen]
        seen.update(row.id for row in new)
        yield from (row for row in new if row.entered_at() >= first)
        if not page:
            return
        last = max(row.entered_at() for row in page)
        if len(page) == ORDERS_A_PAGE:
            if not new:
                break
            after = last - 2 * _TICK
        else:
            after = last + _TICK
    raise PortUnavailableError("Alpaca's list of orders cannot be followed to its end.")


def _asked(after: datetime, end: datetime | None) -> dict[str, str]:
    asked = {
        "status": "all",
        "limit": str(ORDERS_A_PAGE),
        "direction": "asc",
        "nested": "false",
        "after": after.isoformat(),
    }
    return asked if end is None else asked | {"until": end.isoformat()}


def activity_rows(transport: Transport, after: datetime) -> Iterator[ActivityRow]:
    """Yield every activity after that moment (UTC), oldest first.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    return _paged(transport, "/v2/account/activities", {"after": after.isoformat()})


def fills(transport: Transport, order_id: str) -> Iterator[ActivityRow]:
    """Yield every execution of an order, by Alpaca's name of it.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    rows = _paged(transport, _FILLS, {"order_id": order_id})
    return (row for row in rows if row.order_id == order_id)


def fills_after(transport: Transport, after: datetime) -> Iterator[ActivityRow]:
    """Yield every execution after that moment (UTC), oldest first.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    return _paged(transport, _FILLS, {"after": after.isoformat()})


def _paged(transport: Transport, path: str, params: dict[str, str]) -> Iterator[ActivityRow]:
    asked = {**params, "direction": "asc", "page_size": str(ACTIVITIES_A_PAGE)}
    seen = set[str]()
    for _ in range(_PAGES_MAX):
        page = decode(list[ActivityRow], transport.get(path, asked))
        new = [row for row in page if row.id not in seen]
        seen.update(row.id for row in new)
        yield from new
        if len(page) < ACTIVITIES_A_PAGE:
            return
        if not new:
            break
        asked["page_token"] = page[-1].id
    raise PortUnavailableError("Alpaca's list of activities cannot be followed to its end.")
