"""Reports that wait for the engine: each once, and never more than fit."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable, Iterator

from alchemiser.domain.orders.messages import ExecutionReport


class Mailbox:
    """Keep reports for one reader, in one loop."""

    def __init__(self, reports_max: int, remembered_max: int, counts: Counter[str]) -> None:
        """Be empty.

        Args:
            reports_max: Reports that may wait.
            remembered_max: Names of reports that are known again.
            counts: Where `duplicates` and `overflows` are counted.
        """
        self._reports: deque[ExecutionReport] = deque()
        self._known: OrderedDict[Hashable, None] = OrderedDict()
        self._reports_max = reports_max
        self._remembered_max = remembered_max
        self._counts = counts
        self._stirred = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def is_news(self, report: ExecutionReport) -> bool:
        """Say whether `report` tells of shares or of an end that no report has told of before.

        The same may be told under other names: what matters is how far its order has come.
        """
        return any(mark not in self._known for mark in _marks(report))

    def has_had(self, report: ExecutionReport) -> bool:
        """Say whether a report of this name was put in before."""
        return report.exec_id in self._known

    def put(self, report: ExecutionReport) -> bool:
        """Take `report`, unless it is known; say whether there was room for it."""
        if self.has_had(report):
            self._counts["duplicates"] += 1
        elif len(self._reports) >= self._reports_max:
            self._counts["overflows"] += 1
            self._room.clear()
            return False
        else:
            self._reports.append(report)
            self._remember(report)
            self.stir()
        return True

    def _remember(self, report: ExecutionReport) -> None:
        self._known[report.exec_id] = None
        for mark in _marks(report):
            self._known[mark] = None
        while len(self._known) > self._remembered_max:
            self._known.popitem(last=False)

    async def room(self) -> None:
        """Return once half of the mailbox is free, if it has been full. Cancellable."""
        await self._room.wait()

    def pop(self) -> ExecutionReport | None:
        """Return the report that has waited longest, or None."""
        if not self._reports:
            self._stirred.clear()
            return None
        if len(self._reports) <= self._reports_max // 2 + 1:
            self._room.set()
        return self._reports.popleft()

    def stir(self) -> None:
        """Wake whoever waits."""
        self._stirred.set()

    async def stirred(self) -> None:
        """Return once something may have come since `pop` returned None. Cancellable."""
        await self._stirred.wait()


def _marks(report: ExecutionReport) -> Iterator[Hashable]:
    """Yield what `report` says of how far its order has come."""
    yield report.cl_ord_id, report.cum_qty
    if report.ord_status.is_terminal():
        yield report.cl_ord_id, "ended"
