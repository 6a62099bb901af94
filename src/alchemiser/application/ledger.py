"""The journal as the engine writes it: every record is durable before anything rests on it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from alchemiser.domain.journal.chain import Envelope, Head, Sealed, seal_all, verify
from alchemiser.domain.journal.codec import RecordCodec
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.records import RECORD_TYPES, CycleStarted, Record
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import CycleId
from alchemiser.ports.errors import InputError
from alchemiser.ports.journal import JournalPort

CODEC: RecordCodec[Record] = RecordCodec(RECORD_TYPES)

Staged = tuple[datetime, CycleId | None, tuple[Record, ...]]
"""Records that are to become durable: when they were made, their cycle or None, and they."""
Watcher = Callable[[Record, datetime, EngineState], None]
"""Told each record, when it was made, and the state before it."""


class Ledger:
    """Append records and keep the state that they fold to.

    Reading needs no lease; the first append takes the journal over by raising its epoch.
    """

    def __init__(self, journal: JournalPort, watcher: Watcher | None = None) -> None:
        """Verify and fold `journal` from its first record; a `watcher` looks on.

        Raises:
            InputError: When the chain is broken: the journal was damaged or edited; or when a
                record is one that only another release can read.
            InvalidTransitionError: When a record cannot follow the ones before it.
        """
        self._journal = journal
        self._epoch: int | None = None
        self._staged: list[Staged] = []
        self.state = EngineState()
        envelopes = tuple(journal.read())
        report = verify(envelopes)
        if not report.ok:
            problem = (report.problem or "").rstrip(".")
            msg = f"the journal is damaged ({problem}): restore it from a copy."
            raise InputError(msg)
        self._head: Head = report.head if envelopes else journal.head()
        for envelope in envelopes:
            record = _record(envelope)
            if watcher is not None:
                watcher(record, envelope.at, self.state)
            self.state.apply(record, envelope.at)

    def take_over(self) -> None:
        """Shut out every older writer; nothing is appended.

        Raises:
            PortUnavailableError: When the journal cannot be written.
        """
        self._epoch = self._journal.take_over()

    def owns_journal(self) -> bool:
        """Say whether no newer writer has taken over."""
        return self._epoch is not None and self._journal.epoch() == self._epoch

    def record(self, new: Iterable[Record], *, at: datetime) -> None:
        """Change the state by `new` and append them as one transaction, durable on return.

        After an error of the journal the state is ahead of it: stop, and start again from the
        journal.

        Raises:
            InvalidTransitionError: When a record cannot follow; nothing was added.
            ConcurrentWriteError: When a newer engine has taken over.
            PortUnavailableError: When the journal cannot be written; nothing was added.
        """
        self.stage(new, at=at)
        self.commit()

    def stage(self, new: Iterable[Record], *, at: datetime) -> None:
        """Change the state by `new`, which the next `commit` makes durable.

        Nothing that rests on it may leave the process before; so the answers that have come in
        together cost one transaction, and not one each.

        Raises:
            InvalidTransitionError: When a record cannot follow; nothing of `new` was added.
            PortUnavailableError: When the journal cannot be taken over.
        """
        new = tuple(new)
        if not new:
            return
        if self._epoch is None:
            self.take_over()
        # A virtual or stepped clock may stand before the last record: time never runs back here.
        moment = max(at, self.state.last_at or at)
        current = self.state.current
        inside = current.started.cycle_id if current and current.finished is None else None
        # A record that cannot follow must not become durable: every later start would refuse it.
        for record in new:
            self.state.apply(record, moment)
        self._staged.append((moment, inside, new))

    def commit(self) -> None:
        """Append what was staged as one transaction, durable on return; fails as `record`.

        What is staged is encoded, hashed and chained here, all of it at once.
        """
        if not self._staged:
            return
        staged, self._staged = self._staged, []
        sealed: list[Sealed] = []
        try:
            for together in staged:
                sealed += _sealed(*together)
        finally:
            # What was staged before something that cannot be written has happened all the same.
            if sealed:
                envelopes = seal_all(self._head, sealed, epoch=self._epoch or 0)
                self._head = envelopes[-1].head()
                self._journal.append(envelopes)


def _sealed(moment: datetime, inside: CycleId | None, records: Iterable[Record]) -> list[Sealed]:
    return [
        (
            moment,
            record.cycle_id if isinstance(record, CycleStarted) else inside,
            *CODEC.encode(record),
        )
        for record in records
    ]


def _record(envelope: Envelope) -> Record:
    try:
        return CODEC.decode(envelope.type, envelope.version, envelope.data)
    except InvalidValueError as error:
        msg = f"record {envelope.sequence} of the journal cannot be read: {error}"
        raise InputError(msg) from error
