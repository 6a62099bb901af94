"""The first command that anybody tries."""

from pathlib import Path
from typing import Any

from tests.e2e.conftest import Cli

KEYS = {
    "status",
    "cycle_id",
    "seed",
    "digest",
    "orders",
    "fills",
    "reconciled",
    "strategies",
    "home",
    "seconds",
}
ITS_OWN = {"home", "seconds"}


def _demo(cli: Cli, *arguments: str) -> dict[str, Any]:
    ended = cli("demo", "--json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    return ended.json()


def test_demo_is_the_same_twice_but_for_its_folder_and_its_time(cli: Cli) -> None:
    first, second = _demo(cli), _demo(cli, "--seed", "7")

    assert first.keys() >= KEYS
    assert first["home"] != second["home"]
    assert {key: first[key] for key in first.keys() - ITS_OWN} == {
        key: second[key] for key in second.keys() - ITS_OWN
    }


def test_demo_trades_and_reconciles(cli: Cli) -> None:
    demo = _demo(cli)

    assert demo["status"] == "completed"
    assert demo["reconciled"] is True
    assert demo["orders"] != []
    assert demo["fills"] != []
    assert {line["state"] for line in demo["strategies"].values()} == {"decided"}
    assert set(demo["strategies"]) == {"nuclear", "sixty-forty"}


def test_demo_of_another_seed_is_another_day(cli: Cli) -> None:
    first, other = _demo(cli), _demo(cli, "--seed", "11")

    assert first["digest"] != other["digest"]
    assert first["fills"] != other["fills"]


def test_demo_can_be_gone_on_with(cli: Cli, home: Path) -> None:
    demo = _demo(cli, "--home", "here")
    config = str(home / "here" / "alchemiser.toml")

    status = cli("status", "--config", config, "--json").json()
    verified = cli("journal", "verify", "--config", config, "--json").json()

    assert demo["home"] == "here"
    assert status["state"] == "active"
    assert status["breaks"] == []
    assert {row["symbol"] for row in status["positions"]} == {
        row["symbol"] for row in demo["fills"]
    }
    assert verified["ok"] is True


def test_demo_tells_people_decisions_orders_fills_and_that_it_reconciled(cli: Cli) -> None:
    ended = cli("demo")

    assert ended.code == 0
    assert "reconciled: yes" in ended.out
    assert "nuclear wants" in ended.out
    assert "margin" in ended.out
    assert "alchemiser status --config" in ended.out
    tables = [line for line in ended.out.splitlines() if "/" not in line]
    assert max(map(len, tables)) <= 80


def test_demo_leaves_a_used_folder_alone(cli: Cli, home: Path) -> None:
    home.joinpath("precious.txt").write_text("keep me")

    ended = cli("demo", "--home", str(home))

    assert ended.code == 2
    assert "is not empty: name a new folder" in ended.sentence()
    assert [path.name for path in home.iterdir()] == ["precious.txt"]
