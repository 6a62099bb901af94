"""How long the machine waits, how often it asks, and what an order's absence proves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.work import Child


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSettings:
    """Say how patient the machine is.

    Attributes:
        poll_seconds: Time between two questions about an order in flight.
        absences_min: How often in a row the venue must deny an order before it is sent again.
        sends_max: How often one id may be sent, restarts included, and how often the gate may
            refuse to send it again; it is the same order each time.
        acknowledge_seconds_max: How long the venue may take to answer a send, before the order is
            flagged and asked for by its id.
        acceptance_seconds_max: How late the venue may still accept what was sent; only after it
            can the venue's denial prove that there is no such order.
        give_up_seconds: How long after the deadline the machine waits for last words; above
            `acceptance_seconds_max`, or an order lost at the deadline stays unknown.
        at_once: Most orders that are on their way to the venue at a time: a broker who rations
            requests takes no more of them in time. None for no bound.
        algorithms: How orders are worked.
    """

    poll_seconds: int = 1
    absences_min: int = 3
    sends_max: int = 30
    acknowledge_seconds_max: int = 10
    acceptance_seconds_max: int = 60
    give_up_seconds: int = 90
    at_once: int | None = None
    algorithms: AlgorithmSettings = field(default_factory=AlgorithmSettings)

    def lacks_word(self, child: Child, at: datetime) -> bool:
        """Say whether the venue should have answered the last send of `child` by `at`."""
        return _age(child, at) >= timedelta(seconds=self.acknowledge_seconds_max)

    def may_send_again(self, child: Child, absences: int) -> bool:
        """Say whether `child`, denied `absences` times, may be sent once more under its id."""
        return absences >= self.absences_min and child.sends < self.sends_max

    def proves_absence(self, child: Child, absences: int, at: datetime) -> bool:
        """Say whether `absences` denials up to `at` prove that the venue never had `child`."""
        late = _age(child, at) >= timedelta(seconds=self.acceptance_seconds_max)
        return late and absences >= self.absences_min


def _age(child: Child, at: datetime) -> timedelta:
    return at - child.sent_at
