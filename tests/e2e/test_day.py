"""A day on real files: look, trade, look again, explain, stop, go on."""

import json
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Cli, World, inputs_taken

pytestmark = pytest.mark.usefixtures("world")


def _exact(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return document


def test_looking_ahead_sends_and_records_nothing(cli: Cli, world: World) -> None:
    signals = cli("signals", "--as-of", "2024-07-09", "--json")
    plan = cli("plan", "--as-of", "2024-07-09", "--json")

    wants = signals.json()["strategies"]["sixty-forty"]
    assert wants["state"] == "decided"
    assert wants["weights"] == {"AGG": 0.4, "SPY": 0.6}
    assert wants["trace"] != []
    assert {row["symbol"] for row in plan.json()["orders"]} == {"AGG", "SPY"}
    assert plan.json().keys() >= {"orders", "refused", "limited", "target"}
    assert "journal.db" not in world.files()
    assert cli("orders", "--json").json()["orders"] == []


def test_looking_back_behind_a_traded_session_is_a_look(cli: Cli) -> None:
    cli("run", "--as-of", "2024-07-09")

    signals, plan = (cli(name, "--as-of", "2024-07-03", "--json") for name in ("signals", "plan"))

    assert (signals.code, plan.code) == (0, 0)
    assert signals.json()["strategies"]["sixty-forty"]["state"] == "decided"
    assert cli("journal", "verify", "--json").json()["ok"] is True


def test_run_trades_what_was_planned_and_everything_agrees(cli: Cli, home: Path) -> None:
    run = cli("run", "--as-of", "2024-07-09", "--json")

    assert (run.code, run.err) == (0, "")
    report = run.json()
    assert report["status"] == "completed"
    assert report["reconciled"] is True
    assert report.keys() >= {"reason", "cycle_id", "limited", "undecided", "breaks"}
    status = _exact(cli("status", "--json").out)
    held = {row["symbol"]: row["quantity"] for row in status["positions"]}
    in_books: dict[str, Decimal] = {}
    for book in status["books"]:
        for row in book["positions"]:
            in_books[row["symbol"]] = in_books.get(row["symbol"], Decimal(0)) + row["quantity"]
    with sqlite3.connect(home / "broker.db") as broker:
        theirs = dict(broker.execute("SELECT symbol, quantity FROM positions"))
    assert held == in_books
    assert {name: Decimal(quantity) for name, quantity in theirs.items()} == held
    assert status["cash"] == sum(book["cash"] for book in status["books"])


def test_next_close_decides_on_the_day_before_and_trades_near_the_close(
    cli: Cli, world: World
) -> None:
    """BT-02, BT-03: no bar of the session itself; the auction beside it, as market-on-close."""
    world.config('[schedule]\ntiming = "next_close"\n[execution]\nalgorithm = "limit_on_close"\n')

    plan = cli("plan", "--as-of", "2024-07-09", "--json").json()
    run = cli("run", "--as-of", "2024-07-09", "--json")

    assert plan["timing"] == {
        "timing": "next_close",
        "at": "close-15m",
        "decides_on": "bars up to the session before",
        "trades": "in the closing auction",
        "price": "the close",
    }
    assert (run.code, run.err) == (0, "")
    taken = inputs_taken(cli)
    assert (taken["session"], taken["bars"]["last"]) == ("2024-07-09", "2024-07-08")
    assert taken["provisional"] == []
    whole = [row for row in run.json()["fills"] if row["at"] > "2024-07-09T20:00"]
    closes = {
        name: (world.home / "bars" / f"{name}.csv").read_text().split("2024-07-09,")[1].split()[0]
        for name in ("AGG", "SPY")
    }
    assert {row["symbol"]: row["price"] for row in whole} == {
        name: float(close) for name, close in closes.items()
    }


def test_explain_leads_from_an_order_to_what_was_measured(cli: Cli) -> None:
    orders = cli("run", "--as-of", "2024-07-09", "--json").json()["orders"]

    told = cli("explain", orders[0]["cl_ord_id"], "--json").json()

    assert told["order"]["cl_ord_id"] == orders[0]["cl_ord_id"]
    assert [row["book"] for row in told["contributions"]] == ["sixty-forty"]
    assert told["trace"][0]["strategy"] == "sixty-forty"
    assert cli("explain", told["cycle_id"], "--json").json()["orders"] == orders


def test_halt_holds_until_resume_with_a_reason(cli: Cli) -> None:
    halted = cli("halt", "--reason", "on holiday", "--json")
    refused = cli("run", "--as-of", "2024-07-09", "--json")
    resumed = cli("resume", "--reason", "back again", "--json")
    run = cli("run", "--as-of", "2024-07-09", "--json")

    assert (halted.code, halted.json()["state"]) == (0, "halted")
    assert (refused.code, refused.json()["status"]) == (3, "skipped")
    assert refused.json()["orders"] == []
    assert "on holiday" in refused.sentence()
    assert (resumed.code, resumed.json()["state"]) == (0, "active")
    assert (run.code, run.json()["status"]) == (0, "completed")


def test_halt_works_when_data_and_plugins_are_gone(cli: Cli, world: World) -> None:
    """RS-10: the brake depends on nothing that may be broken."""
    world.config(strategies='[strategies.gone]\nplugin = "gone"\nweight = 0.5\n')
    for file in world.home.joinpath("bars").iterdir():
        file.unlink()

    assert cli("halt", "--json").json()["state"] == "halted"


def test_a_change_behind_the_engines_back_is_a_break(cli: Cli, home: Path) -> None:
    cli("run", "--as-of", "2024-07-09")
    with sqlite3.connect(home / "broker.db") as broker:
        broker.execute("UPDATE positions SET quantity = '1.5' WHERE symbol = 'SPY'")

    run = cli("run", "--as-of", "2024-07-10", "--json")

    assert run.code == 4
    assert run.json()["breaks"][0]["symbol"] == "SPY"
    assert run.json()["orders"] == []
    assert "books and broker differ" in run.sentence()
    assert cli("status", "--json").json()["breaks"] == run.json()["breaks"]
    assert cli("run", "--as-of", "2024-07-11").code == 4


def test_two_runs_started_together_trade_once(
    cli: Cli, home: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "alchemiser", "run", "--as-of", "2024-07-09", "--json"]
    children = [
        subprocess.Popen(command, cwd=home, env=environment, stdout=-1, stderr=-1)  # noqa: S603
        for _ in range(2)
    ]
    ended = [(child.communicate(), child.returncode) for child in children]

    assert sorted(code for _, code in ended) == [0, 3]
    assert len(cli("orders", "--json").json()["orders"]) == 2
    assert cli("journal", "verify", "--json").json()["ok"] is True


def test_journal_is_exported_line_by_line_and_verified(cli: Cli, home: Path) -> None:
    cli("run", "--as-of", "2024-07-09")

    verified = cli("journal", "verify", "--json").json()
    exported = [json.loads(line) for line in cli("journal", "export").out.splitlines()]
    tail = cli("journal", "tail", "-n", "2", "--json").json()
    cli("journal", "export", "--output", "journal.jsonl")

    assert verified["ok"] is True
    assert verified["records"] == len(exported)
    assert verified["head"] == exported[-1]["hash"]
    assert exported[0]["type"] == "CycleStarted"
    assert [entry["sequence"] for entry in tail["entries"]] == [len(exported) - 1, len(exported)]
    assert len(home.joinpath("journal.jsonl").read_text().splitlines()) == len(exported)
    assert cli("journal", "export", "--output", "journal.jsonl").code == 2


def test_a_changed_record_breaks_the_chain(cli: Cli, home: Path) -> None:
    cli("run", "--as-of", "2024-07-09")
    with sqlite3.connect(home / "journal.db") as journal:
        names = journal.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            journal.execute(f"DROP TRIGGER {name}")
        table, column = _data_column(journal)
        journal.execute(f"UPDATE {table} SET {column} = replace({column}, '2024', '2023')")  # noqa: S608

    verified = cli("journal", "verify", "--json")

    assert verified.code == 1
    assert verified.json()["ok"] is False
    assert "Restore it from a copy" in verified.sentence()


def _data_column(journal: sqlite3.Connection) -> tuple[str, str]:
    for (table,) in journal.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in journal.execute(f"PRAGMA table_info({table})"):
            if row[1] == "data":
                return table, row[1]
    pytest.fail("the journal keeps its data elsewhere")


def test_doctor_and_plugins_tell_what_is_there(cli: Cli) -> None:
    doctor = cli("doctor", "--json")
    plugins = cli("plugins", "list", "--json").json()["plugins"]

    assert (doctor.code, doctor.json()["ok"]) == (0, True)
    assert {check["id"] for check in doctor.json()["checks"]} >= {
        "configuration",
        "data",
        "journal",
    }
    assert {row["plugin"] for row in plugins} >= {"alchemiser-nuclear", "alchemiser-sixty-forty"}


def test_backtest_runs_the_same_code_and_gives_the_same_digest(cli: Cli) -> None:
    command = ("backtest", "--strategy", "sixty-forty", "--data", "bars", "--json")

    first, second = (cli(*command, "--start", "2024-07-01") for _ in range(2))

    assert (first.code, first.err) == (0, "")
    report = first.json()
    assert report["sessions"] == 44
    assert report["decided"] == {"sixty-forty": 44}
    assert report["digest"] == second.json()["digest"]
    contracted = {"cagr", "sharpe", "max_drawdown", "turnover"}
    assert report.keys() >= contracted | {"final_equity"}
    assert contracted == {name for name in contracted if report["statistics"][name] == report[name]}
    assert report["statistics"] == second.json()["statistics"]
    assert report["statistics"]["alpha"] is None


def test_backtest_compares_with_a_benchmark(cli: Cli) -> None:
    """BT-08: both funds rise alike here; what is no symbol is refused in a sentence."""
    command = ("backtest", "--strategy", "sixty-forty", "--data", "bars", "--json")

    beside = cli(*command, "--start", "2024-07-01", "--benchmark", "SPY")
    unknown = cli(*command, "--start", "2024-07-01", "--benchmark", "NONE")
    wrong = cli(*command, "--start", "2024-07-01", "--benchmark", "a share")

    assert (beside.code, beside.err) == (0, "")
    assert 0.9 < beside.json()["statistics"]["beta"] < 1.1
    assert (unknown.code, wrong.code) == (2, 2)
    assert "no bar of the benchmark NONE" in unknown.sentence()
    assert "--benchmark: 'a share' is not a ticker symbol" in wrong.sentence()


def test_backtest_as_arrays_says_so_and_ends_nearby(cli: Cli) -> None:
    command = ("backtest", "--strategy", "sixty-forty", "--data", "bars", "--start", "2024-07-01")

    exact, fast = (cli(*command, "--engine", name, "--json").json() for name in ("exact", "fast"))

    assert (exact["engine"], fast["engine"]) == ("exact", "fast")
    assert fast["decided"] == exact["decided"]
    assert float(fast["final_equity"]) == pytest.approx(float(exact["final_equity"]), rel=5e-4)
    assert "engine          fast" in cli(*command, "--engine", "fast").out


def test_answers_for_people_fit_in_80_columns(cli: Cli) -> None:
    """AR-05: every command has an answer that can be read."""
    orders = cli("run", "--as-of", "2024-07-09", "--json").json()["orders"]
    expected = {
        ("status",): "books and broker agree: yes",
        ("positions",): "SPY",
        ("orders",): f"alchemiser explain {orders[0]['cl_ord_id']}",
        ("books",): "sixty-forty",
        ("quality",): "marketable_limit",
        ("quality", "--calibrate"): "slippage: too few fills: ",
        ("tax", "--sell", "SPY=1"): "Planning information, not advice.",
        ("signals", "--as-of", "2024-07-10"): "sixty-forty wants AGG 40.00 %, SPY 60.00 %",
        ("plan", "--as-of", "2024-07-10"): "nothing is sent",
        ("run", "--as-of", "2024-07-10"): "reconciled: yes",
        ("explain", orders[0]["cl_ord_id"]): "Session 2024-07-09",
        ("journal", "verify"): "records, unbroken",
        ("journal", "tail"): "CycleFinished",
        ("doctor",): "ok   configuration: alchemiser.toml is valid",
        ("plugins", "list"): "alchemiser-sixty-forty",
        ("backtest", "--start", "2024-08-28"): "2024-08-28 to 2024-08-30, 3 sessions",
    }

    for command, part in expected.items():
        ended = cli(*command)
        assert (ended.code, ended.err) == (0, ""), command
        assert part in ended.out, command
        assert max(map(len, ended.out.splitlines())) <= 80, command


def test_init_writes_a_configuration_that_doctor_approves(cli: Cli) -> None:
    written = cli("init", "--config", "new.toml", "--json")
    doctor = cli("doctor", "--config", "new.toml")

    assert written.json() == {"path": "new.toml"}
    assert (doctor.code, doctor.err) == (0, "")
    assert "no strategy may want more than the limits allow" in doctor.out
    assert cli("init", "--config", "new.toml").code == 2
    assert cli("init", "--config", "new.toml", "--force").code == 0


def test_doctor_tells_what_to_mend(cli: Cli, world: World) -> None:
    world.config(path="elsewhere")

    ended = cli("doctor", "--json")

    assert ended.code == 2
    assert [check["id"] for check in ended.json()["checks"] if not check["ok"]] == [
        "data",
        "capital_at_risk",
    ]
    assert "put the bars there" in ended.sentence()


def test_options_may_stand_before_the_command(cli: Cli) -> None:
    assert cli("--json", "--config", "alchemiser.toml", "status").json()["state"] == "active"
