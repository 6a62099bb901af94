"""Every decision on record, with its shadow, as it passes by while the journal is read."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from alchemiser.application.parity.shadow import Chain, Shadow
from alchemiser.domain.books.ledger import Book, total_positions
from alchemiser.domain.journal.account_records import ActivitiesKnown, ActivityBooked
from alchemiser.domain.journal.allocations import StrategyReweighted
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import (
    CycleFinished,
    CycleKind,
    CycleStarted,
    EntryPosted,
    InputsTaken,
    Record,
    StrategyFailed,
    StrategyUndecided,
    TargetDecided,
)
from alchemiser.domain.journal.source_records import QuorumMissed
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.parity.exchanges import Exchange, exchange_of
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session

_DECISIVE: Final = frozenset({
    ActivitiesKnown,
    CycleFinished,
    EntryPosted,
    QuorumMissed,
    StrategyFailed,
    StrategyReweighted,
    StrategyUndecided,
    TargetDecided,
})
"""What a decision's records begin with, once its inputs are on record."""
_A_DAY: Final = timedelta(days=1)

Exchanges = Sequence[tuple[int, Exchange]]
"""Each with the number of postings that had been made before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Hold the moment at which a session was, or should have been, decided.

    Attributes:
        session: Which.
        books: Every book before the decision.
        posted: How many postings had been made.
        taken: What was decided on, or None where nobody decided.
        cycle: What the records say of the session, or None when they say nothing.
        chain: The shadow and the worlds on the way to the record; None outside of what was asked
            for, or when the session has no prices yet.
    """

    session: Session
    books: Mapping[BookId, Book]
    posted: int
    taken: InputsTaken | None
    cycle: CycleState | None
    chain: Chain | None


class Observer:
    """Look on while the journal is folded, and keep each session's moment; a `Watcher`."""

    def __init__(self, shadow: Shadow, first: date, last: date) -> None:
        """Give a shadow to the sessions from `first` to `last`."""
        self._shadow = shadow
        self._span = first, last
        self._pending: tuple[InputsTaken, datetime] | None = None
        self.moments: list[Moment] = []
        self.exchanges: list[tuple[int, Exchange]] = []

    def __call__(self, record: Record, at: datetime, state: EngineState) -> None:
        """Take note of `record`, made at `at`, before it changes `state`.

        Raises:
            PortError: When what was decided on cannot be read.
        """
        if isinstance(record, ActivityBooked):
            self._exchange(record.activity, state)
        elif isinstance(record, CycleStarted) and record.kind is CycleKind.SESSION:
            self._pass(record.session, state)
        elif isinstance(record, InputsTaken):
            self._pending = record, at
        elif self._pending is not None and type(record) in _DECISIVE:
            taken, moment = self._pending
            self._pending = None
            self._take(taken, moment, state)
        elif isinstance(record, CycleFinished):
            self._skip(state)

    def _exchange(self, activity: Activity, state: EngineState) -> None:
        """Take note of what the holders of a share were given for it."""
        if activity.symbol is None:
            return
        held = total_positions(state.books).get(activity.symbol, ZERO)
        found = exchange_of(activity, max(held, ZERO))
        if found is not None:
            self.exchanges.append((len(state.entries), found))

    def _pass(self, until: date, state: EngineState) -> None:
        """Take note of the sessions before `until` that nobody decided."""
        if not self.moments:
            return
        after = self.moments[-1].session.day + _A_DAY
        engine = self._shadow.engine
        for session in engine.calendar.sessions(after, until - _A_DAY):
            self._keep(session, None, engine.schedule.moment(session), state)

    def _skip(self, state: EngineState) -> None:
        """Take note of a session that ended before anything was read for it."""
        started = state.cycle().started
        session = self._shadow.engine.calendar.session(started.session)
        is_new = bool(self.moments) and self.moments[-1].session.day < started.session
        if session is not None and is_new and started.kind is CycleKind.SESSION:
            self._keep(session, None, self._shadow.engine.schedule.moment(session), state)

    def _take(self, taken: InputsTaken, at: datetime, state: EngineState) -> None:
        session = self._shadow.engine.calendar.session(taken.session)
        if session is None:
            return
        if self.moments and self.moments[-1].session.day == session.day:
            self.moments.pop()  # a session that was skipped at first is decided later
        self._keep(session, taken, at, state)

    def _keep(
        self, session: Session, taken: InputsTaken | None, at: datetime, state: EngineState
    ) -> None:
        first, last = self._span
        chain = None
        if first <= session.day <= last and self._shadow.knows(session, state, taken):
            chain = self._shadow.chain(session, state, taken, at)
        self.moments.append(
            Moment(
                session=session,
                books=deepcopy(state.books),
                posted=len(state.entries),
                taken=taken,
                cycle=state.cycles.get(session.day),
                chain=chain,
            )
        )
