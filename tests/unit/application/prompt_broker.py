"""A broker that does what it is asked at once, unless a test tells it otherwise."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecutionReport,
    NewOrderSingle,
    SubmitOutcome,
)
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO, cents
from alchemiser.testing.builders import ACCOUNT, DAY, NOW
from tests.unit.domain.execution.bench import canceled, fill, new


@dataclass(slots=True)
class PromptBroker:
    """Accept everything at once and fill it at once, unless told otherwise.

    Attributes:
        cash: Dollars.
        positions: Shares by symbol, none zero.
        resting: Orders that are accepted and never fill.
        failures: What the next calls of a method raise, by the method's name; soonest first.
        before_submit: Runs before each send.
        calls: Every call, by name and order.
    """

    cash: Decimal
    positions: dict[Symbol, Decimal]
    resting: set[ClOrdId] = field(default_factory=set)
    failures: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    before_submit: Callable[[NewOrderSingle], object] = lambda _: None
    calls: list[tuple[str, str]] = field(default_factory=list)
    _reports: dict[ClOrdId, list[ExecutionReport]] = field(default_factory=dict)
    _requests: dict[ClOrdId, NewOrderSingle] = field(default_factory=dict)

    def _called(self, method: str, about: str = "") -> None:
        self.calls.append((method, about))
        if self.failures[method]:
            raise self.failures[method].pop(0)

    def sent(self) -> list[str]:
        """Return the ids sent, in order."""
        return [about for method, about in self.calls if method == "submit"]

    def account_id(self) -> AccountId:
        """Return the account number."""
        return ACCOUNT

    def lease_key(self) -> str:
        """Return the account number."""
        return ACCOUNT

    def account(self) -> AccountSnapshot:
        """Return the account, its equity generous."""
        self._called("account")
        held = sorted(self.positions.items())
        return AccountSnapshot(
            account=ACCOUNT,
            cash=self.cash,
            equity=Decimal(100_000),
            buying_power=self.cash,
            positions=tuple(Position(symbol=name, quantity=shares) for name, shares in held),
            at=NOW,
        )

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Take an order."""
        request = order.order
        self.before_submit(request)
        self._called("submit", request.cl_ord_id)
        reports = self._reports.setdefault(request.cl_ord_id, [new(request)])
        self._requests[request.cl_ord_id] = request
        if request.cl_ord_id not in self.resting and len(reports) == 1:
            self._fill(request)
        return Accepted(report=reports[0])

    def _fill(self, request: NewOrderSingle) -> None:
        trade = fill(request)
        self._reports[request.cl_ord_id].append(trade)
        sign = request.side.sign()
        self.cash -= sign * cents(trade.last_qty * trade.last_px) + trade.commission
        held = self.positions.pop(request.symbol, ZERO) + sign * trade.last_qty
        if held:
            self.positions[request.symbol] = held

    def cancel(self, cl_ord_id: ClOrdId) -> CancelOutcome:
        """End a resting order at once."""
        self._called("cancel", cl_ord_id)
        if cl_ord_id not in self._reports:
            return CancelOutcome.UNKNOWN_ORDER
        if cl_ord_id not in self.resting:
            return CancelOutcome.TOO_LATE
        self._reports[cl_ord_id].append(canceled(self._requests[cl_ord_id]))
        return CancelOutcome.ACCEPTED

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Return what happened to an order."""
        self._called("reports", cl_ord_id)
        known = self._reports.get(cl_ord_id)
        return None if known is None else tuple(known)

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return nothing: only orders change this account."""
        del since
        return ()

    def orders(self, session: date) -> tuple[ClOrdId, ...]:
        """Return every order."""
        assert session == DAY
        return tuple(self._reports)
