"""`alchemiser` in a process that stops itself, as by `kill -STOP`, when it reaches a point.

Call it with the name of the point, then with the arguments of the command line.
"""

import os
import signal
import sys
from collections.abc import Collection, Mapping, Sequence

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecutionReport, SubmitOutcome
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.entrypoints.cli import main

INTENT = "before an intent is recorded"
SENT = "after the first order was sent"
ASKED = "after the venue was asked about orders"
POINTS = (INTENT, SENT, ASKED)
_append, _submit, _found = SqliteJournal.append, SimulatedBroker.submit, SimulatedBroker.found
_left = [sys.argv[1]] if len(sys.argv) > 1 else []


def _pass(point: str) -> None:
    """Stop at `point`, once, until somebody lets the process go on."""
    if point in _left:
        _left.remove(point)
        os.kill(os.getpid(), signal.SIGSTOP)


def _appending(self: SqliteJournal, envelopes: Sequence[Envelope]) -> None:
    if any(one.type == "OrderIntended" for one in envelopes):
        _pass(INTENT)
    _append(self, envelopes)


def _submitting(self: SimulatedBroker, order: ApprovedOrder) -> SubmitOutcome:
    outcome = _submit(self, order)
    _pass(SENT)
    return outcome


def _finding(
    self: SimulatedBroker, names: Collection[ClOrdId]
) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
    found = _found(self, names)
    _pass(ASKED)
    return found


if __name__ == "__main__":
    SqliteJournal.append = _appending  # type: ignore[method-assign]
    SimulatedBroker.submit = _submitting  # type: ignore[method-assign]
    SimulatedBroker.found = _finding  # type: ignore[method-assign]
    del sys.argv[1]
    main()
