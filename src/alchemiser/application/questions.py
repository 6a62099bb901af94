"""Questions about orders: one by one, or joined where the broker tells of many at once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Final

from alchemiser.application.engine import Engine
from alchemiser.domain.execution.messages import ReportsArrived
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.order_list import OrderListPort

APART_MAX: Final = 12
"""Most orders that are asked for by name after a list did not tell of them; others wait a turn.
Where requests are rationed it is a quarter of what may be sent at once, so that looking for what
is lost leaves the rest of the ration to the account and to orders."""

Told = Callable[[ReportsArrived], None]


class Questions:
    """Ask what has become of orders; each question once at a time.

    Where the broker has a list of orders, questions that are noted while one is under way are
    joined. Only the answer to a question by name can be that there is no such order.
    """

    def __init__(self, engine: Engine, calls: set[asyncio.Task[None]], tell: Told) -> None:
        """Ask the ports of `engine`.

        Args:
            engine: Whose broker is asked.
            calls: Where calls under way are added; each raises what the broker raises.
            tell: Takes the answers.
        """
        self._engine = engine
        self._calls = calls
        self._tell = tell
        self._noted: dict[ClOrdId, None] = {}
        self._open: set[ClOrdId] = set()
        self._alone: Counter[ClOrdId] = Counter()
        self._joining = False
        rationed = engine.execution.at_once
        self._apart = APART_MAX if rationed is None else min(max(rationed // 4, 1), APART_MAX)

    def note(self, name: ClOrdId) -> None:
        """Let the order of that name be asked for, unless it is being asked for already."""
        if name not in self._open:
            self._noted[name] = None

    def begin(self) -> None:
        """Ask what is noted, unless it waits to be joined."""
        book = self._engine.order_list
        if book is None:
            self._ask_apart(self._taken())
        elif self._noted and not self._joining:
            self._joining = True
            self._start(self._ask_together(book))

    def _taken(self) -> tuple[ClOrdId, ...]:
        names = tuple(self._noted)
        self._noted.clear()
        self._open.update(names)
        return names

    def _ask_apart(self, names: Iterable[ClOrdId]) -> None:
        for name in names:
            self._start(self._ask(name))

    def _start(self, call: Coroutine[None, None, None]) -> None:
        self._calls.add(asyncio.create_task(call))

    async def _ask_together(self, book: OrderListPort) -> None:
        names = self._taken()
        found: Mapping[ClOrdId, tuple[ExecutionReport, ...]] = {}
        try:
            if len(names) > 1:
                found = await self._engine.calls.call(lambda: book.found(names))
        except PortUnavailableError:
            # They are asked for by name.
            found = {}
        finally:
            self._joining = False
        for name, reports in found.items():
            self._answered(name, reports)
        # Whoever has been asked for by name least often goes first, so that all have their turn.
        rest = sorted((one for one in names if one not in found), key=self._alone.__getitem__)
        now = rest[: self._apart]
        self._alone.update(now)
        self._open.difference_update(rest[self._apart :])
        self._ask_apart(now)

    async def _ask(self, name: ClOrdId) -> None:
        try:
            reports = await self._engine.calls.call(lambda: self._engine.broker.reports(name))
        except PortUnavailableError:
            self._open.discard(name)
            return
        self._answered(name, reports)

    def _answered(self, name: ClOrdId, reports: tuple[ExecutionReport, ...] | None) -> None:
        self._open.discard(name)
        now = self._engine.clock.now()
        self._tell(ReportsArrived(at=now, cl_ord_id=name, reports=reports))
