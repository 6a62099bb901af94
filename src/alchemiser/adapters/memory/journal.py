"""A journal in memory: a digest of everything written and, on request, the envelopes."""

from collections.abc import Iterator, Sequence
from itertools import islice

from alchemiser.domain.journal.chain import GENESIS, Envelope, Head
from alchemiser.ports.errors import ConcurrentWriteError, PortRejectedError


class MemoryJournal:
    """Keep the head, which is a digest of the whole chain; `keep` the envelopes as well.

    Implements JournalPort for one thread. Without `keep` it needs no memory, so a backtest of any
    length can write to it, but it cannot be read back.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self._head = GENESIS
        self._epoch = 0
        self._envelopes: list[Envelope] | None = [] if keep else None

    def head(self) -> Head:
        """Return the sequence number and hash of the last envelope; (0, genesis) when empty."""
        return self._head

    def epoch(self) -> int:
        """Return the present epoch; 0 in a journal that nobody has written yet."""
        return self._epoch

    def take_over(self) -> int:
        """Raise the epoch by one and return it; every older writer is shut out."""
        self._epoch += 1
        return self._epoch

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add all of `envelopes` or none.

        Raises:
            ConcurrentWriteError: When their epoch is not the present one, or one does not follow
                the envelope before it.
        """
        last: Head | Envelope = self._head
        for envelope in envelopes:
            if envelope.epoch != self._epoch:
                msg = f"The journal is at epoch {self._epoch}, not {envelope.epoch}: start again."
                raise ConcurrentWriteError(msg)
            if envelope.sequence != last.sequence + 1 or envelope.previous != last.hash:
                msg = f"Record {envelope.sequence} does not follow the journal's head: start again."
                raise ConcurrentWriteError(msg)
            last = envelope
        if self._envelopes is not None:
            self._envelopes.extend(envelopes)
        self._head = Head(last.sequence, last.hash)

    def read(self, *, after: int = 0) -> Iterator[Envelope]:
        """Yield the envelopes with a sequence number above `after`, ascending.

        Raises:
            PortRejectedError: When the journal was made without `keep` and holds something.
        """
        if self._envelopes is None and self._head != GENESIS:
            msg = "This journal kept its digest only: make it with keep=True to read it."
            raise PortRejectedError(msg)
        kept = self._envelopes or []
        return islice(kept, max(after, 0), len(kept))
