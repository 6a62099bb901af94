"""Alpaca as the broker."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from alchemiser.adapters.alpaca.account_rows import (
    AccountRow,
    ClockRow,
    PositionRow,
    account_id,
    snapshot,
)
from alchemiser.adapters.alpaca.activity_rows import ActivityRow, activities
from alchemiser.adapters.alpaca.decoding import NEW_YORK, MalformedAnswerError, decode
from alchemiser.adapters.alpaca.joining import joined
from alchemiser.adapters.alpaca.known_orders import KnownOrders
from alchemiser.adapters.alpaca.listing import activity_rows, fills, orders
from alchemiser.adapters.alpaca.order_rows import (
    OrderRow,
    acknowledgement,
    reports,
    request,
)
from alchemiser.adapters.alpaca.refusals import Meaning, cancel_outcome, verdict
from alchemiser.adapters.alpaca.together import listed, told
from alchemiser.adapters.alpaca.transport import RefusedError, Transport
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecutionReport,
    NewOrderSingle,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.values.identifiers import AccountId, ClOrdId
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import OutcomeUnknownError, PortUnavailableError

_ORDERS: Final = "/v2/orders"
_A_DAY: Final = timedelta(days=1)
_LOOKS: Final = 3
"""Most times that the account is read until its cash stands still."""


class AlpacaBroker:
    """Trade one account at Alpaca; implements BrokerPort for any thread.

    Every call ends within the transport's time limit, all of its requests together. An order or a
    cancel of which nobody can say whether it was received is answered with UNKNOWN. A refused key
    raises AuthenticationError everywhere: there is nothing to be done before it is replaced.
    """

    def __init__(self, transport: Transport, clock: ClockPort) -> None:
        """Trade over `transport`, which it closes; `clock` tells the time."""
        self._transport = transport
        self._health = transport.health()
        self._clock = clock
        self._account_id: AccountId | None = None
        self._known = KnownOrders(transport)

    def account_id(self) -> AccountId:
        """Return the account's number; asked for once.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached.
        """
        if self._account_id is None:
            with self._transport.bounded():
                row = self._account_row()
            self._account_id = account_id(row)
        return self._account_id

    def lease_key(self) -> str:
        """Return the account by its number, which no other account of Alpaca's has."""
        return f"alpaca:{self.account_id()}"

    def account(self) -> AccountSnapshot:
        """Return the account and its positions, read while its cash stood still.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached.
            MalformedAnswerError: When it tells of another account.
        """
        with self._transport.bounded():
            row, looks = self._account_row(), 0
            while True:
                before, looks = row, looks + 1
                held = decode(list[PositionRow], self._transport.get("/v2/positions"))
                row = self._account_row()
                if row.money() == before.money() or looks == _LOOKS:
                    break
                self._health.count("account_moved", "its cash changed while it was read.")
            at = self._time()
        found = snapshot(row, held, at, self._health)
        if found.account != (self._account_id or found.account):
            raise MalformedAnswerError(f"Alpaca tells of the account {found.account}.")
        self._account_id = found.account
        return found

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send `order` once; a name that Alpaca has already is answered with what it has."""
        try:
            with self._transport.bounded():
                return self._submit(order.order)
        except (PortUnavailableError, OutcomeUnknownError, RefusedError) as error:
            return Unknown(text=str(error))

    def cancel(self, cl_ord_id: ClOrdId) -> CancelOutcome:
        """Ask to cancel; only a later report ends the order."""
        try:
            with self._transport.bounded():
                return self._cancel(cl_ord_id)
        except (PortUnavailableError, OutcomeUnknownError, RefusedError):
            return CancelOutcome.UNKNOWN

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Return all reports on one order, oldest first, or None when Alpaca has no such order.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached.
        """
        with self._transport.bounded():
            first = self._known.find(cl_ord_id)
            if first is None:
                return None
            chain = self._known.chain(first)
            if len(chain) > 1:
                self._health.tell("order_replaced", f"Alpaca replaced order {cl_ord_id}.")
            filled = [row for row in chain if row.filled()]
            executions = [one for row in filled for one in self._fills(row)]
        return reports(chain, executions, self._health)

    def found(self, names: Collection[ClOrdId]) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
        """Return all reports on those of `names` that are in today's list of orders.

        Two requests tell of hundreds. Orders that were replaced are left out.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached.
        """
        first = self._known.entered(names)
        if first is None:
            first = _midnight(self._clock.now().astimezone(NEW_YORK).date())
        with self._transport.bounded():
            try:
                rows = listed(self._transport, names, first)
                for row in rows:
                    self._known.know(row)
                return told(self._transport, rows)
            except RefusedError as error:
                raise PortUnavailableError(str(error)) from error

    def orders(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the `cl_ord_id` of every order entered on the day of `session` in New York.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached.
        """
        first, end = _midnight(session), _midnight(session + _A_DAY)
        with self._transport.bounded():
            rows = tuple(orders(self._transport, first, end))
        for row in rows:
            self._known.know(row)
        return tuple(ClOrdId(row.client_order_id) for row in rows if row.entered_at() < end)

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what changed the account on `since` and later days, our executions included.

        Raises:
            PortUnavailableError: When Alpaca cannot be reached, or does not say whose order an
                execution is of.
        """
        with self._transport.bounded():
            rows = [
                row
                for row in activity_rows(self._transport, _midnight(since - _A_DAY))
                if row.day() >= since
            ]
            wanted = {row.order_id for row in rows if row.order_id is not None}
            if not self._known.knows(wanted):
                for row in orders(self._transport, _midnight(since)):
                    self._known.know(row)
            happened = joined(activities(rows, self._known.name, self._health))
        return tuple(sorted(happened, key=lambda one: one.day))

    def close(self) -> None:
        """Let go of the connections; calls that follow raise PortUnavailableError."""
        self._transport.close()

    def _fills(self, row: OrderRow) -> Iterator[ActivityRow]:
        return fills(self._transport, row.id, row.filled())

    def _account_row(self) -> AccountRow:
        return decode(AccountRow, self._transport.get("/v2/account"))

    def _time(self) -> datetime:
        """Return the time by Alpaca's clock; by ours where the two agree."""
        before = self._clock.now()
        told = decode(ClockRow, self._transport.get("/v2/clock")).at()
        after = self._clock.now()
        return after if before <= told <= after else told

    def _submit(self, order: NewOrderSingle) -> SubmitOutcome:
        answer = self._transport.send("POST", _ORDERS, request(order))
        said = verdict(answer)
        match said.meaning:
            case Meaning.ACCEPTED:
                row = decode(OrderRow, answer.body)
                if row.is_of(order):
                    return self._accepted(row)
                text = f"Alpaca answered {order.cl_ord_id} with another order."
                self._health.tell("another_order", text)
                return Unknown(text=text)
            case Meaning.DUPLICATE:
                return self._there(order)
            case Meaning.REJECTED:
                return Rejected(code=said.code, text=said.text)
            case Meaning.NOT_TAKEN | Meaning.UNKNOWN:
                self._health.count("submit_unknown", said.text)
                return Unknown(text=said.text)

    def _there(self, order: NewOrderSingle) -> SubmitOutcome:
        """Answer for an order whose name Alpaca has already."""
        row = self._known.find(order.cl_ord_id)
        if row is None:
            return Unknown(text="Alpaca has an order of this name, and does not show it.")
        if row.is_of(order):
            return self._accepted(row)
        text = f"Alpaca has another order of the name {order.cl_ord_id}."
        self._health.tell("another_order", text)
        return Rejected(code="duplicate_cl_ord_id", text=text)

    def _accepted(self, row: OrderRow) -> Accepted:
        self._known.know(row)
        row.is_live(self._health)
        return Accepted(report=acknowledgement(row))

    def _cancel(self, cl_ord_id: ClOrdId) -> CancelOutcome:
        order_id = self._known.order_id(cl_ord_id)
        if order_id is None:
            return CancelOutcome.UNKNOWN_ORDER
        answer = self._transport.send("DELETE", f"{_ORDERS}/{quote(order_id, safe='')}", None)
        outcome = cancel_outcome(answer)
        if outcome is CancelOutcome.UNKNOWN:
            self._health.count("cancel_unknown", f"{cl_ord_id}: {answer.status}")
        return outcome


def _midnight(day: date) -> datetime:
    """Return the beginning of `day` in New York, UTC."""
    return datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
