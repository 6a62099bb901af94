"""The owner's brake as files that survive restarts and can be set with `touch HALT`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from typing import BinaryIO

from alchemiser.domain.journal.codec import decode, encode
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortUnavailableError

HALT = "HALT"
"""The name of the file that stops everything."""

REDUCE_ONLY = "REDUCE-ONLY"
"""The name of the file that stops buying."""

_FILES = {TradingState.HALTED: HALT, TradingState.REDUCING: REDUCE_ONLY}
"""The strictest first."""

BARE_REASON = "{} file present"
"""The reason of a brake that was set by hand, without one."""

BARE_ACTOR = "unknown"

_BYTES_MAX = 65_536


class FolderControl:
    """Keep the sticky brake as files in `directory`; implements ControlPort.

    `HALT` and `REDUCE-ONLY` hold a HaltRequest as JSON. Any other file of such a name counts too:
    by an unknown actor, with the bare reason, since the file's own time. An absent folder holds
    nothing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def halt_request(self) -> HaltRequest | None:
        """Return the strictest standing request, or None.

        Fails with PortUnavailableError when it cannot be read.
        """
        requests = (self._standing(state) for state in _FILES)
        return next((one for one in requests if one is not None), None)

    def request_halt(self, request: HaltRequest) -> None:
        """Set the brake; durable when it returns; a standing one of its kind is kept as it is.

        Fails with PortUnavailableError when it cannot be written.
        """
        path = self._directory / _FILES[request.state]
        with self._translated(path):
            if self._standing(request.state) is None:
                self._directory.mkdir(parents=True, exist_ok=True)
                self._write(path, encode(request))
                self._sync()

    def clear_halt(self) -> None:
        """Lift the brake whole; durable when it returns; nothing happens when none stands.

        The file that says least goes first: what is cut off midway is a halt that stands.
        Fails with PortUnavailableError when it cannot be written.
        """
        for name in reversed(_FILES.values()):
            path = self._directory / name
            with self._translated(path), suppress(FileNotFoundError):
                path.unlink()
                self._sync()

    def _standing(self, state: TradingState) -> HaltRequest | None:
        path = self._directory / _FILES[state]
        with self._translated(path), self._file(path) as file:
            if file is None:
                return None
            text = file.read(_BYTES_MAX).decode("ascii", "replace")
            changed = os.fstat(file.fileno()).st_mtime
        try:
            found = decode(HaltRequest, text)
        except InvalidValueError:
            found = None
        if found is not None and found.state is state:
            return found
        at = datetime.fromtimestamp(changed, UTC)
        reason = BARE_REASON.format(path.name)
        return HaltRequest(actor=BARE_ACTOR, reason=reason, at=at, state=state)

    @contextmanager
    def _translated(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            msg = f"The control file {path} is out of reach ({error.strerror}): see its folder."
            raise PortUnavailableError(msg) from error

    @contextmanager
    def _file(self, path: Path) -> Iterator[BinaryIO | None]:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield file

    def _write(self, path: Path, text: str) -> None:
        draft = self._directory / f".{path.name}-{os.getpid()}-{get_ident()}"
        try:
            with draft.open("w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            # A full disk has no room for a reason, but for a name it has, and that is enough.
            draft.unlink(missing_ok=True)
            path.touch()

    def _sync(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
