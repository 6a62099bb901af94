"""Every way to end has its exit code and, unless all is well, one sentence."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from alchemiser.domain.values.errors import InvalidValueError, PluginError, SettingsError
from alchemiser.entrypoints.cli.running import run
from alchemiser.ports.errors import (
    ConcurrentWriteError,
    InputError,
    LeaseHeldError,
    OutcomeUnknownError,
    PortRejectedError,
    PortUnavailableError,
)


def _raising(error: BaseException) -> Callable[..., int | None]:
    def commands(*_: object, **__: object) -> int | None:
        raise error

    return commands


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("mend it."), 2),
        (PluginError("mend it."), 2),
        (InputError("mend it."), 2),
        (PortUnavailableError("mend it."), 1),
        (PortRejectedError("mend it."), 1),
        (ConcurrentWriteError("mend it."), 1),
        (LeaseHeldError("mend it."), 3),
        (OutcomeUnknownError("mend it."), 4),
    ],
)
def test_an_error_of_the_tree_is_its_own_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    """The exit code says what the caller may do next."""
    assert run(["status"], _raising(error)) == code
    assert capsys.readouterr() == ("", "mend it.\n")


def test_programs_are_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status", "--json"], _raising(LeaseHeldError("another\nengine \x1b[31mworks")))

    out, err = capsys.readouterr()
    assert err == "another engine ?[31mworks\n"
    assert json.loads(out) == {"status": "skipped", "reason": "another engine ?[31mworks"}


@pytest.mark.parametrize("error", [ZeroDivisionError("division"), InvalidValueError("a bug.")])
def test_a_bug_is_a_sentence_and_a_log_with_its_traceback(
    capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """OB-11."""
    assert run(["run", "--as-of", "2024-08-05"], _raising(error)) == 1

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert type(error).__name__ in told
    log = Path(next(word for word in told.split() if ".log" in word).rstrip(","))
    assert "Traceback" in log.read_text()
    assert "alchemiser run --as-of 2024-08-05" in log.read_text()
    log.unlink()


def test_an_interrupt_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for commands in (_raising(KeyboardInterrupt()), _raising(typer.Abort()), lambda *_, **__: 130):
        assert run(["run"], commands) == 130
        assert capsys.readouterr().err.startswith("Interrupted: ")


def test_a_bug_that_cannot_be_logged_is_a_sentence_all_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    assert run(["run"], _raising(ZeroDivisionError("division"))) == 1
    assert capsys.readouterr().err.endswith("(ZeroDivisionError): please report it.\n")


def test_a_bug_in_a_call_that_is_no_text_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments may hold bytes that no alphabet knows."""
    assert run(["demo", "--home", "\udcff"], _raising(ZeroDivisionError("division"))) == 1

    told = capsys.readouterr().err
    Path(next(word for word in told.split() if ".log" in word).rstrip(",")).unlink()


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (0, 0), (4, 4)])
def test_a_commands_answer_is_the_exit_code(answer: int | None, code: int) -> None:
    assert run([], lambda *_, **__: answer) == code


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["rum"], "No such command 'rum'"),
        (["run", "x"], "Got unexpected extra argument"),
        (["journal"], "Missing command"),
    ],
)
def test_wrong_usage_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert run(arguments) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert expected in told
    assert "--help`." in told


@pytest.mark.parametrize("command", ["backtest", "sweep", "walk-forward"])
def test_help_names_the_table_of_a_file_of_limits(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Brackets in a help text are markup unless they are written as text."""
    assert run([command, "--help"]) == 0
    assert "Apply the [risk] of this file." in capsys.readouterr().out
