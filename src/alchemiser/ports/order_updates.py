"""What happens to orders, told as it happens."""

from typing import Protocol

from alchemiser.domain.orders.messages import ExecutionReport


class OrderUpdatesPort(Protocol):
    """Tell the reports on the account's orders; what it leaves out is found by asking."""

    async def next(self) -> ExecutionReport:
        """Return the next report on any order of the account, once there is one. Cancellable.

        Reports may come twice, late or in another order than they were made; connections that break
        are the adapter's own to mend.

        Raises:
            PortUnavailableError: When nothing more will be told.
        """
