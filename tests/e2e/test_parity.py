"""`parity` on a simulated account: what it answers and with which exit code."""

import json
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from alchemiser.domain.parity.components import Component
from alchemiser.entrypoints.cli.main import run
from tests.e2e.conftest import World

DAYS = ("2024-07-09", "2024-07-10", "2024-07-11", "2024-07-12")
Capture = pytest.CaptureFixture[str]

CENTS = Decimal("0.05")
VENUE = "[broker.venue]\nslippage = 0\npartial_probability = 0\n"


@pytest.fixture(autouse=True)
def inside(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder of the account, with leases of its own."""
    monkeypatch.chdir(world.home)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    world.config(VENUE)


def asked(capsys: Capture, *options: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["parity", *options, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out, parse_float=Decimal)
    return code, answer


def trade(*days: str) -> None:
    for day in days:
        assert run(["run", "--as-of", day]) == 0


def test_parity_of_days_that_were_traded_is_exact(capsys: Capture) -> None:
    """BT-05, BT-06."""
    trade(*DAYS)

    code, answer = asked(capsys, "--from", DAYS[0], "--to", DAYS[-1])

    assert code == 0
    assert answer["residual"] == 0
    assert answer["components"].keys() == set(Component)
    assert {name for name, dollars in answer["components"].items() if dollars} <= {"rounding"}
    assert answer["difference"] == answer["live"] - answer["shadow"]
    assert [day["session"] for day in answer["days"]] == list(DAYS[:-1])
    assert answer["open"] == [DAYS[-1]]
    assert answer["signals"] == {"compared": 4, "differ": []}
    assert answer["drift"]["alarm"] is False
    assert answer["books"].keys() == {"sixty-forty"}
    assert run(["parity", "--from", DAYS[0], "--to", DAYS[-1]]) == 0
    shown = capsys.readouterr().out
    assert "4 of 4 signals are those of the shadow." in shown
    assert "does not drift" in shown


def test_other_settings_than_then_are_a_mismatch_and_told(world: World, capsys: Capture) -> None:
    """BT-05: exit code 1, and an alert with the diff."""
    trade(*DAYS[:2])
    other = (
        '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.97\n'
        "[strategies.sixty-forty.params]\nshares = 0.5\n"
    )
    world.config(VENUE, strategies=other)

    code, answer = asked(capsys, "--alert")

    first, second = answer["signals"]["differ"]
    assert code == 1
    assert (first["session"], second["session"]) == DAYS[:2]
    assert second["reasons"] == ["configuration", "plugin"]
    assert second["diff"].keys() == {"AGG", "SPY"}
    alerts = world.home.joinpath("alchemiser.log").read_text().splitlines()
    (told,) = (line for line in alerts if "signals_differ" in line)
    assert f"{DAYS[1]} sixty-forty" in told
    assert DAYS[0] not in told


def test_strategies_that_were_changed_in_between_are_as_they_were(
    world: World, capsys: Capture
) -> None:
    """BT-05, BT-06: sold off, re-weighted and switched on again at run time, around a weekend."""
    usual = 'plugin = "alchemiser-sixty-forty"\nstrategy = "sixty-forty"\n'
    strategies = f"[strategies.one]\n{usual}weight = 0.5\n[strategies.two]\n{usual}weight = 0.4\n"
    world.config(VENUE, strategies=strategies)
    for command in (
        ("run", "--as-of", "2024-07-09"),
        ("strategy", "disable", "two", "--exit"),
        ("run", "--as-of", "2024-07-10"),
        ("strategy", "weight", "one", "0.3"),
        ("run", "--as-of", "2024-07-11"),
        ("strategy", "enable", "two"),
        ("run", "--as-of", "2024-07-12"),
        ("run", "--as-of", "2024-07-15"),
    ):
        assert run(list(command)) == 0, command
    assert run(["run", "--as-of", "2024-07-13"]) == 3

    code, answer = asked(capsys, "--from", "2024-07-06", "--to", "2024-07-14")
    removed = strategies[: strategies.index("[strategies.two]")]
    world.config(VENUE, strategies=removed)
    other, told = asked(capsys)

    assert (code, answer["residual"], answer["signals"]["differ"]) == (0, 0, [])
    assert {name for name, dollars in answer["components"].items() if dollars} <= {"rounding"}
    assert [day["session"] for day in answer["days"]] == list(DAYS)
    assert (other, told["residual"]) == (1, 0)
    assert {one["strategy"] for one in told["signals"]["differ"]} == {"two"}
    assert {tuple(one["reasons"]) for one in told["signals"]["differ"]} == {
        ("configuration", "plugin")
    }
    changed = {name for name, dollars in told["components"].items() if abs(dollars) > CENTS}
    assert changed == {"configuration"}


def test_everything_sold_by_hand_is_an_intervention(capsys: Capture) -> None:
    """BT-06: what the shadow gained by what it held still."""
    trade(*DAYS[:2])
    assert run(["liquidate", "--as-of", DAYS[1], "--reason", "enough", "--yes"]) == 0
    assert run(["resume", "--reason", "looked at it"]) == 0
    trade(*DAYS[2:])

    code, answer = asked(capsys)

    assert (code, answer["residual"]) == (0, 0)
    changed = {name for name, dollars in answer["components"].items() if abs(dollars) > CENTS}
    assert changed == {"interventions"}
    (day,) = (day for day in answer["days"] if day["components"]["interventions"])
    assert day["session"] == DAYS[1]


def test_orders_that_lack_shares_are_told(world: World, capsys: Capture) -> None:
    """BT-06: the venue asks more than anybody pays, and then no more."""
    world.config(f"{VENUE}[broker.venue.half_spread]\nbroad_fund = 0.1\n")
    assert run(["run", "--as-of", DAYS[0]]) == 1
    world.config(VENUE)
    assert run(["resume", "--reason", "looked at it"]) == 0
    trade(*DAYS[1:3])

    _, answer = asked(capsys)

    (day, _) = answer["days"]
    assert [order["symbol"] for order in day["orders"]] == ["AGG", "SPY"]
    lacks = [lack for order in day["orders"] for lack in order["lacks"]]
    assert {(lack["cause"], lack["component"]) for lack in lacks} == {("given_up", "unfilled")}
    assert all(order["cum_qty"] == 0 for order in day["orders"])
    told = sum(lack["dollars"] for lack in lacks)
    assert abs(told - day["components"]["unfilled"]) <= CENTS
    run(["parity"])
    assert f"{DAYS[0]} buy " in capsys.readouterr().out


def test_what_the_broker_does_not_confirm_is_a_residual(world: World, capsys: Capture) -> None:
    """BT-06: money goes where no posting says so; the next session finds that, parity how much."""
    trade(*DAYS[:2])
    with sqlite3.connect(world.home / "broker.db") as file:
        file.execute("UPDATE account SET cash = cash - 7.25")
    assert run(["run", "--as-of", DAYS[2]]) == 4

    code, answer = asked(capsys, "--from", DAYS[0], "--to", DAYS[2])

    assert code == 4
    assert answer["residual"] == Decimal("-7.25")
    assert [day["session"] for day in answer["days"] if day["residual"]] == [DAYS[1]]


def test_difference_that_is_taken_over_is_an_intervention(world: World, capsys: Capture) -> None:
    """BT-06: on the day whose next decision was made again after it."""
    trade(*DAYS[:2])
    with sqlite3.connect(world.home / "broker.db") as file:
        file.execute("UPDATE account SET cash = cash - 7.25")
    assert run(["run", "--as-of", DAYS[2]]) == 4
    assert run(["reconcile", "--adopt", "cash", "--reason", "a fee"]) == 0
    assert run(["resume", "--reason", "looked at it"]) == 0
    trade(DAYS[2])

    code, answer = asked(capsys)

    assert (code, answer["residual"]) == (0, 0)
    assert answer["components"]["interventions"] == Decimal("-7.25")


def test_difference_that_is_taken_over_late_leaves_two_residuals(
    world: World, capsys: Capture
) -> None:
    """BT-06: it was not booked when the next session was read, and was when none had happened."""
    trade(*DAYS[:2])
    with sqlite3.connect(world.home / "broker.db") as file:
        file.execute("UPDATE account SET cash = cash - 7.25")
    assert run(["run", "--as-of", DAYS[2]]) == 4
    assert run(["reconcile", "--adopt", "cash", "--reason", "a fee"]) == 0
    assert run(["resume", "--reason", "looked at it"]) == 0
    trade(DAYS[3])

    code, answer = asked(capsys)

    told = [day["residual"] for day in answer["days"]]
    assert (code, answer["residual"]) == (4, 0)
    assert told == [0, Decimal("-7.25"), Decimal("7.25")]


def test_question_that_cannot_be_answered_is_one_sentence(capsys: Capture) -> None:
    """AR-05."""
    assert run(["parity"]) == 2
    assert "trade a session with `alchemiser run`" in capsys.readouterr().err
    trade(DAYS[0])
    capsys.readouterr()
    remedies = {
        ("--from", "2024-08-01"): "the journal has decisions from 2024-07-09 to 2024-07-09",
        ("--from", "2024-07-10", "--to", "2024-07-09"): "swap them",
        ("--from", "yesterday"): "--from 'yesterday' is no day",
        ("--alpha", "2"): "above 0 and below 1",
        ("--alpha", "nan"): "above 0 and below 1",
    }
    for options, remedy in remedies.items():
        assert run(["parity", *options]) == 2, options
        ended = capsys.readouterr()
        assert remedy in ended.err
        assert (ended.out, len(ended.err.splitlines())) == ("", 1)
