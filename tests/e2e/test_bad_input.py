"""Whatever is wrong: one plain sentence with the remedy, the right exit code and no harm done."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.e2e.conftest import Cli, World

DAY = ("run", "--as-of", "2024-07-09")


def _strategy(weight: str = "0.97", name: str = "sixty-forty", more: str = "") -> str:
    return f'[strategies.{name}]\nplugin = "alchemiser-sixty-forty"\nweight = {weight}\n{more}'


CONFIGURATIONS: dict[str, tuple[Callable[[World], None], str]] = {
    "unknown key": (
        lambda world: world.config("[risk]\nmax_positon = 1\n"),
        "alchemiser.toml: [risk] max_positon is not a setting: did you mean max_position?",
    ),
    "unknown section": (
        lambda world: world.config("[brokr]\n"),
        "alchemiser.toml: [brokr] is not a section: did you mean broker?",
    ),
    "key written twice": (
        lambda world: world.config('[account]\nname = "a"\nname = "b"\n'),
        "alchemiser.toml is not valid TOML",
    ),
    "weights above one": (
        lambda world: world.config(
            strategies=_strategy("0.6") + _strategy("0.6", "other", 'strategy = "sixty-forty"\n')
        ),
        "the weights of [strategies] sum to 1.2, more than 1: lower them",
    ),
    "percent for a fraction": (
        lambda world: world.config("[execution]\ncash_buffer = 10\n"),
        "cash_buffer = 10 cannot be used: write a fraction from 0 to 0.5, such as 0.01",
    ),
    "live without its broker": (
        lambda world: world.config('[account]\nmode = "live"\n'),
        'mode = "live" does not go with [broker] adapter = "simulated"',
    ),
    "unknown strategy": (
        lambda world: world.config(strategies=_strategy(more='strategy = "sixty-fourty"\n')),
        "offers no strategy sixty-fourty: did you mean sixty-forty?",
    ),
    "unknown plugin": (
        lambda world: world.config(strategies='[strategies.x]\nplugin = "gone"\nweight = 1\n'),
        "plugin gone is not installed: installed are",
    ),
    "unknown parameter": (
        lambda world: world.config(strategies=_strategy(more="params = { share = 0.5 }\n")),
        "has no parameter share: did you mean shares?",
    ),
    "another version": (
        lambda world: world.config(strategies=_strategy(more='version = "9.9"\n')),
        "not 9.9: install that version or write the other",
    ),
    "changed sources": (
        lambda world: world.config(strategies=_strategy(more=f'hash = "{"0" * 64}"\n')),
        "find out what changed, then write the new hash",
    ),
    "no strategy": (
        lambda world: world.config(strategies=""),
        "no strategy is enabled: add a table [strategies.NAME]",
    ),
    "no configuration": (
        lambda world: world.home.joinpath("alchemiser.toml").unlink(),
        "does not exist: write one with `alchemiser init`",
    ),
    "missing column": (lambda world: world.bars("SPY", column="price"), "close"),
    "no data": (
        lambda world: world.config("[journal]\n", path="elsewhere"),
        "put the bars there or correct the data path",
    ),
    "journal is a folder": (
        lambda world: world.home.joinpath("journal.db").mkdir(),
        "journal.db is a folder: name a file",
    ),
    "journal below a file": (
        lambda world: world.config('[journal]\nurl = "alchemiser.toml/journal.db"\n'),
        "alchemiser.toml/journal.db cannot be written: make",
    ),
    "journal in no folder": (
        lambda world: world.config('[journal]\nurl = "nowhere/journal.db"\n'),
        "nowhere/journal.db cannot be written: make",
    ),
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_bad_configuration_is_answered_before_anything_is_written(
    cli: Cli, world: World, case: str
) -> None:
    """SX-06, ST-02."""
    spoil, expected = CONFIGURATIONS[case]
    spoil(world)

    ended = cli(*DAY)

    assert ended.code == 2
    assert expected in ended.sentence()
    assert ended.out == ""
    assert world.files() == {}


def test_bad_configuration_is_told_to_programs_too(cli: Cli, world: World) -> None:
    world.config("[risk]\nmax_positon = 1\n")

    ended = cli(*DAY, "--json")

    assert ended.code == 2
    assert ended.json() == {"status": "failed", "reason": ended.sentence()}


def test_bad_configuration_leaves_an_old_journal_as_it_was(cli: Cli, world: World) -> None:
    assert cli(*DAY).code == 0
    before = world.files()
    world.config("[risk]\nmax_positon = 1\n")

    assert cli("run", "--as-of", "2024-07-10").code == 2
    assert world.files() == before


@pytest.mark.parametrize("price", ["nan", "-3.5", "0"])
def test_a_bad_price_is_never_traded_on(cli: Cli, world: World, price: str) -> None:
    world.bars("SPY", bad=("2024-07-09", price))

    ended = cli(*DAY, "--json")

    assert ended.code == 3
    assert ended.json()["status"] == "skipped"
    assert ended.json()["orders"] == []
    assert "SPY" in ended.sentence()
    assert cli("positions", "--json").json()["positions"] == []


def test_a_holiday_is_skipped(cli: Cli, world: World) -> None:
    ended = cli("run", "--as-of", "2024-07-04", "--json")

    assert ended.code == 3
    assert ended.json()["status"] == "skipped"
    assert "2024-07-04 is not a session" in ended.sentence()
    types = [entry["type"] for entry in cli("journal", "tail", "--json").json()["entries"]]
    assert types == ["CycleStarted", "CycleFinished"]
    assert cli(*DAY).code == 0, world.files()


def test_a_session_is_not_run_twice(cli: Cli, world: World) -> None:
    first = cli(*DAY, "--json").json()
    before = world.files()["journal.db"]

    second = cli(*DAY, "--json")

    assert second.code == 3
    assert second.json()["status"] == "skipped"
    assert second.json()["cycle_id"] == first["cycle_id"]
    assert second.json()["fills"] == first["fills"]
    assert "already finished" in second.sentence()
    assert world.files()["journal.db"] == before


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("rum",), "No such command 'rum'"),
        (("run", "--as-off", "2024-07-09"), "No such option: --as-off"),
        (("run", "--as-of", "09.07.2024"), "--as-of '09.07.2024' is no day: write one such as"),
        (("run", "--as-of", "2024-02-30"), "is no day"),
        (("run", "--as-of", "1980-01-02"), "1980-01-02 lies outside the exchange calendar"),
        (("resume",), "Missing option '--reason'"),
        (
            ("quality", "--start", "2024-08-06", "--end", "2024-08-05"),
            "after --end 2024-08-05: swap",
        ),
        (("demo", "--seed", "x"), "--seed"),
        (("demo", "--seed", "-1"), "--seed"),
        (("explain", "alc-none"), "the journal knows no order or cycle 'alc-none'"),
        (("status", "--config", "gone.toml"), "gone.toml does not exist"),
        (("backtest", "--strategy", "gone"), "no installed plugin offers the strategy gone"),
        (("backtest", "--strategy", "sixty-forty=x"), "has no number after '='"),
        (("backtest", "--strategy", "sixty-forty=1.5"), "above 0 and at most 1"),
        (("backtest", "--engine", "vast"), "write --engine exact or --engine fast"),
        (("backtest", "--start", "2030-01-02"), "there is no session to backtest"),
        (("init",), "alchemiser.toml exists already"),
    ],
)
def test_a_wrong_call_is_answered_with_the_remedy(
    cli: Cli, world: World, arguments: tuple[str, ...], expected: str
) -> None:
    ended = cli(*arguments)

    assert ended.code == 2
    assert expected in ended.sentence()
    assert world.files() == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_journal_in_a_folder_without_permission_is_a_sentence(cli: Cli, world: World) -> None:
    locked = world.home / "locked"
    locked.mkdir(mode=0o500)
    world.config('[journal]\nurl = "locked/journal.db"\n')

    ended = cli(*DAY)

    assert ended.code == 2
    assert "journal" in ended.sentence()


def test_a_journal_that_cannot_be_written_now_is_a_failure_and_no_configuration(
    cli: Cli, world: World
) -> None:
    """DESIGN 5.1: code 2 says that nothing was touched and the configuration is to be mended."""
    assert cli(*DAY).code == 0
    with closing(sqlite3.connect(world.home / "journal.db")) as other:
        other.execute("BEGIN IMMEDIATE")

        ended = cli("run", "--as-of", "2024-07-10", "--json")

    assert (ended.code, ended.json()["status"]) == (1, "failed")
    assert "is in use by another program: end that one, or try again" in ended.sentence()
    assert cli("run", "--as-of", "2024-07-10").code == 0
