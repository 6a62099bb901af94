"""A second source of bars at the command line: one table, and what becomes of planted faults."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli, World

DAY = "2024-07-09"
SECONDARY = '[data.secondary]\nadapter = "files"\npath = "others"\n'
SYMPHONY = """
(defsymphony "Shares or Bonds" {:rebalance-frequency :daily}
  (if (> (cumulative-return "SPY" {:window 5}) 0) [(asset "SPY" nil)] [(asset "AGG" nil)]))
"""
ROTATING = """
[strategies.rotating]
plugin = "alchemiser-symphony"
strategy = "symphony"
weight = 0.97
params = { file = "rotating.clj" }
"""


@pytest.fixture
def rotating(world: World) -> World:
    """Return a world whose strategy holds SPY when it has risen for a week, and two sources."""
    world.home.joinpath("rotating.clj").write_text(SYMPHONY, encoding="utf-8")
    shutil.copytree(world.home / "bars", world.home / "others")
    configure(world, SECONDARY)
    return world


def configure(world: World, secondary: str) -> None:
    # Its orders may be as large as its book: what is tried here is not the limits.
    world.config(
        f"{secondary}[risk.max_position]\nbroad_fund = 1\n", strategies=ROTATING, path="bars"
    )


def change(folder: Path, name: str, factor: float, *, before: str = "", on: str = "") -> None:
    """Multiply the closes of `name` before a day, or on one."""
    file = folder / f"{name}.csv"
    head, *rows = file.read_text().splitlines()
    lines = [head]
    for day, close in (row.split(",") for row in rows):
        hit = day == on or day < before
        lines.append(f"{day},{float(close) * factor:.4f}" if hit else f"{day},{close}")
    file.write_text("\n".join([*lines, ""]))


def alerts(home: Path, code: str) -> list[str]:
    log = home / "alchemiser.log"
    rows = map(json.loads, log.read_text().splitlines() if log.exists() else ())
    return [row["text"] for row in rows if row["event"] == code]


def test_two_sources_that_agree_trade_as_one(cli: Cli, rotating: World) -> None:
    """RS-07, DA-08."""
    both = cli("run", "--as-of", DAY, "--json").json()
    for file in rotating.home.glob("*.db*"):
        file.unlink()
    configure(rotating, "")
    single = cli("run", "--as-of", DAY, "--json").json()

    assert (both["status"], both["digest"]) == ("completed", single["digest"])
    assert {order["symbol"] for order in both["orders"]} == {"SPY"}


def test_bad_close_that_flips_the_decision_holds_the_book(cli: Cli, rotating: World) -> None:
    """RS-07, FAULTS C04: told, recorded, explained, and the same again."""
    change(rotating.home / "others", "SPY", 0.9, on=DAY)

    ended = cli("run", "--as-of", DAY, "--json")
    report = ended.json()
    told = cli("explain", report["cycle_id"], "--json").json()
    shown = cli("explain", report["cycle_id"])

    assert (ended.code, report["status"], report["orders"]) == (3, "skipped", [])
    assert report["undecided"] == ["rotating"]
    (text,) = alerts(rotating.home, "sources_differ")
    assert f"SPY on {DAY}: the first source has 90.128, the second 81.1152" in text
    (dissent,) = told["dissents"]
    assert (dissent["strategy"], dissent["code"]) == ("rotating", "quorum_target")
    assert (dissent["observed"], dissent["limit"]) == ("1", "0.01")
    assert (dissent["first"], dissent["second"]) == ([["SPY", 1]], [["AGG", 1]])
    (difference,) = told["sources"]["differences"]
    assert (difference["symbol"], difference["session"]) == ("SPY", DAY)
    assert difference["first"] > difference["second"]
    assert told["sources"]["second"]["feed"] == "others"
    assert "rotating is left alone: the data sources lead to different" in shown.out
    assert cli("journal", "verify").code == 0


def test_bad_close_that_flips_nothing_is_traded_on(cli: Cli, rotating: World) -> None:
    change(rotating.home / "others", "SPY", 1.1, on=DAY)

    report = cli("run", "--as-of", DAY, "--json").json()

    assert report["status"] == "completed"
    assert {order["symbol"] for order in report["orders"]} == {"SPY"}
    assert len(alerts(rotating.home, "sources_differ")) == 1


def test_symbol_that_the_second_lacks_holds_the_book(cli: Cli, rotating: World) -> None:
    """FAULTS C01."""
    (rotating.home / "others" / "SPY.csv").unlink()

    report = cli("run", "--as-of", DAY, "--json").json()

    assert (report["status"], report["undecided"]) == ("skipped", ["rotating"])
    assert "the second no usable price" in alerts(rotating.home, "sources_differ")[0]


def test_split_that_one_source_adjusted_for_holds_the_book(cli: Cli, rotating: World) -> None:
    """FAULTS C05, C06: the second has doubled every price before the day."""
    change(rotating.home / "others", "SPY", 2, before=DAY)

    report = cli("run", "--as-of", DAY, "--json").json()

    assert (report["status"], report["undecided"]) == ("skipped", ["rotating"])
    assert "source_adjustment is 0.5, the limit 0.005" in alerts(rotating.home, "sources_differ")[0]


@pytest.mark.parametrize("allowed", [False, True])
def test_second_source_that_is_gone_stops_unless_declared(
    cli: Cli, rotating: World, *, allowed: bool
) -> None:
    """RS-07, RS-13: exit code 2 and an untouched journal, or an alert."""
    shutil.rmtree(rotating.home / "others")
    if allowed:
        configure(rotating, f'{SECONDARY}on_secondary_missing = "use_primary"\n')

    ended = cli("run", "--as-of", DAY, "--json")

    assert ended.code == (0 if allowed else 2)
    assert (rotating.home / "journal.db").exists() == allowed
    if allowed:
        assert "the second data source cannot be read" in alerts(rotating.home, "source_missing")[0]
    else:
        assert "others" in ended.sentence()


def test_backtest_and_doctor_use_both(cli: Cli, rotating: World) -> None:
    """DA-08: a day on which the sources lead elsewhere is held in a backtest, too."""
    change(rotating.home / "others", "SPY", 0.9, on=DAY)

    report = cli("backtest", "--start", "2024-07-08", "--end", "2024-07-10", "--json").json()
    checks = cli("doctor", "--json").json()["checks"]

    assert report["decided"] == {"rotating": 2}
    assert "files others (close=all, XNYS)" in str(checks)


def test_parity_decides_on_both(cli: Cli, rotating: World) -> None:
    """BT-05, RS-07: what the two held back live, they hold back in its shadow."""
    days = "2024-07-08", DAY, "2024-07-10"
    change(rotating.home / "others", "SPY", 0.9, on=DAY)
    codes = [cli("run", "--as-of", day).code for day in days]

    both = cli("parity", "--json")
    configure(rotating, "")
    single = cli("parity", "--json")

    assert codes[1] == 3
    assert both.code == 0, both.out
    assert both.json()["signals"] == {"compared": 3, "differ": []}
    assert single.code == 1
    (differing,) = (one for one in single.json()["signals"]["differ"] if one["session"] == DAY)
    assert differing["reasons"] == ["failure", "configuration"]
