"""Where the venue keeps its truth."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Final, Protocol, TypeVar

from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.venue_model.account import VenueAccount
from alchemiser.domain.venue_model.history import Trade, in_time, trades_of
from alchemiser.domain.venue_model.order import VenueOrder

Kept = TypeVar("Kept")

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Store(Protocol):
    """Keep one account and its orders."""

    def transaction(self) -> AbstractContextManager["Store"]:
        """Hold the only right to write; what was written counts when the context ends well."""

    def account(self) -> VenueAccount:
        """Return the account as it is now, whoever changed it last."""

    def save_account(self, account: VenueAccount) -> None:
        """Replace the account."""

    def order(self, cl_ord_id: ClOrdId) -> VenueOrder | None:
        """Return one order, or None."""

    def open_orders(self) -> tuple[VenueOrder, ...]:
        """Return the orders that are not terminal, in order of entry."""

    def moving(self, now: datetime, interval: timedelta) -> tuple[VenueOrder, ...]:
        """Return those of them to which something happens by `now`, UTC, in order of entry.

        They meet quotes every `interval`, which is the same at every call.
        """

    def cl_ord_ids(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the names of the orders of `session`, in order of entry."""

    def trades(self, since: date) -> tuple[Trade, ...]:
        """Return the fills of the orders of `since` and later sessions, oldest first."""

    def trades_in(self, session: date, name: Symbol) -> tuple[Trade, ...]:
        """Return the fills of the orders of one session in `name`, oldest first."""

    def sales(self, since: date) -> list[tuple[date, Decimal]]:
        """Return what was sold in `since` and later sessions: pairs of session and dollars.

        Sessions ascend; fees are taken off.
        """

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what else changed the account on `since` and later days, in order of entry."""

    def add_activity(self, activity: Activity) -> None:
        """Keep one change of the account that has been made."""

    def actions_through(self) -> date | None:
        """Return the day up to which corporate actions are done; None before the first."""

    def save_actions_through(self, day: date) -> None:
        """Remember that they are done up to `day`."""

    def payable(self, day: date) -> tuple[tuple[date, Activity], ...]:
        """Return what is to be paid by `day`, with its pay day, by it; and forget it."""

    def owe(self, dividend: Activity, pay_day: date) -> None:
        """Keep a dividend that is to be paid on `pay_day`."""

    def next_entry(self) -> int:
        """Return the number of the next order, from 1."""

    def save_order(self, order: VenueOrder) -> None:
        """Add an order, or replace the one of the same entry."""

    def close(self) -> None:
        """Let go of the file, if there is one."""


class MemoryStore:
    """Keep the truth in memory, for as long as the process lives."""

    def __init__(self, cash: Decimal) -> None:
        self._account = VenueAccount(cash=cash)
        self._orders: dict[ClOrdId, VenueOrder] = {}
        self._open: dict[ClOrdId, VenueOrder] = {}
        self._open_orders: tuple[VenueOrder, ...] | None = None
        self._saved: list[VenueOrder] = []
        self._still_until = _NEVER
        self._sessions: dict[date, list[ClOrdId]] = {}
        self._slots: dict[tuple[date, Symbol], list[ClOrdId]] = {}
        self._sold: dict[date, Decimal] = {}
        self._activities: list[Activity] = []
        self._owed: list[tuple[date, Activity]] = []
        self._actions_through: date | None = None
        self._transaction = nullcontext(self)

    def transaction(self) -> AbstractContextManager["MemoryStore"]:
        """Do nothing: nobody else can reach the memory, and the venue writes last."""
        return self._transaction

    def account(self) -> VenueAccount:
        """Return the account."""
        return self._account

    def save_account(self, account: VenueAccount) -> None:
        """Replace the account."""
        self._account = account

    def order(self, cl_ord_id: ClOrdId) -> VenueOrder | None:
        """Return one order, or None."""
        return self._orders.get(cl_ord_id)

    def open_orders(self) -> tuple[VenueOrder, ...]:
        """Return the orders that are not terminal, in order of entry; itself until they change."""
        if self._open_orders is None:
            self._open_orders = tuple(self._open.values())
        return self._open_orders

    def moving(self, now: datetime, interval: timedelta) -> tuple[VenueOrder, ...]:
        """Return those of them to which something happens by `now`, UTC, in order of entry."""
        # Asked at every call of the venue: nearly always nothing has happened since the last.
        if self._saved:
            self._still_until = _soonest(self._saved, interval, self._still_until)
            self._saved.clear()
        if now < self._still_until:
            return ()
        open_orders = self.open_orders()
        self._still_until = _soonest(open_orders, interval, _NEVER)
        return tuple(one for one in open_orders if one.changes_at(interval) <= now)

    def cl_ord_ids(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the names of the orders of `session`, in order of entry."""
        return tuple(self._sessions.get(session, ()))

    def trades(self, since: date) -> tuple[Trade, ...]:
        """Return the fills of the orders of `since` and later sessions, oldest first."""
        names = [name for day in _late(self._sessions, since) for name in self._sessions[day]]
        return in_time(trades_of(self._orders[name] for name in names))

    def trades_in(self, session: date, name: Symbol) -> tuple[Trade, ...]:
        """Return the fills of the orders of one session in `name`, oldest first."""
        names = self._slots.get((session, name), ())
        return in_time(trades_of(self._orders[one] for one in names))

    def sales(self, since: date) -> list[tuple[date, Decimal]]:
        """Return what each of `since` and later sessions sold, in dollars, fees taken off."""
        return [(day, self._sold[day]) for day in _late(self._sold, since)]

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what else changed the account on `since` and later days, in order of entry."""
        return tuple(one for one in self._activities if one.day >= since)

    def add_activity(self, activity: Activity) -> None:
        """Keep one change of the account that has been made."""
        self._activities.append(activity)

    def actions_through(self) -> date | None:
        """Return the day up to which corporate actions are done; None before the first."""
        return self._actions_through

    def save_actions_through(self, day: date) -> None:
        """Remember that they are done up to `day`."""
        self._actions_through = day

    def payable(self, day: date) -> tuple[tuple[date, Activity], ...]:
        """Return what is to be paid by `day`, with its pay day, by it; and forget it."""
        due = tuple(sorted((row for row in self._owed if row[0] <= day), key=_pay_day))
        self._owed = [row for row in self._owed if row[0] > day]
        return due

    def owe(self, dividend: Activity, pay_day: date) -> None:
        """Keep a dividend that is to be paid on `pay_day`."""
        self._owed.append((pay_day, dividend))

    def next_entry(self) -> int:
        """Return the number of the next order, from 1."""
        return len(self._orders) + 1

    def save_order(self, order: VenueOrder) -> None:
        """Add an order, or replace the one of the same entry."""
        name = order.order.cl_ord_id
        before = self._orders.get(name)
        if before is None:
            self._sessions.setdefault(order.session, []).append(name)
            self._slots.setdefault((order.session, order.order.symbol), []).append(name)
        new = order.proceeds(0 if before is None else len(before.fills))
        if new:
            self._sold[order.session] = self._sold.get(order.session, ZERO) + new
        self._orders[name], self._open_orders = order, None
        if order.ord_status.is_terminal():
            self._open.pop(name, None)
        else:
            self._open[name] = order
            self._saved.append(order)

    def close(self) -> None:
        """Do nothing."""


def _soonest(orders: Iterable[VenueOrder], interval: timedelta, until: datetime) -> datetime:
    """Return the first moment up to `until` at which something happens to one of `orders`."""
    return min([until, *(one.changes_at(interval) for one in orders)])


def _late(days: dict[date, Kept], since: date) -> list[date]:
    """Return those of `days` that are not before `since`, ascending as they were added."""
    # A long backtest need not walk them all.
    late = list(takewhile(lambda day: day >= since, reversed(days)))
    late.reverse()
    return late


def _pay_day(row: tuple[date, Activity]) -> date:
    return row[0]
