"""Two brakes stand beside each other: the stricter one is read, and one word lifts both."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.adapters.system.control import HALT, REDUCE_ONLY, FolderControl
from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.control import ControlPort, HaltRequest
from alchemiser.ports.errors import PortUnavailableError

AT = datetime(2024, 8, 5, 19, 45, 7, tzinfo=UTC)
STOP = HaltRequest(actor="ann", reason="fire", at=AT)
SLOW = HaltRequest(actor="bob", reason="careful", at=AT, state=TradingState.REDUCING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the brake's files, which is not there yet."""
    return tmp_path / "control"


@pytest.fixture(params=["folder", "memory"])
def control(request: pytest.FixtureRequest, folder: Path) -> ControlPort:
    """Return each implementation without a brake."""
    return FolderControl(folder) if request.param == "folder" else MemoryControl()


@pytest.mark.parametrize("order", [*permutations((STOP, SLOW))])
def test_halt_outranks_reduce_only_in_whichever_order_they_were_set(
    control: ControlPort, order: tuple[HaltRequest, ...]
) -> None:
    """RC-10, FAULTS invariant 20."""
    for request in order:
        control.request_halt(request)

    assert control.halt_request() == STOP


def test_reduce_only_is_read_with_its_actor_and_reason(control: ControlPort) -> None:
    """RC-06."""
    control.request_halt(SLOW)

    assert control.halt_request() == SLOW


@pytest.mark.parametrize("first", [STOP, SLOW])
def test_standing_brake_of_one_kind_is_kept_as_it_was_set(
    control: ControlPort, first: HaltRequest
) -> None:
    """RC-10: the first reason is the one that a person has to look into."""
    control.request_halt(first)
    control.request_halt(replace(first, actor="eve", reason="later"))

    assert control.halt_request() == first


@pytest.mark.parametrize("set_before", [(), (STOP,), (SLOW,), (STOP, SLOW)])
def test_clearing_lifts_every_brake(
    control: ControlPort, set_before: tuple[HaltRequest, ...]
) -> None:
    """FAULTS invariant 20: nothing of it is left behind to be found later."""
    for request in set_before:
        control.request_halt(request)

    control.clear_halt()

    assert control.halt_request() is None
    control.request_halt(SLOW)
    assert control.halt_request() == SLOW


def test_each_brake_has_a_file_of_its_own_and_clearing_leaves_none(folder: Path) -> None:
    """RC-10: what is cut off midway is a halt that stands, and never a brake that is half set."""
    control = FolderControl(folder)
    for request in (STOP, SLOW):
        control.request_halt(request)
    assert sorted(path.name for path in folder.iterdir()) == [HALT, REDUCE_ONLY]

    control.clear_halt()

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "state"), [(HALT, TradingState.HALTED), (REDUCE_ONLY, TradingState.REDUCING)]
)
@pytest.mark.parametrize("content", [b"", b"stop", b"{}", b"\xff\x00"])
def test_file_made_by_hand_is_a_brake_of_its_name(
    folder: Path, name: str, state: TradingState, content: bytes
) -> None:
    """RC-10: `touch` is enough, whatever stands in it; the file's own time counts."""
    folder.mkdir()
    (folder / name).write_bytes(content)
    os.utime(folder / name, (AT.timestamp(), AT.timestamp()))
    control = FolderControl(folder)

    expected = HaltRequest(actor="unknown", reason=f"{name} file present", at=AT, state=state)
    assert control.halt_request() == expected
    control.request_halt(STOP if state is TradingState.HALTED else SLOW)
    assert (folder / name).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "other", "state"),
    [
        (HALT, SLOW, TradingState.HALTED),
        (REDUCE_ONLY, STOP, TradingState.REDUCING),
    ],
)
def test_file_with_the_others_content_is_a_brake_of_its_own_name(
    folder: Path, tmp_path: Path, name: str, other: HaltRequest, state: TradingState
) -> None:
    """RC-10: a copied HALT can neither loosen a halt nor tighten more than its name says."""
    elsewhere = tmp_path / "elsewhere"
    FolderControl(elsewhere).request_halt(other)
    folder.mkdir()
    (copied,) = elsewhere.iterdir()
    (folder / name).write_bytes(copied.read_bytes())

    found = FolderControl(folder).halt_request()

    assert found is not None
    assert (found.state, found.actor, found.reason) == (state, "unknown", f"{name} file present")


@pytest.mark.parametrize("name", [HALT, REDUCE_ONLY])
def test_brake_that_cannot_be_read_is_an_error(folder: Path, name: str) -> None:
    """RC-10: the caller counts as halted; neither file is passed over."""
    (folder / name).mkdir(parents=True)
    control = FolderControl(folder)

    with pytest.raises(PortUnavailableError, match=f"{name} is out of reach"):
        control.halt_request()
    with pytest.raises(PortUnavailableError):
        control.clear_halt()


def test_halt_is_read_although_the_other_file_cannot_be(folder: Path) -> None:
    """RC-10: the strictest brake hides what is behind it."""
    (folder / REDUCE_ONLY).mkdir(parents=True)
    control = FolderControl(folder)

    control.request_halt(STOP)

    assert control.halt_request() == STOP


def test_clearing_that_fails_at_the_other_file_leaves_the_halt(folder: Path) -> None:
    """FAULTS invariant 20: the milder file goes first, so that a cut leaves the stricter one."""
    (folder / REDUCE_ONLY).mkdir(parents=True)
    control = FolderControl(folder)
    control.request_halt(STOP)

    with pytest.raises(PortUnavailableError):
        control.clear_halt()

    assert control.halt_request() == STOP
