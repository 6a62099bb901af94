"""One engine an account on this host, by a lock that the kernel frees when the process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import LeaseHeldError, PortUnavailableError


def lease_folder() -> Path:
    """Return the folder of leases in the user's state directory, the same for every journal.

    Raises:
        SettingsError: When the user has neither `XDG_STATE_HOME` nor a home.
    """
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not named.is_absolute():
        try:
            named = Path.home() / ".local" / "state"
        except RuntimeError as error:
            msg = "This user has no home folder: set XDG_STATE_HOME to a folder for leases."
            raise SettingsError(msg) from error
    return named / "alchemiser" / "leases"


class HostLease:
    """Keep one lock file a key in `directory`; implements LeasePort.

    The lock belongs to the open file: a child that was forked, and not started afresh, keeps it
    beyond its parent's death. The files stay for ever, because a lock on a file that has lost its
    name keeps nobody out.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold the lease named `key` until the context ends; the death of the process ends it too.

        Raises:
            LeaseHeldError: At once, when another engine holds it.
            PortUnavailableError: When the lease's place cannot be written.
        """
        descriptor = self._open(key)
        try:
            _lock(descriptor, key)
            yield
        finally:
            os.close(descriptor)

    def _open(self, key: str) -> int:
        path = self._directory / f"{sha256(os.fsencode(key)).hexdigest()}.lock"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            msg = f"The lease {path} cannot be made ({error.strerror}): check its folder."
            raise PortUnavailableError(msg) from error


def _lock(descriptor: int, key: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
        msg = (
            f"Another engine (process {holder}) works account {key}: stop it before you start one."
        )
        raise LeaseHeldError(msg) from error
    except OSError as error:
        msg = f"The lease of account {key} cannot be locked ({error.strerror}): check its disk."
        raise PortUnavailableError(msg) from error
