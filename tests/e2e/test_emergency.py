"""Getting out as an owner does it: while all is well, and while the engine hangs."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e import freezing
from tests.e2e.conftest import Cli, World

pytestmark = pytest.mark.usefixtures("world")

DAY = ("--as-of", "2024-07-09")
NEXT = ("--as-of", "2024-07-10")


def positions(home: Path) -> dict[str, Decimal]:
    """Return what the broker's own file holds."""
    with sqlite3.connect(home / "broker.db") as broker:
        rows = broker.execute("SELECT symbol, quantity FROM positions").fetchall()
    return {name: Decimal(quantity) for name, quantity in rows if Decimal(quantity)}


def orders(home: Path) -> list[str]:
    """Return the ids of every order that ever reached the broker, in the order of its file."""
    with sqlite3.connect(home / "broker.db") as broker:
        return [name for (name,) in broker.execute("SELECT cl_ord_id FROM orders ORDER BY rowid")]


@contextmanager
def frozen_run(
    home: Path, environment: dict[str, str], point: str
) -> Iterator[subprocess.Popen[str]]:
    """Start `alchemiser run` in a process and yield it once it stands still at `point`."""
    command = [sys.executable, freezing.__file__, point, "run", *DAY, "--json"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, cwd=home, env=environment, stdout=-1, stderr=-1, text=True
    ) as child:
        try:
            _, status = os.waitpid(child.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), f"{point} was never reached"
            yield child
        finally:
            child.send_signal(signal.SIGCONT)
            child.kill()


@pytest.mark.parametrize(
    ("point", "brake"),
    [(freezing.SENT, "set"), *((point, "lifted again") for point in freezing.POINTS)],
)
def test_frozen_engine_is_got_out_of_and_sends_nothing_when_it_wakes(
    point: str, brake: str, cli: Cli, home: Path, environment: dict[str, str]
) -> None:
    """RC-10, RC-11, FAULTS invariants 19 and 30: works with the engine's process stopped.

    Without the brake's file, it is the journal's epoch alone that holds the engine back.
    """
    with frozen_run(home, environment, point) as child:
        ended = cli("liquidate", "--take-over", "--yes", *DAY, "--json")

        assert ended.code == 0
        assert f"process {child.pid})" in ended.err
        assert "kill -9" in ended.err
        # What was only just sent is cancelled before it fills; what has filled is sold.
        assert bool(ended.json()["sold"]) is (point == freezing.ASKED)
        assert bool(orders(home)) is (point != freezing.INTENT)
        assert positions(home) == {}
        before = orders(home)
        if brake == "lifted again":
            (home / "control" / "HALT").unlink()
        child.send_signal(signal.SIGCONT)
        out, err = child.communicate(timeout=30)

    assert child.returncode not in {0, None}
    assert out == "" or '"status": "completed"' not in out
    assert "newer engine" in err or "taken over" in err, err
    assert orders(home) == before
    assert positions(home) == {}
    status = cli("status", "--json").json()
    assert (status["state"], status["positions"], status["breaks"]) == ("halted", [], [])
    assert cli("journal", "verify", "--json").json()["ok"] is True


def test_liquidation_is_not_begun_by_mistake(cli: Cli, home: Path) -> None:
    """RC-11: gated; without a person at a terminal it has to be said in the command."""
    cli("run", *DAY)
    before = positions(home)

    ended = cli("liquidate", *DAY)

    assert ended.code == 2
    assert "add --yes" in ended.sentence()
    assert positions(home) == before != {}
    assert not (home / "control" / "HALT").exists()
    assert cli("status", "--json").json()["state"] == "active"


def test_liquidation_sells_everything_and_trading_stays_halted_until_resume(
    cli: Cli, home: Path
) -> None:
    """RC-11, FAULTS invariant 20."""
    cli("run", *DAY)

    ended = cli("liquidate", "--yes", "--reason", "leaving", *NEXT, "--json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.json()["state"] == "halted"
    assert {row["symbol"] for row in ended.json()["sold"]} == {"AGG", "SPY"}
    assert (ended.json()["left"], ended.json()["breaks"]) == ([], [])
    assert positions(home) == {}
    status = cli("status", "--json").json()
    assert (status["state"], status["breaks"]) == ("halted", [])
    assert "leaving" in status["reason"]
    refused = cli("run", *NEXT)
    assert refused.code == 3
    assert "alchemiser resume" in refused.sentence()
    assert cli("resume", "--reason", "again", "--json").json()["state"] == "active"
    assert cli("run", *NEXT).code == 0
    assert positions(home).keys() == {"AGG", "SPY"}
    assert cli("journal", "verify", "--json").json()["ok"] is True


def test_liquidation_outside_hours_sells_nothing_and_halts(cli: Cli, home: Path) -> None:
    """RC-11, OS-19: 6 July 2024 is a Saturday."""
    cli("run", "--as-of", "2024-07-05")
    before = positions(home)

    ended = cli("liquidate", "--yes", "--as-of", "2024-07-06")

    assert ended.code == 3
    assert "the exchange is closed" in ended.sentence()
    assert positions(home) == before != {}
    assert cli("status", "--json").json()["state"] == "halted"


def test_reduce_only_sells_and_does_not_buy_until_resume(cli: Cli, home: Path) -> None:
    """RC-06, FAULTS invariant 18."""
    reduced = cli("reduce-only", "--reason", "careful", "--json")
    run = cli("run", *DAY, "--json")

    assert (reduced.code, reduced.json()["state"]) == (0, "reducing")
    assert (home / "control" / "REDUCE-ONLY").exists()
    assert run.json()["orders"] == []
    assert {row["code"] for row in run.json()["limited"]} == {"trading_state"}
    assert cli("status", "--json").json()["state"] == "reducing"
    assert cli("resume", "--reason", "calm", "--json").json()["state"] == "active"
    assert not (home / "control" / "REDUCE-ONLY").exists()
    assert cli("run", *NEXT, "--json").json()["orders"] != []


def test_preflight_refuses_when_a_check_fails_and_says_what_to_mend(cli: Cli, world: World) -> None:
    """RC-16, RC-20."""
    assert cli("preflight", "--json").json()["ok"] is True
    world.config(path="elsewhere")

    ended = cli("preflight", "--json")

    assert ended.code == 3
    wrong = [row["id"] for row in ended.json()["checks"] if not row["ok"]]
    assert wrong == ["data", "capital_at_risk"]
    assert "put the bars there" in ended.sentence()


@pytest.mark.parametrize("command", ["halt", "reduce-only"])
def test_brake_is_set_although_the_journal_is_lost(command: str, cli: Cli, home: Path) -> None:
    """RS-10: an engine at work stops by the file; what is wrong with the journal is told beside."""
    home.joinpath("journal.db").write_bytes(b"no journal" * 1000)

    ended = cli(command, "--reason", "all is lost", "--json")

    assert ended.code == 0
    assert "damaged" in ended.sentence()
    wanted = {"halt": "halted", "reduce-only": "reducing"}[command]
    assert (ended.json()["state"], ended.json()["refused"]) == (wanted, False)
    (brake,) = home.joinpath("control").iterdir()
    assert brake.name == {"halt": "HALT", "reduce-only": "REDUCE-ONLY"}[command]
    home.joinpath("journal.db").unlink()
    status = cli("status", "--json").json()
    assert status["state"] == wanted
    assert "all is lost" in status["reason"]


def test_liquidate_halts_although_the_journal_is_lost_and_says_that_nothing_is_sold(
    cli: Cli, home: Path
) -> None:
    """RS-10: an engine at work stops by the file; the owner is told what is left to do."""
    home.joinpath("journal.db").write_bytes(b"no journal" * 1000)

    ended = cli("liquidate", "--yes", "--reason", "all is lost", "--json")

    assert (ended.code, ended.json()["status"]) == (2, "failed")
    assert "damaged" in ended.err
    assert "sell by hand" in ended.err
    assert "Traceback" not in ended.err
    assert [one.name for one in home.joinpath("control").iterdir()] == ["HALT"]
