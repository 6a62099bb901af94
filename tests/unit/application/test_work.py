"""Pieces of work are done once, kept, and taken up where they were interrupted."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from alchemiser.adapters.files.finished import FinishedWorkFile
from alchemiser.adapters.processes.serial import SerialExecutor
from alchemiser.application.work import Done, Job, digest_of, do, sentence
from alchemiser.ports.errors import InputError, LeaseHeldError
from alchemiser.ports.executor import Failed, Finished, Piece, Result, Shared


def tripled(shared: int, piece: int) -> int:
    if piece == 13:
        msg = "it brings\nbad luck"
        raise ValueError(msg)
    return shared * piece


def job(pieces: Sequence[int], shared: int = 3) -> Job[int, int, int]:
    return Job(
        work=tripled,
        shared=shared,
        pieces=pieces,
        keys=[str(piece) for piece in pieces],
        identity=f"tripled {shared}",
        encode=lambda result: str(result).encode(),
        decode=int,
    )


class InterruptedWorkError(Exception):
    """The command was stopped."""


class Stopping:
    """Does so many pieces backwards, and is stopped then."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.done: list[object] = []

    def run(
        self,
        work: Callable[[Shared, Piece], Result],
        shared: Shared,
        pieces: Sequence[Piece],
    ) -> Iterator[Finished[Result] | Failed]:
        for place in reversed(range(len(pieces))):
            if len(self.done) == self.most:
                raise InterruptedWorkError
            self.done.append(pieces[place])
            yield Finished(place=place, result=work(shared, pieces[place]))


def quiet(done: int, total: int) -> None:
    """Tell nobody."""


def test_results_stand_in_the_order_of_the_pieces_whatever_they_end_in() -> None:
    """CC-05: and so does the digest."""
    forward = do(SerialExecutor(), job(range(5)), None, quiet)
    backward = do(Stopping(9), job(range(5)), None, quiet)

    assert forward == backward
    assert forward.results == (0, 3, 6, 9, 12)
    assert forward.digest == digest_of([b"0", b"3", b"6", b"9", b"12"])


def test_what_was_interrupted_goes_on_with_what_is_left(tmp_path: Path) -> None:
    """BT-10: the same digest, and nothing is done twice."""
    kept, first, second = FinishedWorkFile(tmp_path / "kept"), Stopping(3), Stopping(9)
    with pytest.raises(InterruptedWorkError):
        do(first, job(range(5)), kept, quiet)
    told: list[tuple[int, int]] = []

    done = do(second, job(range(5)), kept, lambda *one: told.append(one))

    assert sorted(map(str, first.done + second.done)) == list("01234")
    assert told == [(3, 5), (4, 5), (5, 5)]
    assert done.taken_up == 3
    whole = do(SerialExecutor(), job(range(5)), None, quiet)
    assert (done.results, done.digest) == (whole.results, whole.digest)


def test_what_failed_is_named_and_tried_again_the_next_time(tmp_path: Path) -> None:
    kept = FinishedWorkFile(tmp_path / "kept")

    first = do(SerialExecutor(), job([12, 13]), kept, quiet)
    second = do(SerialExecutor(), job([12, 13]), kept, quiet)

    lost = Failed(place=1, reason="ValueError: it brings bad luck", attempts=3)
    assert first == Done(results=(36, None), failures=(lost,), taken_up=0, digest=first.digest)
    assert (second.failures, second.taken_up, second.digest) == ((lost,), 1, first.digest)


def test_nothing_to_do_is_done() -> None:
    assert do(SerialExecutor(), job(()), None, quiet).results == ()


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_torn_line_is_done_again(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "kept"
    whole = do(SerialExecutor(), job(range(5)), FinishedWorkFile(path), quiet)
    path.write_bytes(path.read_bytes()[:-cut])

    again = do(SerialExecutor(), job(range(5)), FinishedWorkFile(path), quiet)

    assert again.taken_up in {3, 4}
    assert (again.results, again.digest) == (whole.results, whole.digest)
    assert do(SerialExecutor(), job(range(5)), FinishedWorkFile(path), quiet).taken_up == 5


@pytest.mark.parametrize("length", range(4))
def test_a_torn_title_is_written_again(tmp_path: Path, length: int) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"alchemiser"[:length])

    assert do(SerialExecutor(), job(range(2)), FinishedWorkFile(path), quiet).results == (0, 3)


def test_a_file_of_other_work_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    do(SerialExecutor(), job(range(2)), FinishedWorkFile(path), quiet)
    before = path.read_bytes()

    with pytest.raises(InputError, match="does not hold results of this work: delete it"):
        do(SerialExecutor(), job(range(2), shared=4), FinishedWorkFile(path), quiet)

    assert path.read_bytes() == before


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_text("session,close\n")

    with pytest.raises(InputError, match="does not hold results"):
        do(SerialExecutor(), job(range(2)), FinishedWorkFile(path), quiet)

    assert path.read_text() == "session,close\n"


@pytest.mark.parametrize("damage", [b"00000000 MA== MA==\n", b"x\n", b"\n", b"\xff\xfe \xff\n"])
def test_a_damaged_line_in_the_middle_is_told(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "kept"
    do(SerialExecutor(), job(range(3)), FinishedWorkFile(path), quiet)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], damage, *lines[3:]]))

    with pytest.raises(InputError, match=r"line 3 of .* is damaged"):
        do(SerialExecutor(), job(range(3)), FinishedWorkFile(path), quiet)


@pytest.mark.parametrize("name", ["null", "zero", "pipe"])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    """Devices that end nowhere filled the memory."""
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(f"/dev/{name}")

    with pytest.raises(InputError, match="is a device or a pipe: name a file"):
        do(SerialExecutor(), job([1]), FinishedWorkFile(path), quiet)


def test_two_commands_do_not_share_a_file(tmp_path: Path) -> None:
    kept = FinishedWorkFile(tmp_path / "kept")

    with kept.open("one"), pytest.raises(LeaseHeldError, match="in use by another command"):
        do(SerialExecutor(), job(range(2)), kept, quiet)


def test_keys_may_hold_anything(tmp_path: Path) -> None:
    kept = FinishedWorkFile(tmp_path / "kept")
    with kept.open("work") as finished:
        finished.add("a b\nc ü", b"\x00\n ")
        finished.add("", b"")

    with kept.open("work") as finished:
        assert finished.results == {"a b\nc ü": b"\x00\n ", "": b""}


def test_an_error_without_words_is_named() -> None:
    assert sentence(ValueError()) == "ValueError"


def test_results_that_cannot_be_kept_are_told_before_any_work(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "kept"):
        with pytest.raises(InputError, match=r"--resume .* cannot be written .*: name a file in a"):
            do(SerialExecutor(), job(range(2)), FinishedWorkFile(path), quiet)
