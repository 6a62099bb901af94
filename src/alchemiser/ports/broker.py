"""The venue that holds the money."""

from datetime import date
from typing import Protocol

from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import CancelOutcome, ExecutionReport, SubmitOutcome
from alchemiser.domain.values.identifiers import AccountId, ClOrdId


class BrokerPort(Protocol):
    """Send orders to one account and read it; every call returns within its time limit."""

    def account_id(self) -> AccountId:
        """Return the account number; constant.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """

    def lease_key(self) -> str:
        """Return a name of the account that is the same for every engine that could trade it."""

    def account(self) -> AccountSnapshot:
        """Return the account with its positions as of now.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send `order`; the same `cl_ord_id` again never makes a second order."""

    def cancel(self, cl_ord_id: ClOrdId) -> CancelOutcome:
        """Ask to cancel; the outcome of the order itself comes with `reports`."""

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Return all reports on one order, oldest first, or None when the broker has no such order.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what else changed the account on `since` and later days, oldest first.

        An activity is told under the same `activity_id` whenever it is asked for. Executions of
        the engine's own orders may be among them, or be left out.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """

    def orders(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the `cl_ord_id` of every order of `session`, from any writer, in order of entry.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """
