"""The broker's file is a separate truth that a person can read, change and damage."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest

from alchemiser.adapters.simulated.schema import VERSION
from alchemiser.adapters.simulated.sqlite_store import SqliteStore
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import Position
from alchemiser.domain.orders.messages import Accepted, CancelOutcome, OrdStatus, Unknown
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol
from alchemiser.ports.errors import InputError, PortUnavailableError
from alchemiser.testing.fakes import FakeMarket, approved, quote
from tests.simulated_venue import DAY, ENTRY, EXACT, SPY, World, order, quotes, sell, world

ASK_VERSION = "SELECT CAST(user_version AS TEXT) FROM pragma_user_version"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broker.db"


@pytest.fixture
def here(path: Path) -> Iterator[World]:
    here = world(path, settings=EXACT)
    yield here
    here.broker.close()


def shell(path: Path, statement: str) -> list[tuple[str, ...]]:
    """Do what a person would do with the sqlite3 shell."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def bought(here: World, name: str = "a") -> None:
    here.submit(order(name, "12", "510"))
    here.seconds(3)
    here.broker.account()


def test_construction_and_check_create_no_file(here: World, path: Path) -> None:
    here.broker.check()

    assert not path.exists()
    assert here.broker.lease_key() == f"simulated:{path.resolve()}"


def test_one_file_has_one_lease_key_however_it_is_written(path: Path) -> None:
    (path.parent / "folder").mkdir()
    roundabout = path.parent / "folder" / ".." / "broker.db"

    assert world(roundabout).broker.lease_key() == world(path).broker.lease_key()


def test_first_call_creates_the_file_with_the_starting_cash(here: World, path: Path) -> None:
    here.broker.account()

    assert shell(path, "SELECT account_id, name, cash FROM account") == [
        ("SIM382635", "paper", "100000.00")
    ]
    assert shell(path, "PRAGMA journal_mode") == [("wal",)]


def test_starting_cash_counts_only_when_the_file_is_created(here: World, path: Path) -> None:
    here.broker.account()
    other = world(path, cash="5.00")

    assert other.broker.account().cash == 100000
    other.broker.close()


def test_state_outlives_the_process(here: World, path: Path) -> None:
    """OS-08, OS-13: everything that matters is in the file, fills to come included."""
    here.submit(order("a", "12", "510"))
    here.submit(order("b", "3", "431"))
    here.broker.cancel(ClOrdId("b"))
    here.broker.close()

    later = world(path, settings=EXACT)
    later.seconds(3)

    first, second = (later.broker.reports(ClOrdId(name)) or () for name in "ab")
    assert first[-1].ord_status is OrdStatus.FILLED
    assert second[-1].ord_status is OrdStatus.CANCELED
    assert later.broker.account().positions == (Position(symbol=SPY, quantity=Decimal(12)),)
    assert later.broker.orders(DAY) == ("a", "b")
    assert isinstance(later.submit(order("a", "12", "510")), Accepted)
    later.broker.close()


def test_file_and_memory_give_the_same_bytes(path: Path) -> None:
    def day(here: World) -> str:
        told = []
        here.market.tell(quote("SPY", "499.20", "499.24", at=ENTRY + timedelta(seconds=90)))
        for number in range(8):
            here.submit(order(f"b{number}", "7.123456789", "501.00"))
            here.submit(order(f"r{number}", "2.5", "499.30"))
            here.seconds(2)
            here.submit(sell(f"s{number}", "3.1", "499.00"))
            here.seconds(38)
            here.broker.cancel(ClOrdId(f"r{number - 5}"))
            told.append(repr(here.broker.account()))
            told += [repr(here.broker.reports(name)) for name in here.broker.orders(DAY)]
        here.broker.close()
        return "\n".join(told)

    assert day(world(path)) == day(world())


def test_tables_are_readable_and_agree_with_the_reports(here: World, path: Path) -> None:
    bought(here)
    here.submit(order("b", "3", "431"))

    assert shell(path, "SELECT symbol, quantity FROM positions") == [("SPY", "12")]
    assert shell(path, "SELECT cl_ord_id, side, order_qty, price, ord_status FROM orders") == [
        ("a", "buy", "12", "510", "filled"),
        ("b", "buy", "3", "431", "new"),
    ]
    fills = "SELECT exec_id, cl_ord_id, symbol, side, quantity, price, commission FROM fills"
    assert shell(path, fills) == [("SIM382635-1-1", "a", "SPY", "buy", "12", "500.02", "0.00")]
    assert shell(path, "SELECT cash FROM account") == [("93999.76",)]


@pytest.mark.parametrize(
    ("statement", "cash", "held"),
    [
        ("UPDATE positions SET quantity = '11.5'", "93999.76", "11.5"),
        ("UPDATE positions SET quantity = 11.5", "93999.76", "11.5"),
        ("UPDATE account SET cash = '93999.75'", "93999.75", "12"),
        ("UPDATE account SET cash = cash - 100", "93899.76", "12"),
        ("UPDATE positions SET quantity = 0", "93999.76", None),
        ("DELETE FROM positions", "93999.76", None),
    ],
)
def test_change_behind_the_back_is_what_the_account_says(
    here: World, path: Path, statement: str, cash: str, held: str | None
) -> None:
    """OS-24: reconciliation can fail, because this truth is a separate one."""
    bought(here)

    shell(path, statement)

    account = here.broker.account()
    assert account.cash == Decimal(cash)
    expected = () if held is None else (Position(symbol=SPY, quantity=Decimal(held)),)
    assert account.positions == expected


def test_inserted_position_without_any_price_is_held_but_worth_nothing(
    here: World, path: Path
) -> None:
    bought(here)

    shell(path, "INSERT INTO positions VALUES ('GLD', '4')")

    account = here.broker.account()
    assert account.positions[0] == Position(symbol=Symbol("GLD"), quantity=Decimal(4))
    assert account.equity == account.cash + 12 * Decimal("500.00")


def test_trade_goes_on_from_the_changed_cash(here: World, path: Path) -> None:
    bought(here)
    shell(path, "UPDATE account SET cash = '20000'")

    bought(here, "b")

    assert here.broker.account().cash == Decimal(20000) - 12 * Decimal("500.02")


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE account SET cash = 'plenty'", "account.cash"),
        ("UPDATE account SET cash = 'NaN'", "account.cash"),
        ("UPDATE account SET cash = '1e13'", "account.cash"),
        ("UPDATE positions SET quantity = '-1e40'", "positions.quantity of SPY"),
        ("UPDATE positions SET quantity = ''", "positions.quantity of SPY"),
        ("UPDATE positions SET quantity = 'Infinity'", "positions.quantity of SPY"),
        ("DELETE FROM account", "one row in its table account"),
        ("DROP TABLE positions", "no such table: positions"),
    ],
)
def test_damaged_account_is_named(here: World, path: Path, statement: str, place: str) -> None:
    bought(here)

    shell(path, statement)

    with pytest.raises(InputError, match=place):
        here.broker.account()


@pytest.mark.parametrize(
    "change",
    [
        "time_in_force = 'gtc'",
        "side = 'short'",
        "order_qty = '-3'",
        "entered_at = 'noon'",
        "symbol = 'spy'",
        "price = 'x'",
    ],
)
def test_damaged_order_is_named(here: World, path: Path, change: str) -> None:
    here.submit(order("a", "3", "431"))

    shell(path, f"UPDATE orders SET {change}")  # noqa: S608 (our own words)

    with pytest.raises(InputError, match="order"):
        here.broker.account()


def test_file_of_another_account_is_refused(here: World, path: Path) -> None:
    here.broker.account()
    other = world(path, name="margin")

    with pytest.raises(InputError, match=r"'margin'.*correct the name"):
        other.broker.check()


def test_file_of_a_newer_version_is_refused(here: World, path: Path) -> None:
    here.broker.account()
    here.broker.close()
    shell(path, f"PRAGMA user_version = {VERSION + 1}")

    with pytest.raises(InputError, match=f"version {VERSION} or older: give another path"):
        world(path).broker.account()


def as_of_the_first_version(path: Path) -> None:
    shell(path, "ALTER TABLE orders DROP COLUMN time_in_force")
    shell(path, "ALTER TABLE account DROP COLUMN actions_through")
    shell(path, "DROP TABLE activities")
    shell(path, "PRAGMA user_version = 1")


def test_file_of_the_first_version_goes_on_with_all_that_is_in_it(here: World, path: Path) -> None:
    """OS-08: before orders for the closing auction, every one was for the day."""
    here.submit(order("a", "12", "510"))
    here.broker.close()
    as_of_the_first_version(path)

    later = world(path, settings=EXACT)
    later.seconds(3)

    assert later.broker.account().positions == (Position(symbol=SPY, quantity=Decimal(12)),)
    assert isinstance(later.submit(order("a", "12", "510")), Accepted)
    assert isinstance(later.submit(order("b", "1", "510")), Accepted)
    later.broker.close()
    assert shell(path, "SELECT time_in_force FROM orders") == [("day",), ("day",)]
    assert shell(path, ASK_VERSION) == [(str(VERSION),)]


def test_file_of_another_account_is_refused_before_it_is_changed(here: World, path: Path) -> None:
    here.broker.account()
    here.broker.close()
    as_of_the_first_version(path)

    with pytest.raises(InputError, match="correct the name"):
        world(path, name="margin").broker.account()

    assert shell(path, ASK_VERSION) == [("1",)]


@pytest.mark.parametrize("content", [b"cash = 100000\n", b"\x00" * 5000, b"SQLite format 3\x00???"])
def test_file_of_garbage_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(InputError, match="is not a simulated broker's file"):
        world(path).broker.check()
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    shell(path, "CREATE TABLE account (cash)")
    before = path.read_bytes()

    with pytest.raises(InputError, match="is not a simulated broker's file"):
        world(path).broker.account()
    assert path.read_bytes() == before


def test_empty_file_becomes_the_account(path: Path) -> None:
    """A kill at the first moment of creation leaves such a file."""
    path.touch()
    here = world(path)

    assert here.broker.account().cash == 100000
    here.broker.close()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    here = world(tmp_path / "nowhere" / "broker.db")

    with pytest.raises(PortUnavailableError, match=r"nowhere.* cannot be created"):
        here.broker.check()
    with pytest.raises(PortUnavailableError, match="nowhere"):
        here.broker.account()
    assert isinstance(here.submit(order("a", "3", "500")), Unknown)
    assert here.broker.cancel(ClOrdId("a")) is CancelOutcome.UNKNOWN


def test_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PortUnavailableError, match="cannot be used"):
        world(tmp_path).broker.check()


def test_file_held_by_another_program_is_unavailable(here: World, path: Path) -> None:
    """FAULTS F06: waited for, but not for ever."""
    here.broker.account()
    store = SqliteStore(
        path,
        account_id=AccountId("SIM382635"),
        name="paper",
        cash=Decimal(1),
        busy_seconds=0.05,
    )
    with closing(store), closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")

        with (
            pytest.raises(PortUnavailableError, match="no other program holds it"),
            store.transaction(),
        ):
            pytest.fail("two writers at once")


def test_two_brokers_on_one_file_see_one_truth(here: World, path: Path) -> None:
    """OS-08: two processes, one order."""
    twin = world(path, settings=EXACT)
    first = here.submit(order("a", "12", "510"))

    assert twin.submit(order("a", "12", "510")) == first
    twin.seconds(3)
    here.seconds(3)
    assert here.broker.account() == twin.broker.account()
    twin.broker.close()


class WatchedMarket(FakeMarket):
    """Count how many calls are inside at once."""

    inside = most = 0

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Stay inside long enough for another call to come in."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        Event().wait(0.01)
        self.inside -= 1
        return super().quotes(symbols, at=at)


def test_threads_wait_for_one_another(here: World) -> None:
    """OS-08: a broker is shared by the threads of a bounded pool."""
    market = WatchedMarket(quotes())
    broker = replace(here.broker, market=market)
    broker.account()

    with ThreadPoolExecutor(4) as pool:
        names = [f"order {number}" for number in range(8)]
        outcomes = list(
            pool.map(lambda name: broker.submit(approved(order(name, "3", "510"))), names)
        )

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert market.most == 1
    assert sorted(broker.orders(DAY)) == names
    broker.close()


def test_failed_call_leaves_the_file_as_it_was_and_free(here: World) -> None:
    here.submit(order("a", "12", "431"))
    here.market.failure = PortUnavailableError("The market cannot be reached.")
    here.elapse(timedelta(minutes=2))

    with pytest.raises(PortUnavailableError, match="The market"):
        here.broker.account()
    here.market.failure = None

    bought(here, "b")
    assert here.broker.account().positions[0].quantity == 12


def test_marks_are_stored_with_the_account(here: World, path: Path) -> None:
    bought(here)
    here.market.tell(quote("SPY", "520.00", "520.10", at=ENTRY))
    equity = here.broker.account().equity
    here.broker.close()

    later = world(path, told=())

    assert later.broker.account().equity == equity
    later.broker.close()
