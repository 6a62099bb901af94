"""Questions about orders: one by one, or joined where the broker tells of many at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from alchemiser.application.calls import Calls
from alchemiser.application.engine import Engine
from alchemiser.domain.execution.messages import ReportsArrived
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.call_runner import Ended
from alchemiser.ports.errors import PortUnavailableError

APART_MAX: Final = 12
"""Most orders that are asked for by name after a list did not tell of them; others wait a turn.
Where requests are rationed it is a quarter of what may be sent at once, so that looking for what
is lost leaves the rest of the ration to the account and to orders."""

Told = Callable[[ReportsArrived], None]
_arrived: Final = maker(ReportsArrived)


class Questions:
    """Ask what has become of orders; each question once at a time.

    Where the broker has a list of orders, questions that are noted while one is under way are
    joined. Only the answer to a question by name can be that there is no such order.
    """

    def __init__(self, engine: Engine, calls: Calls, tell: Told) -> None:
        """Ask the ports of `engine`.

        Args:
            engine: Whose broker is asked.
            calls: Makes the calls; they raise what the broker raises.
            tell: Takes the answers.
        """
        self._engine = engine
        self._calls = calls
        self._tell = tell
        self._noted: dict[ClOrdId, None] = {}
        self._open: set[ClOrdId] = set()
        self._alone: Counter[ClOrdId] = Counter()
        self._known: dict[ClOrdId, tuple[ExecutionReport, ...] | None] = {}
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
        if not self._noted or self._joining:
            return
        names = self._taken()
        if book is None:
            self._ask_apart(names)
        elif len(names) == 1:
            self._ask_rest(names)
        else:
            self._joining = True
            self._calls.begin(partial(book.found, names), partial(self._listed, names))

    def _taken(self) -> tuple[ClOrdId, ...]:
        names = tuple(self._noted)
        self._noted.clear()
        self._open.update(names)
        return names

    def _ask_apart(self, names: Iterable[ClOrdId]) -> None:
        for name in names:
            asked = partial(self._engine.broker.reports, name)
            self._calls.begin(asked, partial(self._reported, name))

    def _listed(
        self,
        names: tuple[ClOrdId, ...],
        answer: Ended[Mapping[ClOrdId, tuple[ExecutionReport, ...]]],
    ) -> None:
        self._joining = False
        try:
            found = answer.result()
        except PortUnavailableError:
            # They are asked for by name.
            found = {}
        for name, reports in found.items():
            self._answered(name, reports)
        self._ask_rest([one for one in names if one not in found])

    def _ask_rest(self, names: Iterable[ClOrdId]) -> None:
        """Ask by name for those that no list has told of, as many as may be asked for at once."""
        # Whoever has been asked for by name least often goes first, so that all have their turn.
        rest = sorted(names, key=self._alone.__getitem__)
        now = rest[: self._apart]
        self._alone.update(now)
        self._open.difference_update(rest[self._apart :])
        self._ask_apart(now)

    def _reported(self, name: ClOrdId, answer: Ended[tuple[ExecutionReport, ...] | None]) -> None:
        try:
            reports = answer.result()
        except PortUnavailableError:
            self._open.discard(name)
            return
        self._answered(name, reports)

    def _answered(self, name: ClOrdId, reports: tuple[ExecutionReport, ...] | None) -> None:
        self._open.discard(name)
        if reports is not None and self._known.get(name) is reports:
            # The very same answer as the last one to this question: nothing has happened.
            return
        self._known[name] = reports
        now = self._engine.clock.now()
        self._tell(_arrived(at=now, cl_ord_id=name, reports=reports))
