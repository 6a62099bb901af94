"""What the documents show is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import alchemiser.rules
from alchemiser.adapters.venue.fault_kinds import KINDS
from alchemiser.rules import Node, requirements
from alchemiser.settings import template

Capture = pytest.CaptureFixture[str]

LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
TRANSCRIPT = re.compile(r"```\n\$ alchemiser demo --home demo\n(.*?)```", re.DOTALL)


def documents(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def run_page(page: Path) -> dict[str, object]:
    """Run every block of Python on `page` from top to bottom, and return what they define."""
    names: dict[str, object] = {}
    blocks = PYTHON.findall(page.read_text())
    for block in blocks:
        exec(compile(block, page.name, "exec"), names)  # noqa: S102 - our own page
    assert len(blocks) >= 3
    return names


def test_python_in_the_page_about_statistics_holds_what_it_asserts(project_root: Path) -> None:
    assert "overfitting" in run_page(project_root / "docs" / "statistics.md")


def test_python_in_the_page_about_research_holds_what_it_asserts(project_root: Path) -> None:
    assert "tied" in run_page(project_root / "docs" / "research.md")


@pytest.mark.parametrize("name", ["plugins.md", "rules.md"])
def test_python_in_the_authors_pages_runs_from_top_to_bottom(project_root: Path, name: str) -> None:
    tree = run_page(project_root / "docs" / name)["tree"]

    assert isinstance(tree, Node)
    assert "UVXY" in requirements(tree).symbols()


def test_python_in_the_page_about_books_holds_what_it_asserts(project_root: Path) -> None:
    names: dict[str, object] = {}
    blocks = PYTHON.findall((project_root / "docs" / "books.md").read_text())

    for block in blocks:
        exec(compile(block, "docs/books.md", "exec"), names)  # noqa: S102 - our own page

    assert len(blocks) == 2
    assert "example" in names


def test_python_in_the_page_about_reports_holds_what_it_asserts(project_root: Path) -> None:
    (block,) = PYTHON.findall((project_root / "docs" / "reports.md").read_text())
    names: dict[str, object] = {}

    exec(compile(block, "docs/reports.md", "exec"), names)  # noqa: S102 - our own page

    assert "document" in names


def test_python_in_the_page_about_parity_holds_what_it_asserts(project_root: Path) -> None:
    names: dict[str, object] = {}
    (block,) = PYTHON.findall((project_root / "docs" / "parity.md").read_text())

    exec(compile(block, "docs/parity.md", "exec"), names)  # noqa: S102 - our own page

    assert "drift" in names


def test_every_word_of_the_rule_language_is_taught(project_root: Path) -> None:
    taught = set(run_page(project_root / "docs" / "rules.md"))

    assert set(alchemiser.rules.__all__) - taught == set()


def test_python_in_the_engineers_page_runs_a_session(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    Path("alchemiser.toml").write_text(template(seed=7))
    names: dict[str, object] = {"__name__": "embedding"}

    for block in PYTHON.findall((project_root / "docs" / "embedding.md").read_text()):
        exec(compile(block, "docs/embedding.md", "exec"), names)  # noqa: S102 - our own page

    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "completed 0 True"
    assert "already finished" in printed[-1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_in_the_page_about_the_venue_trades_there(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)

    venue = run_page(project_root / "docs" / "venue.md")["venue"]

    assert isinstance(venue, subprocess.Popen)
    assert venue.poll() == 0


def test_the_page_about_the_venue_lists_every_fault(project_root: Path) -> None:
    page = (project_root / "docs" / "venue.md").read_text()

    assert [name for name in KINDS if f"| `{name}` | {KINDS[name].does}" not in page] == []


@pytest.mark.parametrize("name", ["README.md", "docs"])
def test_links_lead_somewhere(project_root: Path, name: str) -> None:
    pages = [page for page in documents(project_root) if name in str(page)]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text())
        if not (page.parent / link).exists()
    ]

    assert not broken


def test_transcript_in_the_readme_is_what_the_demo_prints(
    project_root: Path, tmp_path: Path
) -> None:
    shown = TRANSCRIPT.search((project_root / "README.md").read_text())
    assert shown is not None

    command = [sys.executable, "-m", "alchemiser", "demo", "--home", "demo"]
    ended = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert ended.stdout.split() == shown.group(1).split()
