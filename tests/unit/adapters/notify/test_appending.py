"""A log that appears with its first word."""

from pathlib import Path

import pytest

from alchemiser.adapters.notify.appending import AppendingFile
from alchemiser.adapters.notify.null import NullNotifier
from alchemiser.ports.notifier import Alert, Severity


def test_nothing_is_made_before_the_first_word(tmp_path: Path) -> None:
    file = AppendingFile(tmp_path / "alerts.log")

    assert list(tmp_path.iterdir()) == []
    file.write("one\n")
    file.write("two\n")
    assert (tmp_path / "alerts.log").read_text() == "one\ntwo\n"


def test_a_log_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.log"
    file = AppendingFile(path)
    file.write("one\n")
    path.rename(tmp_path / "alerts.log.1")

    file.write("two\n")

    assert path.read_text() == "two\n"


def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        AppendingFile(tmp_path).write("one\n")


def test_null_notifier_takes_an_alert_and_drops_it() -> None:
    NullNotifier().notify(Alert(severity=Severity.INFO, code="any", text="Nothing."))
