"""`alchemiser` in a process that stops itself, as by `kill -STOP`, when it reaches a point.

Call it with the name of the point, then with the arguments of the command line.
"""

import os
import signal
import sys
from collections.abc import Sequence

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecutionReport, SubmitOutcome
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.entrypoints.cli import main

INTENT = "before an intent is recorded"
SENT = "after the first order was sent"
ASKED = "after the venue was asked about an order"
POINTS = (INTENT, SENT, ASKED)
_append, _submit, _reports = SqliteJournal.append, SimulatedBroker.submit, SimulatedBroker.reports
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


def _reporting(self: SimulatedBroker, name: ClOrdId) -> tuple[ExecutionReport, ...] | None:
    reports = _reports(self, name)
    _pass(ASKED)
    return reports


if __name__ == "__main__":
    SqliteJournal.append = _appending  # type: ignore[method-assign]
    SimulatedBroker.submit = _submitting  # type: ignore[method-assign]
    SimulatedBroker.reports = _reporting  # type: ignore[method-assign, assignment]
    del sys.argv[1]
    main()
