"""Lists that Alpaca gives in pages, followed to their end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.alpaca.activity_rows import ActivityRow
from alchemiser.adapters.alpaca.decoding import decode, number
from alchemiser.adapters.alpaca.order_rows import OrderRow
from alchemiser.adapters.alpaca.transport import Transport
from alchemiser.ports.errors import PortUnavailableError

ORDERS_A_PAGE: Final = 500
ACTIVITIES_A_PAGE: Final = 100
_PAGES_MAX: Final = 500
_FILLS: Final = "/v2/account/activities/FILL"
_TICK: Final = timedelta(microseconds=1)
_A_SECOND: Final = timedelta(seconds=1)
"""The coarsest that moments are told in."""


def orders(
    transport: Transport, first: datetime, end: datetime | None = None
) -> Iterator[OrderRow]:
    """Yield every order entered at or after `first` (UTC) and before `end`, in order of entry.

    A page begins where the one before it ended: orders of one moment are seen twice, told once.
    A page may be shorter than was asked for, and moments may be told in whole seconds: the end is
    an empty page, or a first one that is the same from the other end of the list.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    seen, doubted = set[str](), False
    # `after` leaves its own moment out, and moments are told finer than they are asked for.
    after = first - _TICK
    for _ in range(_PAGES_MAX):
        page = _orders(transport, after, end)
        new = list({row.id: row for row in page if row.id not in seen}.values())
        is_first = not seen
        seen.update(row.id for row in new)
        yield from (row for row in new if row.entered_at() >= first)
        if not page:
            return
        last = max(row.entered_at() for row in page)
        if new:
            is_short = is_first and len(page) < ORDERS_A_PAGE
            if is_short and _is_whole(page, _orders(transport, after, end, "desc")):
                return
            after, doubted = last - 2 * _TICK, False
            continue
        further = _further(transport, page, after)
        if further is not None:
            after = further
        elif doubted:
            break
        else:
            doubted = True  # an order may have come just now: the same page tells it then
    raise PortUnavailableError("Alpaca's list of orders cannot be followed to its end.")


def _further(transport: Transport, page: Sequence[OrderRow], after: datetime) -> datetime | None:
    """Return a later moment than `after` up to which `page` holds all that is listed, or None.

    It is the page's last one where moments are told as finely as they are asked for, and else the
    end of its second.
    """
    last = max(row.entered_at() for row in page)
    for over in (last + _TICK, last + _A_SECOND):
        if over - _TICK > after and _is_whole(page, _orders(transport, after, over, "desc")):
            return over - _TICK
    return None


def _orders(
    transport: Transport, after: datetime, end: datetime | None, direction: str = "asc"
) -> list[OrderRow]:
    asked = {
        "status": "all",
        "limit": str(ORDERS_A_PAGE),
        "direction": direction,
        "nested": "false",
        "after": after.isoformat(),
    }
    until = {} if end is None else {"until": end.isoformat()}
    return decode(list[OrderRow], transport.get("/v2/orders", asked | until))


def _is_whole(oldest: Sequence[OrderRow], newest: Sequence[OrderRow]) -> bool:
    """Say whether a page holds its whole list, of which `newest` is the page at the other end."""
    return {row.id for row in newest} <= {row.id for row in oldest}


def activity_rows(transport: Transport, after: datetime) -> Iterator[ActivityRow]:
    """Yield every activity after that moment (UTC), oldest first.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    return _paged(transport, "/v2/account/activities", {"after": after.isoformat()}, None)


def fills(transport: Transport, order_id: str, filled: Decimal) -> Iterator[ActivityRow]:
    """Yield every execution of an order, by Alpaca's name of it.

    Args:
        transport: Asks.
        order_id: The order.
        filled: Shares of it that are known to be filled, at least.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    rows = _paged(transport, _FILLS, {"order_id": order_id}, {order_id: filled})
    return (row for row in rows if row.order_id == order_id)


def fills_after(
    transport: Transport, after: datetime, filled: Mapping[str, Decimal]
) -> Iterator[ActivityRow]:
    """Yield every execution after that moment (UTC), oldest first.

    Args:
        transport: Asks.
        after: The moment.
        filled: Shares that are known to be filled since, at least, by order.

    Raises:
        PortUnavailableError: When they cannot be read, or not to the end.
        PortRejectedError: When Alpaca refuses to tell.
    """
    return _paged(transport, _FILLS, {"after": after.isoformat()}, filled)


def _paged(
    transport: Transport, path: str, params: dict[str, str], filled: Mapping[str, Decimal] | None
) -> Iterator[ActivityRow]:
    """Yield the rows of every page.

    A page that is shorter than asked for need not be the last, unless it explains all that is
    known to be `filled`; None for a list of which nothing is known.

    Raises:
        PortUnavailableError: When they do not end.
    """
    asked = {**params, "direction": "asc", "page_size": str(ACTIVITIES_A_PAGE)}
    seen = set[str]()
    missing = dict(filled or {})
    for _ in range(_PAGES_MAX):
        page = decode(list[ActivityRow], transport.get(path, asked))
        # Within a page, too: the shares of a split that is told twice are given once.
        new = list({row.id: row for row in page if row.id not in seen}.values())
        seen.update(row.id for row in new)
        yield from new
        if not new and len(page) < ACTIVITIES_A_PAGE:
            return
        if filled is not None and _is_explained(page, new, missing):
            return
        if not new:
            break
        asked["page_token"] = page[-1].id
    raise PortUnavailableError("Alpaca's list of activities cannot be followed to its end.")


def _is_explained(
    page: Sequence[ActivityRow], new: Iterable[ActivityRow], missing: dict[str, Decimal]
) -> bool:
    """Say whether a page that is not full leaves nothing open of `missing`, which it lessens."""
    for row in new:
        if row.order_id in missing:
            missing[row.order_id] -= number(row.qty, "qty")
    return len(page) < ACTIVITIES_A_PAGE and all(one <= 0 for one in missing.values())
