"""`alchemiser strategy`: on, off and re-weighted as an owner does it."""

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import freezing
from tests.e2e.conftest import Cli, World
from tests.e2e.test_emergency import frozen_run

TWO = (
    '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.5\n'
    '[strategies.other]\nplugin = "alchemiser-sixty-forty"\nstrategy = "sixty-forty"\n'
    "weight = 0.4\n"
)
DAYS = ("2024-07-09", "2024-07-10", "2024-07-11")


@pytest.fixture(autouse=True)
def two(world: World) -> None:
    """Enable two strategies that hold the same."""
    world.config(strategies=TWO)


def run(cli: Cli, day: str) -> None:
    ended = cli("run", "--as-of", day, "--json")
    assert ended.code == 0, ended.err


def books(cli: Cli) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in cli("books", "--json").json()["books"]}


def test_weight_is_told_recorded_shown_and_carried_out_once(cli: Cli) -> None:
    run(cli, DAYS[0])

    changed = cli("strategy", "weight", "other", "0.1", "--reason", "less", "--json")
    shown = cli("status", "--json").json()["changes"]
    ahead = cli("plan", "--as-of", DAYS[1], "--json").json()["transfers"]
    run(cli, DAYS[1])
    equity = cli("status", "--json").json()["equity"]

    assert (changed.code, changed.err) == (0, "")
    assert changed.json() == {
        "strategy": "other",
        "enabled": True,
        "weight": 0.1,
        "leaving": False,
        "reweigh": True,
        "reason": "less",
        "refused": False,
    }
    assert [(one["strategy"], one["weight"], one["reason"]) for one in shown] == [
        ("other", 0.1, "less")
    ]
    assert [(one["book"], one["reason"]) for one in ahead] == [
        ("other", "re-weighting of other to 0.1")
    ]
    assert abs(books(cli)["other"]["equity"] / equity - 0.1) < 0.001
    assert cli("plan", "--as-of", DAYS[2], "--json").json()["transfers"] == []


def test_disabled_strategy_sells_nothing_until_it_is_told_to_exit(cli: Cli) -> None:
    run(cli, DAYS[0])
    disabled = cli("strategy", "disable", "other")
    before = books(cli)["other"]["positions"]
    run(cli, DAYS[1])
    kept = books(cli)["other"]["positions"]
    leaving = cli("strategy", "disable", "other", "--exit", "--json")
    run(cli, DAYS[2])

    assert disabled.out == "other is disabled; its book stays as it is.\n"
    assert kept == before != []
    assert leaving.json()["leaving"] is True
    assert books(cli)["other"]["positions"] == []
    assert "other: disabled, its book is sold" in cli("books").out
    doctor = {row["id"]: row["message"] for row in cli("doctor", "--json").json()["checks"]}
    assert doctor["plugins"] == "enabled: sixty-forty; disabled by `alchemiser strategy`: other"


def test_enable_takes_back_what_was_changed(cli: Cli) -> None:
    cli("strategy", "disable", "other")

    enabled = cli("strategy", "enable", "other")

    assert (enabled.code, enabled.out) == (0, "other is enabled with weight 0.4.\n")
    assert cli("status", "--json").json()["changes"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("weight", "other", "0.51"), "other cannot have 0.51 of the account"),
        (("weight", "other", "50%"), "'50%' is no weight"),
        (("weight", "othr", "0.1"), "there is no strategy othr here: name one of other, sixty"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_the_journal_alone(
    cli: Cli, world: World, arguments: tuple[str, ...], sentence: str
) -> None:
    ended = cli("strategy", *arguments)

    assert ended.code == 2
    assert sentence in ended.sentence()
    assert not any(name.startswith("journal") for name in world.files()) or records(world) == 0


def records(world: World) -> int:
    with sqlite3.connect(world.home / "journal.db") as journal:
        (count,) = journal.execute("SELECT count(*) FROM records").fetchone()
    return int(count)


def test_configuration_that_leaves_no_room_for_a_change_is_refused(cli: Cli, world: World) -> None:
    cli("strategy", "weight", "other", "0.5")
    world.config(strategies=TWO.replace("0.5", "0.6"))

    ended = cli("run", "--as-of", DAYS[0])

    assert ended.code == 2
    assert "the weights in force sum to 1.1, more than 1" in ended.sentence()


def test_sessions_run_in_a_constant_mix_with_bands_by_cost(cli: Cli, world: World) -> None:
    lines = 'drift_band = "cost"\nallocation = "constant_mix"\nminimum_transfer = 50\n'
    world.config(f"[execution]\n{lines}", strategies=TWO)

    for day in DAYS[:2]:
        run(cli, day)

    shares = {name: Decimal(str(row["equity"])) for name, row in books(cli).items()}
    assert abs(shares["other"] / sum(shares.values()) - Decimal("0.4")) < Decimal("0.001")


def test_nothing_is_changed_while_an_engine_is_at_work(
    cli: Cli, home: Path, environment: dict[str, str]
) -> None:
    with frozen_run(home, environment, freezing.INTENT):
        ended = cli("strategy", "disable", "other", "--json")

    assert ended.code == 3
    assert ended.json()["refused"] is True
    assert "Another engine" in ended.sentence()
