"""One engine for one account, within one process."""

from collections.abc import Iterator
from contextlib import contextmanager

from alchemiser.ports.errors import LeaseHeldError


class MemoryLease:
    """Remember which leases are held; implements LeasePort."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold the lease named `key` until the context ends.

        Raises:
            LeaseHeldError: At once, when it is held already.
        """
        if key in self._held:
            msg = f"Another engine of this process works account {key}: wait for its end."
            raise LeaseHeldError(msg)
        self._held.add(key)
        try:
            yield
        finally:
            self._held.discard(key)
