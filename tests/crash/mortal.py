"""Ports that kill their own process at a chosen point."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.application.cycle import run_cycle
from alchemiser.application.engine import Engine
from alchemiser.domain.journal.chain import Envelope
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecType, ExecutionReport, SubmitOutcome
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.venue_model.settings import VenueSettings
from tests.cycle.world import VENUE, make_engine


def die() -> None:
    """Die as by `kill -9`: no handler, no flush, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Die at the n-th time a point is passed."""

    def __init__(self, point: str, at: int) -> None:
        self.point = point
        self.left = at

    def passed(self, point: str) -> None:
        """Count `point` and die when it is the one and its time has come."""
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                die()


class MortalJournal:
    """Die before or after certain records are durable."""

    def __init__(self, journal: SqliteJournal, countdown: Countdown) -> None:
        self._journal = journal
        self._countdown = countdown
        self.head, self.epoch = journal.head, journal.epoch
        self.take_over, self.read = journal.take_over, journal.read

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Append, passing a point before and one after for each record type."""
        points = [_point(envelope) for envelope in envelopes]
        for point in points:
            self._countdown.passed(f"before {point}")
        self._journal.append(envelopes)
        for point in points:
            self._countdown.passed(f"after {point}")


def _point(envelope: Envelope) -> str:
    if envelope.type == "ExecutionReported":
        return "fill" if f'"{ExecType.TRADE}"' in envelope.data else "acknowledgement"
    if envelope.type == "Reconciled":
        return "reconciled-after" if '"after"' in envelope.data else "reconciled-before"
    return envelope.type


class MortalBroker:
    """Die before or after calls to the venue."""

    def __init__(self, broker: SimulatedBroker, countdown: Countdown) -> None:
        self._broker = broker
        self._countdown = countdown
        self.account_id, self.lease_key = broker.account_id, broker.lease_key
        self.cancel, self.orders = broker.cancel, broker.orders
        self.activities = broker.activities

    def account(self) -> AccountSnapshot:
        """Read the account."""
        self._countdown.passed("before account")
        account = self._broker.account()
        self._countdown.passed("after account")
        return account

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Send an order, passing a point on either side."""
        self._countdown.passed("before send")
        outcome = self._broker.submit(order)
        self._countdown.passed("between send and acknowledgement")
        return outcome

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Ask for an order's reports; a point lies between a fill and its record."""
        reports = self._broker.reports(cl_ord_id)
        if any(report.exec_type is ExecType.TRADE for report in reports or ()):
            self._countdown.passed("between fill and record")
        return reports


def run_until(
    home: Path, day: date, seed: int, countdown: Countdown, *, venue: VenueSettings = VENUE
) -> int:
    """Run the cycle of `day` in a child that dies at `countdown`; return its wait status."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            engine = make_engine(home, day, seed, venue=venue)
            mortal = replace(
                engine,
                journal=MortalJournal(SqliteJournal(home / "journal.db"), countdown),
                broker=MortalBroker(_broker(engine), countdown),
            )
            code = asyncio.run(run_cycle(mortal, day)).exit_code
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def _broker(engine: Engine) -> SimulatedBroker:
    assert isinstance(engine.broker, SimulatedBroker)
    return engine.broker
