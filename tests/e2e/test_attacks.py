"""What a careless owner, a hostile file or an odd terminal may do to the command line."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli, World

DAY = ("run", "--as-of", "2024-07-09")
COMMAND = [sys.executable, "-m", "alchemiser"]


def test_each_account_has_its_own_file_and_number(cli: Cli, world: World) -> None:
    """The name in the configuration is the account's, not a word of the program's."""
    world.config('[account]\nname = "ann"\n')
    assert cli(*DAY).code == 0
    world.config('[account]\nname = "bob"\n')

    ended = cli("run", "--as-of", "2024-07-10")

    assert ended.code == 2
    assert "give each account a journal of its own" in ended.sentence()
    assert "the file of the simulated account 'bob' but of ['ann']" in cli("status").sentence()


@pytest.mark.parametrize("owned", ["journal.db", "broker.db", "bars.db", "alchemiser.toml"])
def test_alerts_are_never_written_into_another_file(cli: Cli, world: World, owned: str) -> None:
    world.config(f'[notifications]\nlog = "{owned}"\n')

    ended = cli(*DAY)

    assert ended.code == 2
    assert "name the same file: give each its own" in ended.sentence()
    assert world.files() == {}


def test_leases_without_a_place_stop_everything_before_it_begins(cli: Cli, world: World) -> None:
    ended = cli(*DAY, extra={"XDG_STATE_HOME": str(world.home / "alchemiser.toml")})

    assert ended.code == 2
    assert "set XDG_STATE_HOME to a folder that can be written" in ended.sentence()
    assert world.files() == {}


def test_export_tells_programs_where_it_went(cli: Cli, world: World) -> None:
    assert cli(*DAY).code == 0

    ended = cli("journal", "export", "--output", "records.jsonl", "--json")

    assert (ended.code, ended.json()["path"]) == (0, "records.jsonl")
    assert len(world.files()["records.jsonl"].splitlines()) == ended.json()["records"]


def test_words_of_others_do_not_steer_the_terminal(cli: Cli, world: World) -> None:
    assert cli("halt", "--reason", "\x1b[2Jnews").code == 0

    assert "Trading is halted: ?[2Jnews" in cli("status").out
    assert cli("status", "--json").json()["reason"].startswith("\x1b[2Jnews")
    assert world.files().keys() >= {"control/HALT"}


@pytest.mark.usefixtures("world")
def test_a_terminal_without_our_alphabet_is_answered_all_the_same(cli: Cli) -> None:
    assert cli(*DAY).code == 0

    ended = cli("journal", "tail", extra={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", ">/dev/full"])
def test_a_closed_or_full_stream_is_no_bug(
    environment: dict[str, str], home: Path, closed: str
) -> None:
    ended = subprocess.run(  # noqa: S602 - the shell is what closes streams
        f"{sys.executable} -m alchemiser status --json {closed}",
        shell=True,
        check=False,
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
    )

    assert ended.returncode == (1 if "full" in closed else 0)
    assert ended.stderr.splitlines() == (
        ["The answer cannot be written (No space left on device): make room, then ask again."]
        if "full" in closed
        else []
    )


@pytest.mark.usefixtures("world")
def test_an_interrupted_backtest_says_so(environment: dict[str, str], home: Path) -> None:
    """Ctrl-C ends the process as shells expect it, with one sentence."""
    # The data file is a pipe: the backtest waits for its writer while it is interrupted.
    home.joinpath("bars", "SPY.csv").unlink()
    os.mkfifo(home / "bars" / "SPY.csv")
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [*COMMAND, "backtest", "--json"],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        descriptor = os.open(home / "bars" / "SPY.csv", os.O_WRONLY)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=50)
        os.close(descriptor)

    assert child.returncode == 130
    assert err.startswith("Interrupted: ")
    assert len(err.splitlines()) == 1
    assert json.loads(out)["status"] == "failed"


def test_a_folder_whose_name_is_no_text_is_a_folder(cli: Cli, home: Path) -> None:
    ended = cli("demo", "--home", os.fsdecode(bytes(home) + b"/\xff"), "--json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.json()["status"] == "completed"
