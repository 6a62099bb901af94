"""`symphony` where no plugin reads one, and where the disk is full."""

from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader import PluginLoader
from alchemiser.entrypoints.cli.commands import symphony
from alchemiser.entrypoints.cli.main import run

SYMPHONY = '(defsymphony "Tune" {} (asset "SPY" nil))'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a symphony."""
    path = tmp_path / "tune.clj"
    path.write_text(SYMPHONY, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["check", "import"])
def test_without_the_plugin_its_name_is_told(
    command: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(symphony, "find_strategies", lambda: PluginLoader(list))

    code = run(["symphony", command, str(file)])

    assert code == 2
    assert "install alchemiser-symphony with pip" in capsys.readouterr().err


def test_document_that_cannot_be_finished_leaves_nothing_behind(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    target = file.parent / "tune.json"

    code = run(["symphony", "import", str(file), "--output", str(target)])

    assert code == 2
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert [path.name for path in file.parent.iterdir()] == ["tune.clj"]
