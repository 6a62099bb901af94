"""A report is written whole or not at all, and what cannot be written is said before."""

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from alchemiser.adapters.reports import writer
from alchemiser.adapters.reports.writer import ReportFile
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError
from tests.unit.adapters.reports.documents import a_document


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("report.pdf", "end it with .html, .md or .json"),
        ("report", "end it with .html, .md or .json"),
        ("gone/report.md", "name a file in a folder that exists"),
        ("folder.json", "name a file in a folder that exists"),
    ],
)
def test_what_cannot_be_written_is_said_at_once(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder.json").mkdir()

    with pytest.raises(SettingsError, match=reason):
        ReportFile(tmp_path / name).check()


def test_a_bare_install_is_told_which_extra_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str) -> ModuleSpec | None:
        return None if name == "plotly" else ModuleSpec(name, None)

    monkeypatch.setattr(writer, "find_spec", found)

    with pytest.raises(SettingsError, match=r"install alchemiser\[reports\]"):
        ReportFile(tmp_path / "report.html").check()
    ReportFile(tmp_path / "report.md").check()
    ReportFile(tmp_path / "report.json").check()


def test_the_suffix_names_the_form_and_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "Report.JSON"
    path.write_text("of yesterday")

    ReportFile(path).check()
    ReportFile(path).write(a_document())

    assert path.read_text().startswith('{"format":1,')
    assert [one.name for one in tmp_path.iterdir()] == ["Report.JSON"]


def test_a_failure_leaves_no_half_report(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.mkdir()
    (path / "inside").touch()

    with pytest.raises(PortUnavailableError, match="name another place"):
        ReportFile(path).write(a_document())

    assert [one.name for one in tmp_path.iterdir()] == ["report.md"]
