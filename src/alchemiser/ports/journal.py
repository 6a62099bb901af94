"""The append-only, hash-chained record of everything the engine did."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from alchemiser.domain.journal.chain import Envelope, Head


class JournalPort(Protocol):
    """Store envelopes durably, in order, for one writer at a time."""

    def head(self) -> Head:
        """Return the sequence number and hash of the last envelope; (0, genesis) when empty."""

    def epoch(self) -> int:
        """Return the present epoch; 0 in a journal that nobody has written yet."""

    def take_over(self) -> int:
        """Raise the epoch by one, durably, and return it; every older writer is shut out.

        Raises:
            PortUnavailableError: When the journal cannot be written.
        """

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add `envelopes` as one transaction; durable when it returns.

        Raises:
            ConcurrentWriteError: When their epoch is not the present one, or the first does not
                follow the head.
            PortUnavailableError: When the journal cannot be written; nothing was added.
        """

    def read(self, *, after: int = 0) -> Iterator[Envelope]:
        """Yield the envelopes with a sequence number above `after`, ascending."""
