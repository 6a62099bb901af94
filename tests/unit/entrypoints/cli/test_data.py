"""`data pull`, `check`, `convert` and `revisions`, with and without a configuration."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alchemiser.entrypoints.cli.main import run

Capture = pytest.CaptureFixture[str]
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Ask:
    """Return what runs a command with `--json` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def asked(*arguments: str) -> tuple[int, Any]:
        code = run([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return asked


def prices(folder: Path, rows: str) -> Path:
    folder.mkdir()
    (folder / "SPY.csv").write_text(f"session,close\n{rows}")
    return folder


def test_pull_brings_bars_beside_the_journal_and_twice_brings_nothing(
    ask: Ask, tmp_path: Path
) -> None:
    """DA-06: on defaults, without a configuration."""
    arguments = ("data", "pull", "--symbols", "SPY,TLT", "--through", "2024-08-05")

    first, second = ask(*arguments), ask(*arguments)

    assert (first[0], second[0]) == (0, 0)
    assert first[1]["symbols"] == ["SPY", "TLT"]
    assert first[1]["new"] == 2 * first[1]["sessions"] > 3_000
    assert second[1]["new"] == 0
    assert second[1]["problems"] == []
    assert (tmp_path / "data.db").exists()


def test_check_looks_at_what_was_pulled(ask: Ask) -> None:
    """DA-01."""
    ask("data", "pull", "--symbols", "SPY", "--through", "2024-08-05")

    code, told = ask("data", "check")

    assert (code, told["symbols"], told["problems"]) == (0, ["SPY"], [])


def test_check_of_a_folder_tells_its_faults(ask: Ask, tmp_path: Path) -> None:
    """DA-01: 1 where a decision could not read a symbol."""
    folder = prices(tmp_path / "bars", "2024-08-01,543\n2024-08-02,0\n2024-08-05,517\n")

    code, told = ask("data", "check", "--data", str(folder))

    assert code == 1
    assert (told["symbols"], told["sessions"]) == (["SPY"], 3)
    (problem,) = told["problems"]
    assert (problem["symbol"], problem["code"], problem["session"], problem["blocks"]) == (
        "SPY",
        "bad_price",
        "2024-08-02",
        True,
    )


def test_check_of_a_sound_folder_is_zero(ask: Ask, tmp_path: Path) -> None:
    folder = prices(tmp_path / "bars", "2024-08-02,530\n2024-08-05,517\n")

    assert ask("data", "check", "--data", str(folder))[0] == 0


def test_convert_there_and_back(ask: Ask, tmp_path: Path) -> None:
    folder = prices(tmp_path / "bars", "2024-08-02,530.1\n2024-08-05,517.38\n")

    code, told = ask("data", "convert", "--data", str(folder), "all.parquet")
    back, _ = ask("data", "convert", "--data", "all.parquet", "again", "--to", "csv")

    assert (code, back) == (0, 0)
    assert (told["symbols"], told["rows"]) == (1, 2)
    assert (tmp_path / "again" / "SPY.csv").read_text() == (folder / "SPY.csv").read_text()


def test_revisions_are_told(ask: Ask) -> None:
    ask("data", "pull", "--symbols", "SPY", "--through", "2024-08-05")

    assert ask("data", "revisions") == (0, {"revisions": [], "touched": []})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("data", "pull"), "--symbols"),
        (("data", "pull", "--symbols", "spy"), "spy"),
        (("data", "pull", "--symbols", "SPY", "--through", "soon"), "soon"),
        (("data", "check"), "data pull"),
        (("data", "check", "--data", "nowhere"), "nowhere"),
        (("data", "revisions"), "data pull"),
        (("data", "convert", "--data", "nowhere", "there"), "nowhere"),
        (("data", "convert", "--data", "nowhere", "there", "--to", "xls"), "xls"),
    ],
)
def test_what_cannot_be_done_names_the_remedy(
    arguments: tuple[str, ...], told: str, ask: Ask
) -> None:
    code, answer = ask(*arguments)

    assert code == 2
    assert told in answer["reason"]


def test_people_read_sentences(ask: Ask, tmp_path: Path, capsys: Capture) -> None:
    ask("data", "pull", "--symbols", "SPY", "--through", "2024-08-05")
    folder = prices(tmp_path / "bars", "2024-08-02,530\n2024-08-05,0\n")

    run(["data", "check", "--data", str(folder)])
    run(["data", "revisions"])
    run(["data", "convert", "--data", str(folder), "out"])
    run(["data", "pull", "--symbols", "SPY", "--through", "2024-08-05"])

    told = capsys.readouterr().out
    assert "blocked: SPY has a price that is none on 2024-08-05" in told
    assert "No pulled bar was ever told otherwise." in told
    assert "2 bars of 1 symbols are in out." in told
    assert "1 symbols over" in told
