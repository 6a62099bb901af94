"""Results of an interrupted work in a file, one durable line each."""

import fcntl
import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final
from zlib import crc32

from alchemiser.ports.errors import InputError, LeaseHeldError, PortUnavailableError
from alchemiser.ports.finished_work import FinishedWork

_TITLE: Final = "alchemiser finished work 1"


class FinishedWorkFile:
    """Keep results in the file `path`; implements FinishedWorkPort.

    Its first line names the work; each further one holds a check sum, a key and a result. A line
    that was torn by a crash is the last one, and is cut off.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self, work: str) -> Iterator[FinishedWork]:
        """Open the file, alone.

        Raises:
            InputError: When it is of another work, is something else, or cannot be opened.
            LeaseHeldError: When someone else adds to it.
            PortUnavailableError: When it cannot be written.
        """
        descriptor = self._opened()
        try:
            self._lock(descriptor)
            yield _Lines(self._path, descriptor, self._read(descriptor, work))
        finally:
            os.close(descriptor)

    def _opened(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            msg = (
                f"--resume {self._path} cannot be written ({error.strerror}): name a file in a "
                "folder that exists."
            )
            raise InputError(msg) from error
        if not S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            msg = f"--resume {self._path} is a device or a pipe: name a file."
            raise InputError(msg)
        return descriptor

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"{self._path} is in use by another command: wait for it, or name another file."
            raise LeaseHeldError(msg) from error

    def _read(self, descriptor: int, work: str) -> Mapping[str, bytes]:
        title = f"{_TITLE} {work}\n".encode()
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(0)
            # Nobody knows how long a file of something else is.
            first = file.read(len(title))
            if first == title:
                return self._results(descriptor, [title, *file.readlines()])
        if title.startswith(first):
            os.ftruncate(descriptor, 0)
            _write(self._path, descriptor, title)
            return {}
        msg = f"{self._path} does not hold results of this work: delete it, or name another file."
        raise InputError(msg)

    def _results(self, descriptor: int, lines: list[bytes]) -> Mapping[str, bytes]:
        results: dict[str, bytes] = {}
        length = len(lines[0])
        for number, line in enumerate(lines[1:], start=2):
            found = _parsed(line)
            if found is None and number < len(lines):
                msg = f"line {number} of {self._path} is damaged: delete the file and begin anew."
                raise InputError(msg)
            if found is None:
                os.ftruncate(descriptor, length)
                break
            key, result = found
            results[key] = result
            length += len(line)
        return results


@dataclass(frozen=True, slots=True)
class _Lines:
    path: Path
    descriptor: int
    results: Mapping[str, bytes]

    def add(self, key: str, result: bytes) -> None:
        """Append a line, and wait for the disk."""
        body = b64encode(key.encode()) + b" " + b64encode(result)
        _write(self.path, self.descriptor, b"%08x %s\n" % (crc32(body), body))


def _write(path: Path, descriptor: int, line: bytes) -> None:
    try:
        while line:
            line = line[os.write(descriptor, line) :]
        os.fdatasync(descriptor)
    except OSError as error:
        raise _unwritable(path, error) from error


def _parsed(line: bytes) -> tuple[str, bytes] | None:
    """Return key and result of a line, or None where it is torn."""
    checked, _, body = line.removesuffix(b"\n").partition(b" ")
    key, _, result = body.partition(b" ")
    if not line.endswith(b"\n") or checked != b"%08x" % crc32(body):
        return None
    try:
        return b64decode(key, validate=True).decode(), b64decode(result, validate=True)
    except (NotBase64, UnicodeDecodeError):
        return None


def _unwritable(path: Path, error: OSError) -> PortUnavailableError:
    return PortUnavailableError(
        f"{path} cannot be written ({error.strerror}): make room, and take it up."
    )
