"""Which orders and which activities a list holds, as its query asks for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from aiohttp import web

from alchemiser.adapters.venue.activities import KINDS, Activity
from alchemiser.adapters.venue.orders import Order
from alchemiser.adapters.venue.queries import (
    Query,
    choice_of,
    choices_of,
    flag_of,
    moment_of,
    order_id_of,
)
from alchemiser.adapters.venue.requests import NotUnderstoodError
from alchemiser.adapters.venue.timetable import local_day
from alchemiser.adapters.venue.wire import EQUITY, names
from alchemiser.domain.values.identifiers import Symbol

_STATUSES: Final = frozenset({"open", "closed", "all"})
_ALL: Final = "all"
_CLASSES: Final = frozenset({
    EQUITY,
    "us_option",
    "crypto",
    "crypto_perp",
    "treasury",
    "corporate",
    "global_equity",
    "us_index",
    "us_equity_chain",
    "ipo",
    _ALL,
})
_TRADES: Final = "trade_activity"
_CATEGORIES: Final = frozenset({_TRADES, "non_trade_activity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """Hold a part of the past; each end is UTC, or None where it has none.

    Attributes:
        after: What is told of came later.
        until: What is told of came earlier.
    """

    after: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """Hold which orders are asked for.

    Attributes:
        status: `open`, `closed` or `all`.
        symbols: The tickers, or none where any will do.
        side: `buy` or `sell`, or None where either will do.
        equities: Whether shares are among what is asked for; the venue has nothing else.
        nested: Whether legs stand in their parents, and not beside them.
        between: When they were entered, both ends excluded.
        before_id: They were entered before this one, or None.
        after_id: They were entered after this one, or None.
    """

    status: str
    symbols: frozenset[Symbol]
    side: str | None
    equities: bool
    nested: bool
    between: Between
    before_id: str | None
    after_id: str | None

    def of(self, orders: Sequence[Order]) -> list[Order]:
        """Return those of `orders`, oldest first, that are asked for.

        Raises:
            NotUnderstoodError: When there is no order that the others are to lie beside.
        """
        first = 0 if self.after_id is None else _place(orders, self.after_id) + 1
        last = len(orders) if self.before_id is None else _place(orders, self.before_id)
        return [one for one in orders[first:last] if self._is_wanted(one)]

    def _is_wanted(self, one: Order) -> bool:
        after, until = self.between.after, self.between.until
        return (
            self.equities
            and (self.status == _ALL or one.status.is_terminal() is (self.status == "closed"))
            and (not self.symbols or one.symbol in self.symbols)
            and (self.side is None or one.side == self.side)
            and (after is None or one.created_at > after)
            and (until is None or one.created_at < until)
            and not (self.nested and one.parent is not None)
        )


def order_list(request: web.Request) -> OrderList:
    """Return which orders `request` asks for.

    Raises:
        NotUnderstoodError: When a value is none, or two exclude each other.
    """
    query = request.query
    classes = choices_of(
        {"asset_class": ",".join(query.getall("asset_class", []))}, "asset_class", _CLASSES
    )
    found = OrderList(
        status=choice_of(query, "status", _STATUSES) or "open",
        symbols=names(query.get("symbols")),
        side=query.get("side") or None,
        equities=not classes or bool(classes & {EQUITY, _ALL}),
        nested=flag_of(query, "nested"),
        between=_between(query),
        before_id=_order_id(query, "before_order_id"),
        after_id=_order_id(query, "after_order_id"),
    )
    beside = [one for one in (found.before_id, found.after_id) if one is not None]
    if len(beside) > 1:
        raise NotUnderstoodError("only one of before_order_id or after_order_id is accepted")
    if beside and found.between != Between(after=None, until=None):
        raise NotUnderstoodError("an order_id cannot be combined with after or until")
    return found


def wanted_activities(request: web.Request, activities: Sequence[Activity]) -> list[Activity]:
    """Return those of `activities` that `request` asks for, in their order.

    Raises:
        NotUnderstoodError: When a value is none, or two exclude each other.
    """
    query = request.query
    kinds = choices_of(query, "activity_types", KINDS)
    category = choice_of(query, "category", _CATEGORIES)
    if kinds and category is not None:
        raise NotUnderstoodError("only one of category or activity_types is accepted")
    named = request.match_info.get("kind")
    if named is not None:
        kinds = frozenset(named.split(","))
    order_id, between = _order_id(query, "order_id"), _between(query)
    day = _day(query)
    return [
        one
        for one in activities
        if (not kinds or one.kind in kinds)
        and (category is None or one.is_trade() is (category == _TRADES))
        and (order_id is None or (one.order is not None and one.order.id == order_id))
        and (between.after is None or one.at > between.after)
        and (between.until is None or one.at <= between.until)
        and (day is None or local_day(one.at) == day)
    ]


def _between(query: Query) -> Between:
    return Between(after=moment_of(query.get("after")), until=moment_of(query.get("until")))


def _day(query: Query) -> date | None:
    found = moment_of(query.get("date"))
    return None if found is None else found.date()


def _order_id(query: Query, name: str) -> str | None:
    text = query.get(name)
    return order_id_of(text) if text else None


def _place(orders: Sequence[Order], order_id: str) -> int:
    places: Iterator[int] = (place for place, one in enumerate(orders) if one.id == order_id)
    found = next(places, None)
    if found is None:
        raise NotUnderstoodError(f"order not found for {order_id}")
    return found
