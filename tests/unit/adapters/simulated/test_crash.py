"""A kill at any statement leaves the whole of a mutation in the file, or nothing of it."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.sqlite_store import SqliteStore
from alchemiser.domain.orders.messages import Accepted
from alchemiser.domain.values.identifiers import AccountId, ClOrdId
from tests.simulated_venue import World, order, world

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"  # the child makes no thread
)
Act = Callable[[World], object]


def is_killed(act: Callable[[], object]) -> bool:
    """Do `act` in a child process; say whether it was killed on the way."""
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            act()
            failed = 0
        finally:
            os._exit(failed)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how) or os.WEXITSTATUS(how) == 0
    return os.WIFSIGNALED(how)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(path: Path, statement: int, act: Act) -> bool:
    """Do `act` in a child that kills itself at its statement number `statement`, from 0."""

    def doomed() -> None:
        here = reopened(path)
        left = iter(range(statement))

        def trap(_: str) -> None:
            if next(left, None) is None:
                kill()

        connection_of(here).set_trace_callback(trap)
        act(here)

    return is_killed(doomed)


def reopened(path: Path) -> World:
    here = world(path)
    here.seconds(10)
    here.broker.check()
    return here


def connection_of(here: World) -> sqlite3.Connection:
    store = here.broker._store
    assert isinstance(store, SqliteStore)
    return store._connection


def prepared(path: Path) -> None:
    """Leave an account with one order whose fills are due at the next call."""
    here = world(path)
    assert isinstance(here.submit(order("a", "12", "510")), Accepted)
    here.broker.close()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def submit(here: World) -> object:
    return here.submit(order("b", "20", "505"))


def cancel(here: World) -> object:
    here.submit(order("b", "20", "431"))
    return here.broker.cancel(ClOrdId("b"))


def look(here: World) -> object:
    return here.broker.account()


@pytest.mark.parametrize("act", [submit, cancel, look])
def test_kill_between_any_two_statements_leaves_all_or_nothing(tmp_path: Path, act: Act) -> None:
    """OS-08."""
    untouched = tmp_path / "untouched.db"
    prepared(untouched)
    whole = {"\n".join(dump(untouched))}
    finished = tmp_path / "finished.db"
    prepared(finished)
    here = reopened(finished)
    connection_of(here).set_trace_callback(
        lambda statement: whole.add("\n".join(dump(finished))) if "BEGIN" in statement else None
    )
    act(here)
    here.broker.close()
    expected = dump(finished)
    whole.add("\n".join(expected))

    statement, kills = 0, 0
    while True:
        path = tmp_path / f"killed-{statement}.db"
        prepared(path)
        if not killed_at(path, statement, act):
            break
        kills += 1
        assert "\n".join(dump(path)) in whole

        act(reopened(path))
        assert dump(path) == expected
        statement += 1

    assert kills >= 10


def test_kill_before_the_creation_is_whole_leaves_a_file_that_becomes_the_account(
    tmp_path: Path,
) -> None:
    path = tmp_path / "broker.db"

    class Doomed(SqliteStore):
        def _create(self, account_id: AccountId, name: str, cash: Decimal) -> None:
            super()._create(account_id, name, cash)
            kill()

    def create() -> None:
        Doomed(path, account_id=AccountId("SIM382635"), name="paper", cash=Decimal("5.00"))

    assert is_killed(create)
    assert path.exists()
    assert world(path).broker.account().cash == 100000
