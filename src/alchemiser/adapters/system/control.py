"""The owner's brake as a file that survives restarts and can be set with `touch HALT`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from typing import BinaryIO

from alchemiser.domain.journal.codec import decode, encode
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortUnavailableError

HALT = "HALT"
"""The name of the file."""

BARE_REASON = "HALT file present"
"""The reason of a halt that was set by hand, without one."""

BARE_ACTOR = "unknown"

_BYTES_MAX = 65_536


class FolderControl:
    """Keep the sticky halt as the file `HALT` in `directory`; implements ControlPort.

    The file holds a HaltRequest as JSON. Any other file of that name halts too: by an unknown
    actor, with the bare reason, since the file's own time. An absent folder holds no halt.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._halt = directory / HALT

    def halt_request(self) -> HaltRequest | None:
        """Return the standing halt, or None; fails with PortUnavailableError when unreadable."""
        with self._translated(), self._file() as file:
            if file is None:
                return None
            text = file.read(_BYTES_MAX).decode("ascii", "replace")
            changed = os.fstat(file.fileno()).st_mtime
        try:
            return decode(HaltRequest, text)
        except InvalidValueError:
            at = datetime.fromtimestamp(changed, UTC)
            return HaltRequest(actor=BARE_ACTOR, reason=BARE_REASON, at=at)

    def request_halt(self, request: HaltRequest) -> None:
        """Set the halt; durable when it returns; a standing halt is kept as it is.

        Fails with PortUnavailableError when it cannot be written.
        """
        with self._translated():
            if self.halt_request() is None:
                self._directory.mkdir(parents=True, exist_ok=True)
                self._write(encode(request))
                self._sync()

    def clear_halt(self) -> None:
        """Lift the halt; durable when it returns; nothing happens when none stands.

        Fails with PortUnavailableError when it cannot be written.
        """
        with self._translated(), suppress(FileNotFoundError):
            self._halt.unlink()
            self._sync()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            msg = (
                f"The control file {self._halt} is out of reach ({error.strerror}): see its folder."
            )
            raise PortUnavailableError(msg) from error

    @contextmanager
    def _file(self) -> Iterator[BinaryIO | None]:
        try:
            file = self._halt.open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield file

    def _write(self, text: str) -> None:
        draft = self._directory / f".{HALT}-{os.getpid()}-{get_ident()}"
        try:
            with draft.open("w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._halt)
        except OSError:
            # A full disk has no room for a reason, but for a name it has, and that is enough.
            draft.unlink(missing_ok=True)
            self._halt.touch()

    def _sync(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
