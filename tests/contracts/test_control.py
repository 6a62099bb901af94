"""A halt stays until a person lifts it, whoever set it and however."""

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alchemiser.adapters.system.control import FolderControl
from alchemiser.ports.control import HaltRequest
from alchemiser.ports.errors import PortUnavailableError

AT = datetime(2024, 8, 5, 19, 45, 7, tzinfo=UTC)
REQUEST = HaltRequest(actor="ann", reason='news: "é"\nsecond line', at=AT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "beside" / "control"


@pytest.fixture
def control(folder: Path) -> FolderControl:
    return FolderControl(folder)


def test_control_holds_no_halt_at_first_and_makes_nothing(
    folder: Path, control: FolderControl
) -> None:
    assert control.halt_request() is None
    control.clear_halt()
    assert not folder.parent.exists()


def test_halt_is_seen_by_everybody_until_it_is_lifted(folder: Path, control: FolderControl) -> None:
    """CA-07: with actor and reason, over restarts."""
    control.request_halt(REQUEST)

    assert control.halt_request() == REQUEST
    assert FolderControl(folder).halt_request() == REQUEST
    assert json.loads((folder / "HALT").read_text())["actor"] == "ann"

    FolderControl(folder).clear_halt()
    assert control.halt_request() is None
    assert list(folder.iterdir()) == []


def test_standing_halt_is_kept_as_it_is(control: FolderControl) -> None:
    control.request_halt(REQUEST)

    control.request_halt(HaltRequest(actor="bob", reason="later", at=AT))

    assert control.halt_request() == REQUEST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"stop it!",
        b"\xff\xfe\x00",
        b"{}",
        b'{"actor":"ann","at":"2024-08-05T19:45:07Z","reason":"short time"}',
        b'{"actor":"ann","at":"2024-08-05T19:45:07.000000Z","reason":7}',
        b"[" * 200_000,
    ],
)
def test_file_of_any_content_halts(folder: Path, control: FolderControl, content: bytes) -> None:
    """CA-07: `touch HALT` is a halt, dated by the file."""
    folder.mkdir(parents=True)
    (folder / "HALT").write_bytes(content)
    os.utime(folder / "HALT", (AT.timestamp(), AT.timestamp()))

    assert control.halt_request() == HaltRequest(actor="unknown", reason="HALT file present", at=AT)
    control.request_halt(REQUEST)
    assert (folder / "HALT").read_bytes() == content
    control.clear_halt()
    assert control.halt_request() is None


def test_unreadable_halt_is_an_error_and_not_a_go(folder: Path, control: FolderControl) -> None:
    """RS-10: the caller counts as halted."""
    (folder / "HALT").mkdir(parents=True)

    with pytest.raises(PortUnavailableError, match="out of reach"):
        control.halt_request()
    with pytest.raises(PortUnavailableError):
        control.request_halt(REQUEST)
    with pytest.raises(PortUnavailableError):
        control.clear_halt()


def test_control_in_an_impossible_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    control = FolderControl(tmp_path / "file" / "control")

    with pytest.raises(PortUnavailableError):
        control.halt_request()
    with pytest.raises(PortUnavailableError):
        control.request_halt(REQUEST)


def test_halt_survives_a_kill_right_after_it(folder: Path, control: FolderControl) -> None:
    """RS-11: sticky, even when the command dies."""
    script = (
        "import os, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from alchemiser.adapters.system.control import FolderControl\n"
        "from alchemiser.ports.control import HaltRequest\n"
        "at = datetime(2024, 8, 5, tzinfo=UTC)\n"
        "halt = HaltRequest(actor='ann', reason='fire', at=at)\n"
        "FolderControl(Path(sys.argv[1])).request_halt(halt)\n"
        "os.kill(os.getpid(), 9)\n"
    )

    ended = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)  # noqa: S603

    assert ended.returncode == -9
    halt = control.halt_request()
    assert halt is not None
    assert halt.reason == "fire"


def test_full_disk_still_halts(folder: Path, control: FolderControl) -> None:
    """RS-10: when no byte can be written, an empty file is."""

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    script = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from alchemiser.adapters.system.control import FolderControl\n"
        "from alchemiser.ports.control import HaltRequest\n"
        "at = datetime(2024, 8, 5, tzinfo=UTC)\n"
        "halt = HaltRequest(actor='ann', reason='fire', at=at)\n"
        "FolderControl(Path(sys.argv[1])).request_halt(halt)\n"
    )
    environment = {name: value for name, value in os.environ.items() if "COV" not in name}
    subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-B", "-c", script, str(folder)],
        check=True,
        preexec_fn=no_room,
        env=environment,
    )

    halt = control.halt_request()
    assert halt is not None
    assert halt.reason == "HALT file present"
    assert [path.name for path in folder.iterdir()] == ["HALT"]
