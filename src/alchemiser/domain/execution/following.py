"""Following what was sent to its end: answers, reports, denials, and asking again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alchemiser.domain.execution.desk import Desk
from alchemiser.domain.execution.facts import ABSENT, OrderRejected, OutcomeUnknown
from alchemiser.domain.execution.messages import (
    Cancel,
    CancelAnswered,
    Query,
    ReportsArrived,
    SubmitAnswered,
)
from alchemiser.domain.execution.reports import learn
from alchemiser.domain.execution.work import Child, Phase
from alchemiser.domain.orders.messages import Accepted, CancelOutcome, ExecutionReport, Rejected
from alchemiser.domain.orders.order import comes_too_early
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker

_query: Final = maker(Query)


@dataclass(frozen=True, slots=True)
class Follower:
    """Follow every child to a terminal report, or to the proof that the venue never had it."""

    _desk: Desk

    def take_up(self, at: datetime) -> None:
        """Ask about everything in flight, at the beginning or after a restart."""
        for child in self._desk.state.in_flight():
            child.unknown = child.phase is Phase.SENT
            if child.phase is Phase.CANCELING:
                self._desk.uncertain_cancels.add(child.name)
            self._desk.ask(Query(cl_ord_id=child.name))
        self._desk.poll_later(at)

    def answered(self, event: SubmitAnswered) -> None:
        """Take the answer to a send."""
        child, outcome = self._desk.state.children.get(event.cl_ord_id), event.outcome
        if child is None:
            # What was never sent cannot have been answered.
            return
        if isinstance(outcome, Accepted):
            self._absorb(child, (outcome.report,), event.at)
        elif child.phase is not Phase.SENT:
            # The venue has reported on the order since: that outranks the answer to one send.
            return
        elif isinstance(outcome, Rejected) and child.sends == 1:
            fact = OrderRejected(cl_ord_id=event.cl_ord_id, code=outcome.code, text=outcome.text)
            self._desk.record(fact, event.at)
        else:
            # A rejection of a repeated send says nothing about the first one: ask by id.
            self._desk.record(
                OutcomeUnknown(cl_ord_id=event.cl_ord_id, text=outcome.text), event.at
            )
            self._desk.ask(Query(cl_ord_id=event.cl_ord_id))

    def cancel_answered(self, event: CancelAnswered) -> None:
        """Take the answer to a cancel."""
        # Only orders that the venue has are cancelled: one that it denies is cancelled again.
        if event.outcome in {CancelOutcome.UNKNOWN, CancelOutcome.UNKNOWN_ORDER}:
            self._desk.uncertain_cancels.add(event.cl_ord_id)
        self._desk.ask(Query(cl_ord_id=event.cl_ord_id))

    def reported(self, event: ReportsArrived) -> None:
        """Take the reports on an order, or its denial."""
        name, child = event.cl_ord_id, self._desk.state.children.get(event.cl_ord_id)
        if child is None:
            return
        if event.reports is not None:
            self._desk.absences.pop(name, None)
            self._absorb(child, event.reports, event.at)
        elif child.phase is Phase.SENT and child.unknown:
            self._desk.absences[name] = self._desk.absences.get(name, 0) + 1
            self._bury(child, event.at)

    def poll(self, at: datetime) -> None:
        """Ask about everything in flight."""
        expired = self._desk.cancel_expired(at)
        for child in self._desk.state.in_flight():
            name = child.name
            if name in expired:
                continue
            if name in self._desk.uncertain_cancels:
                self._desk.uncertain_cancels.discard(name)
                self._desk.ask(Cancel(cl_ord_id=name))
            elif self._desk.rests(child, at):
                continue
            elif child.unknown or child.phase is not Phase.SENT:
                self._desk.ask(_query(cl_ord_id=name))
            elif self._desk.settings.lacks_word(child, at):
                text = "the venue has not answered in time"
                self._desk.record(OutcomeUnknown(cl_ord_id=name, text=text), at)
                self._desk.ask(Query(cl_ord_id=name))
        self._desk.poll_later(at)

    def _bury(self, child: Child, at: datetime) -> None:
        """Take an order for never arrived once that is proven and it will not be sent again."""
        name = child.name
        absent = self._desk.settings.proves_absence(child, self._desk.absences[name], at)
        again = self._desk.is_to_be_sent_again(child, at)
        if absent and name not in self._desk.disputed and not again:
            text = "the venue has no such order, and it will not be sent again"
            self._desk.record(OrderRejected(cl_ord_id=name, code=ABSENT, text=text), at)

    def _absorb(self, child: Child, reports: Iterable[ExecutionReport], at: datetime) -> None:
        try:
            for report in reports:
                self._take(child, report, at)
        except InvalidTransitionError as error:
            self._dispute(child, str(error), at)
        self._desk.keep_ended(at)

    def _take(self, child: Child, report: ExecutionReport, at: datetime) -> None:
        """Take one report; a fill without room waits for the word that takes another back."""
        if comes_too_early(child.order, report):
            self._desk.early.setdefault(child.name, {})[report.exec_id] = report
            text = f"fill {report.exec_id} has no room unless another is taken back"
            self._dispute(child, text, at)
            return
        learn(self._desk, child, report, at)
        if report.exec_ref_id is not None:
            for waiting in self._desk.early.pop(child.name, {}).values():
                self._take(child, waiting, at)

    def _dispute(self, child: Child, text: str, at: datetime) -> None:
        """Keep an order that the venue tells impossible things about as unknown."""
        name = child.name
        if name not in self._desk.disputed:
            self._desk.disputed.add(name)
            self._desk.record(OutcomeUnknown(cl_ord_id=name, text=text), at)
