"""Where results are kept, so that work that was interrupted goes on from there."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol


class FinishedWork(Protocol):
    """Hold the results of one work, each durable once it was added."""

    @property
    def results(self) -> Mapping[str, bytes]:
        """What was found when it was opened: by the key of its piece, the result."""
        ...

    def add(self, key: str, result: bytes) -> None:
        """Keep the result of the piece `key`.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
        ...


class FinishedWorkPort(Protocol):
    """Open the results of a work."""

    def open(self, work: str) -> AbstractContextManager[FinishedWork]:
        """Open what is kept of `work`, a digest of all that its results depend on.

        Raises:
            InputError: When what is kept is of another work, or cannot be read.
            LeaseHeldError: When someone else adds to it.
            PortUnavailableError: When it cannot be written.
        """
        ...
