"""One engine for one account."""

from contextlib import AbstractContextManager
from typing import Protocol


class LeasePort(Protocol):
    """Shut out a second engine on the same broker account."""

    def hold(self, key: str) -> AbstractContextManager[None]:
        """Hold the lease named `key` until the context ends; the death of the process ends it too.

        Raises:
            LeaseHeldError: At once, when another engine holds it.
            PortUnavailableError: When the lease's place cannot be written.
        """
