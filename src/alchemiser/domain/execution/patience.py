"""How long the machine waits, how often it asks, and what an order's absence proves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alchemiser.domain.execution.state import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSettings:
    """Say how patient the machine is.

    Attributes:
        poll_seconds: Time between two questions about an order in flight.
        order_seconds_max: How long an order may work before it is cancelled.
        absences_min: How often in a row the venue must deny an order before it is sent again.
        sends_max: How often one id may be sent, restarts included, and how often the gate may
            refuse to send it again; it is the same order each time.
        acceptance_seconds_max: How late the venue may still accept what was sent; only after it
            can the venue's denial prove that there is no such order.
        give_up_seconds: How long after the deadline the machine waits for last words; above
            `acceptance_seconds_max`, or an order lost at the deadline stays unknown.
    """

    poll_seconds: int = 1
    order_seconds_max: int = 60
    absences_min: int = 3
    sends_max: int = 30
    acceptance_seconds_max: int = 60
    give_up_seconds: int = 90

    def is_overdue(self, work: Work, at: datetime) -> bool:
        """Say whether `work` was sent too long before `at` to go on working."""
        return _age(work, at) >= timedelta(seconds=self.order_seconds_max)

    def may_send_again(self, work: Work, absences: int) -> bool:
        """Say whether `work`, denied `absences` times, may be sent once more under its id."""
        return absences >= self.absences_min and work.sends < self.sends_max

    def proves_absence(self, work: Work, absences: int, at: datetime) -> bool:
        """Say whether `absences` denials up to `at` prove that the venue never had `work`."""
        late = _age(work, at) >= timedelta(seconds=self.acceptance_seconds_max)
        return late and absences >= self.absences_min


def _age(work: Work, at: datetime) -> timedelta:
    return timedelta(0) if work.sent_at is None else at - work.sent_at
