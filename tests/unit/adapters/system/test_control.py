"""The brake's files on a disk: what is durable when, and what a full disk leaves of a halt."""

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

import pytest

from alchemiser.adapters.system.control import HALT, REDUCE_ONLY, FolderControl
from alchemiser.domain.journal.codec import encode
from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.control import HaltRequest

AT = datetime(2024, 8, 5, 19, 45, 7, tzinfo=UTC)
STOP = HaltRequest(actor="ann", reason="fire", at=AT)
SLOW = HaltRequest(actor="bob", reason="careful", at=AT, state=TradingState.REDUCING)
READ_MAX = 65_536


class Disk:
    """Note what each `fsync` makes durable, and fail where a test says so.

    Attributes:
        synced: The folder's files and whether it was the folder that was made durable; otherwise
            the size of the file that was.
        failure: What making a file durable raises.
        opened: Descriptors of folders, and of files that only got their name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.synced: list[tuple[list[str], int | None]] = []
        self.failure: OSError | None = None
        self.opened: list[int] = []
        self._open: Callable[[Path, int, int], int] = os.open

    def fsync(self, descriptor: int) -> None:
        """Note it, or fail."""
        found = os.fstat(descriptor)
        size = None if stat.S_ISDIR(found.st_mode) else found.st_size
        if size is not None and self.failure is not None:
            raise self.failure
        self.synced.append((sorted(path.name for path in self._folder.iterdir()), size))

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        """Open a folder, or make a file by its name alone."""
        self.opened.append(self._open(path, flags, mode))
        return self.opened[-1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the brake's files, which is not there yet."""
    return tmp_path / "control"


@pytest.fixture
def disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return a watched disk."""
    watched = Disk(folder)
    monkeypatch.setattr(os, "fsync", watched.fsync)
    monkeypatch.setattr(os, "open", watched.open)
    return watched


def test_brake_gets_its_name_once_its_words_are_durable_and_then_its_name_is(
    folder: Path, disk: Disk
) -> None:
    """RC-10: a crash at any moment leaves no brake or a whole one."""
    FolderControl(folder).request_halt(STOP)

    draft = f".{HALT}-{os.getpid()}-{get_ident()}"  # another process or thread has its own
    assert disk.synced == [([draft], len(encode(STOP))), ([HALT], None)]


def test_lifting_is_durable_file_by_file_and_the_halt_goes_last(folder: Path, disk: Disk) -> None:
    """RC-10: what is cut off midway is a halt that stands."""
    control = FolderControl(folder)
    control.request_halt(STOP)
    control.request_halt(SLOW)
    disk.synced.clear()

    control.clear_halt()

    assert disk.synced == [([HALT], None), ([], None)]


def test_no_folder_stays_open(folder: Path, disk: Disk) -> None:
    """An engine reads and sets its brake for months."""
    control = FolderControl(folder)
    control.request_halt(STOP)
    control.clear_halt()

    assert len(disk.opened) == 2
    for descriptor in set(disk.opened):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


@pytest.mark.parametrize(
    ("request_", "name", "state"),
    [(STOP, HALT, TradingState.HALTED), (SLOW, REDUCE_ONLY, TradingState.REDUCING)],
)
def test_full_disk_holds_the_brakes_name_and_nothing_else(
    folder: Path, disk: Disk, request_: HaltRequest, name: str, state: TradingState
) -> None:
    """RC-10, FAULTS: a name needs no room, and a name is enough."""
    disk.failure = OSError(errno.ENOSPC, "No space left on device")
    control = FolderControl(folder)

    control.request_halt(request_)

    assert [path.name for path in folder.iterdir()] == [name]
    standing = control.halt_request()
    assert standing is not None
    assert standing.state is state
    assert standing.reason == f"{name} file present"


def test_disk_that_takes_no_draft_still_takes_the_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-10."""
    opened = Path.open

    def no_draft(path: Path, mode: str = "r", encoding: str | None = None) -> object:
        if mode == "w":
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, encoding=encoding)

    monkeypatch.setattr(Path, "open", no_draft)

    FolderControl(folder).request_halt(STOP)

    assert [path.name for path in folder.iterdir()] == [HALT]


@pytest.mark.parametrize(
    ("name", "state"),
    [("HALT", TradingState.HALTED), ("REDUCE-ONLY", TradingState.REDUCING)],
)
def test_names_to_touch_are_those_in_the_manual(
    folder: Path, name: str, state: TradingState
) -> None:
    """RC-10: a person in a hurry types what docs/stopping.md says."""
    folder.mkdir()
    (folder / name).touch()

    standing = FolderControl(folder).halt_request()

    assert standing is not None
    assert standing.state is state


@pytest.mark.parametrize(("extra", "is_read"), [(0, True), (1, False)])
def test_brake_is_read_up_to_a_bound_and_counts_beyond_it_too(
    folder: Path, extra: int, *, is_read: bool
) -> None:
    """RC-10: no file is too long to stop trading; of one that is, only its words are lost."""
    room = READ_MAX - len(encode(replace(STOP, reason="")))
    long = replace(STOP, reason="x" * (room + extra))
    control = FolderControl(folder)
    control.request_halt(long)

    standing = control.halt_request()

    assert standing is not None
    assert standing.state is TradingState.HALTED
    assert standing.reason == (long.reason if is_read else f"{HALT} file present")
