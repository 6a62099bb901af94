"""What the machine has before it while it works a plan: what is known, and what it will say."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alchemiser.domain.execution.facts import CancelIntended, Fact
from alchemiser.domain.execution.messages import Cancel, Effect, SetTimer, Step, Timer
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.stopping import stopped
from alchemiser.domain.execution.work import Child, Phase
from alchemiser.domain.orders.messages import ExecutionReport, Side
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import ClOrdId, ExecId
from alchemiser.domain.values.session import Session

_WORKING: Final = Phase.WORKING
_NOTHING: Final = Step()
_step: Final = maker(Step)


@dataclass(slots=True)
class Desk:
    """Hold where the orders stand, what is known of them besides, and what follows from an event.

    What is not in `state` is found out anew after a restart.

    Attributes:
        state: Folded from the facts.
        settings: How patient the machine is.
        session: The session.
        absences: How often in a row the venue has denied an order.
        refusals: How often the gate has refused to send an order again.
        disputed: Orders that the venue has told impossible things about.
        early: Fills that have no room until others are taken back, of each order.
        uncertain_cancels: Orders whose cancel may not have arrived.
        ended: Why nothing more is sent on a side.
    """

    state: ExecutionState
    settings: ExecutionSettings
    session: Session
    absences: dict[ClOrdId, int] = field(default_factory=dict)
    refusals: dict[ClOrdId, int] = field(default_factory=dict)
    disputed: set[ClOrdId] = field(default_factory=set)
    early: dict[ClOrdId, dict[ExecId, ExecutionReport]] = field(default_factory=dict)
    uncertain_cancels: set[ClOrdId] = field(default_factory=set)
    ended: dict[Side, Violation] = field(default_factory=dict)
    _facts: list[Fact] = field(default_factory=list)
    _effects: list[Effect] = field(default_factory=list)

    def record(self, fact: Fact, at: datetime) -> None:
        """Let a fact be true from now on; an intended cancel is asked for, too."""
        self.state.apply(fact, at)
        self._facts.append(fact)
        if isinstance(fact, CancelIntended):
            self.ask(Cancel(cl_ord_id=fact.cl_ord_id))

    def ask(self, effect: Effect) -> None:
        """Ask for something to be done."""
        self._effects.append(effect)

    def taken(self) -> Step:
        """Return what has been recorded and asked for, and begin anew."""
        if not (self._facts or self._effects):
            return _NOTHING
        step = _step(facts=tuple(self._facts), effects=tuple(self._effects))
        self._facts.clear()
        self._effects.clear()
        return step

    def cancel(self, child: Child, reason: str, at: datetime) -> None:
        """Cancel one order."""
        self.record(CancelIntended(cl_ord_id=child.name, reason=reason), at)

    def cancel_expired(self, at: datetime) -> frozenset[ClOrdId]:
        """Cancel what has worked for as long as it may, and return what that was."""
        expired = [child for child in self.state.in_flight() if child.has_expired(at)]
        for child in expired:
            self.cancel(child, "unfilled in time", at)
        return frozenset(child.name for child in expired)

    def poll_later(self, at: datetime) -> None:
        """Ask about the orders in flight after a while."""
        if self.state.has_in_flight():
            later = at + timedelta(seconds=self.settings.poll_seconds)
            self.ask(SetTimer(timer=Timer.POLL, at=later))

    def end(self, at: datetime, why: Violation, sides: Collection[Side]) -> None:
        """Send nothing more on some sides, and cancel what works there."""
        self.ended |= dict.fromkeys(sides, why)
        self._stop(at, why, sides)

    def keep_ended(self, at: datetime) -> None:
        """Stop what an ended side has left since: the rest of what was in flight, or came late."""
        for side, why in self.ended.items():
            self._stop(at, why, {side})

    def _stop(self, at: datetime, why: Violation, sides: Collection[Side]) -> None:
        for fact in tuple(stopped(self.state, why, sides)):
            self.record(fact, at)

    def rests(self, child: Child, at: datetime) -> bool:
        """Say whether an order waits for the closing auction: nothing happens to it before."""
        waits = child.phase is _WORKING and child.order.request.is_on_close()
        return waits and at < self.session.close_at

    def is_to_be_sent_again(self, child: Child, at: datetime) -> bool:
        """Say whether the venue has denied an order often enough, and it may still go."""
        return (
            child.unknown
            and not self._is_too_late(child, at)
            and child.side not in self.ended
            and child.phase is Phase.SENT
            and child.name not in self.disputed
            and self.refusals.get(child.name, 0) < self.settings.sends_max
            and self.settings.may_send_again(child, self.absences.get(child.name, 0))
        )

    def lost(self, at: datetime) -> tuple[Child, ...]:
        """Return what is to be sent again, in the plan's order."""
        if not self.absences and self.settings.absences_min > 0:
            # Nothing was denied.
            return ()
        return tuple(one for one in self.state.in_flight() if self.is_to_be_sent_again(one, at))

    def room(self) -> int | None:
        """Return how many orders may be sent now, or None for any number.

        None go before most of those on their way are answered: what is read for a release costs
        the ration as much for one order as for many.
        """
        most = self.settings.at_once
        if most is None:
            return None
        under_way = self.state.on_their_way()
        return most - under_way if under_way <= most // 4 else 0

    def _is_too_late(self, child: Child, at: datetime) -> bool:
        """Say whether an order for the closing auction would not reach it any more."""
        until = self.settings.algorithms.auction.entered_until(self.session)
        return child.order.request.is_on_close() and at > until
