"""What a broker tells of many orders in one answer."""

from collections.abc import Collection, Mapping
from typing import Protocol

from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId


class OrderListPort(Protocol):
    """Tell of many orders at the cost of one; what it leaves out is asked for by its name."""

    def found(self, names: Collection[ClOrdId]) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
        """Return all reports, oldest first, on those of `names` that the broker lists.

        That one is missing proves nothing.

        Raises:
            PortUnavailableError: When the broker cannot be reached.
        """
