"""`backtest --report` as its users meet it."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import FIRST, Cli, World

COMMAND = ("backtest", "--strategy", "sixty-forty", "--data", "bars", "--start", "2024-07-01")


@pytest.mark.usefixtures("world")
def test_a_report_tells_the_figures_of_the_answer(cli: Cli, home: Path) -> None:
    """One run, one digest; the numbers of page and JSON are the same."""
    report = home / "report.json"
    answer = cli(*COMMAND, "--benchmark", "SPY", "--report", "report.json", "--json").json()
    page = cli(*COMMAND, "--benchmark", "SPY", "--report", "report.html")

    document = json.loads(report.read_text())
    figures = document["sections"]["summary"]["figures"]
    origin = {
        row["name"]: row["value"] for row in document["sections"]["origin"]["tables"]["origin"]
    }
    assert figures["sharpe"] == answer["sharpe"]
    assert figures["cagr"] == answer["cagr"]
    assert origin["Result (SHA-256)"] == answer["digest"]
    assert origin["Command"].startswith("alchemiser backtest --strategy sixty-forty --data bars")
    assert (page.code, page.err) == (0, "")
    text = (home / "report.html").read_text()
    assert f'<td class="right whole">{100 * answer["cagr"]:,.2f} %</td>' in text
    assert f'<td class="long">{answer["digest"]}</td>' in text


@pytest.mark.usefixtures("world")
def test_a_report_that_cannot_be_written_is_refused_before_the_work(cli: Cli) -> None:
    ended = cli(*COMMAND, "--report", "report.pdf")

    assert ended.code == 2
    assert "end it with .html, .md or .json" in ended.sentence()
    assert ended.out.strip() == ""


def test_a_report_is_written_although_nothing_was_traded(cli: Cli, world: World) -> None:
    """The bars begin too late for the strategy: it never decides."""
    ended = cli("backtest", "--strategy", "nuclear", "--data", "bars", "--report", "r.md")

    text = (world.home / "r.md").read_text()
    assert ended.code == 0
    assert f"{FIRST} to" in text
    assert "nuclear never decided" in text
    assert "Nothing was traded." in text
    assert "## How it was made" in text


def test_two_years_of_the_bundled_strategies_are_reported(
    cli: Cli, home: Path, shared_data: Path
) -> None:
    """The four that come along, on recorded bars."""
    names = ("nuclear", "tecl", "klm", "sixty-forty")
    strategies = [word for name in names for word in ("--strategy", name)]
    data = str(shared_data / "total_return_2005_2026.parquet")
    period = ("--start", "2016-01-04", "--end", "2017-12-29")

    ended = cli(
        "backtest", *strategies, "--data", data, *period, "--engine", "fast",
        "--benchmark", "SPY", "--report", "report.json",
    )  # fmt: skip

    sections = json.loads((home / "report.json").read_text())["sections"]
    assert ended.code == 0
    books = sections["strategies"]["tables"]["attribution"]
    final = sections["equity"]["charts"]["equity"]["lines"]["Account"][-1]
    assert sum(row["equity"] for row in books) == pytest.approx(final, abs=0.01)
    assert {row["book"] for row in books} == {*names, "house"}
    assert [row["year"] for row in sections["costs"]["tables"]["costs"]] == ["2016", "2017", "All"]
    assert len(sections["trades"]["tables"]["all"]) == sections["trades"]["figures"]["trades"] > 100
    assert set(sections["rolling"]["charts"]) == {"sharpe", "volatility", "beta"}
