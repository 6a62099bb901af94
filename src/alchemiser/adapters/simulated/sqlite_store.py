"""The venue's truth in a SQLite file that a person can read, and change, with the sqlite3 shell."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from alchemiser.adapters.simulated import rows, schema
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol
from alchemiser.domain.venue_model.account import VenueAccount
from alchemiser.domain.venue_model.history import Trade, in_time, sales
from alchemiser.domain.venue_model.order import VenueOrder
from alchemiser.ports.errors import InputError, PortUnavailableError

BUSY_SECONDS = 5.0
"""How long a call waits for another program to let go of the file."""

_UNAVAILABLE = frozenset({
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
})


class SqliteStore:
    """Keep the truth in one file: WAL, synchronous=FULL, one transaction a mutation.

    The tables `account` and `positions` are what the account owns: an edit from outside counts.
    A file that is held by another program, or that cannot be opened or written, raises
    PortUnavailableError; one that is not this account's, or was damaged, InputError. A transaction
    that fails has not happened.
    """

    def __init__(
        self,
        path: Path,
        *,
        account_id: AccountId,
        name: str,
        cash: Decimal,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Open the file of the account `name`, or create it with `cash` dollars."""
        self._path = path
        with ExitStack() as on_failure, _translated(path):
            # The venue's own lock keeps threads apart, so one connection serves them all.
            self._connection = sqlite3.connect(
                path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
            )
            on_failure.callback(self._connection.close)
            if self._is_empty():
                self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            with self.transaction():
                # Asked again: another process may have created the tables meanwhile.
                if self._is_empty():
                    self._create(account_id, name, cash)
            self._check_owner(name)
            with self.transaction():
                self._upgrade()
            on_failure.pop_all()

    @contextmanager
    def transaction(self) -> Iterator["SqliteStore"]:
        """Hold the only right to write; what was written counts when the context ends well."""
        with _translated(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def account(self) -> VenueAccount:
        """Return the account as it is now, whoever changed it last.

        Raises:
            InputError: When a cell holds no number, or the account's row is gone.
        """
        cash = self._rows("SELECT cash FROM account")
        if len(cash) != 1:
            msg = f"{self._path} must hold one row in its table account, not {len(cash)}."
            raise InputError(msg)
        held = self._numbers("SELECT symbol, quantity FROM positions", "positions.quantity")
        return VenueAccount(
            cash=rows.number(cash[0][0], "account.cash"),
            positions={name: quantity for name, quantity in held.items() if quantity},
            marks=self._numbers("SELECT symbol, price FROM marks", "marks.price"),
        )

    def save_account(self, account: VenueAccount) -> None:
        """Replace the account, row by row where it differs."""
        before = self.account()
        execute, many = self._connection.execute, self._connection.executemany
        if account.cash != before.cash:
            execute(schema.UPDATE_CASH, (rows.text(account.cash),))
        gone = before.positions.keys() - account.positions.keys()
        many(schema.DELETE_POSITION, [(name,) for name in sorted(gone)])
        many(schema.SAVE_POSITION, _changed(before.positions, account.positions))
        many(schema.SAVE_MARK, _changed(before.marks, account.marks))

    def order(self, cl_ord_id: ClOrdId) -> VenueOrder | None:
        """Return one order, or None."""
        found = self._rows(schema.ORDER, cl_ord_id)
        return self._order(found[0]) if found else None

    def open_orders(self) -> tuple[VenueOrder, ...]:
        """Return the orders that are not terminal, in order of entry."""
        return tuple(self._order(row) for row in self._rows(schema.OPEN_ORDERS))

    def moving(self, now: datetime, interval: timedelta) -> tuple[VenueOrder, ...]:
        """Return those of them to which something happens by `now`, UTC, in order of entry."""
        return tuple(one for one in self.open_orders() if one.changes_at(interval) <= now)

    def cl_ord_ids(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the names of the orders of `session`, in order of entry."""
        found = self._rows(schema.CL_ORD_IDS, session.isoformat())
        return tuple(ClOrdId(str(row[0])) for row in found)

    def trades(self, since: date) -> tuple[Trade, ...]:
        """Return the fills of the orders of `since` and later sessions, oldest first.

        Raises:
            InputError: When a row was changed into something that no fill can be.
        """
        found = self._rows(schema.TRADES, since.isoformat())
        return in_time(rows.trade_from_row(row) for row in found)

    def trades_in(self, session: date, name: Symbol) -> tuple[Trade, ...]:
        """Return the fills of the orders of one session in `name`, oldest first.

        Raises:
            InputError: When a row was changed into something that no fill can be.
        """
        found = self._rows(schema.TRADES_IN, session.isoformat(), name)
        return in_time(rows.trade_from_row(row) for row in found)

    def sales(self, since: date) -> list[tuple[date, Decimal]]:
        """Return the session of each sale of `since` and later sessions, and its dollars."""
        return sales(self.trades(since))

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what else changed the account on `since` and later days, in order of entry.

        Raises:
            InputError: When a row was changed into something that no activity can be.
        """
        found = self._rows(schema.ACTIVITIES, since.isoformat())
        return tuple(rows.activity_from_row(row) for row in found)

    def add_activity(self, activity: Activity) -> None:
        """Keep one change of the account that has been made."""
        self._connection.execute(schema.INSERT_ACTIVITY, (*rows.activity_row(activity), None))

    def actions_through(self) -> date | None:
        """Return the day up to which corporate actions are done; None before the first."""
        found = self._rows(schema.ACTIONS_THROUGH)
        return rows.day(found[0][0]) if found else None

    def save_actions_through(self, day: date) -> None:
        """Remember that they are done up to `day`."""
        self._connection.execute(schema.UPDATE_ACTIONS_THROUGH, (day.isoformat(),))

    def payable(self, day: date) -> tuple[tuple[date, Activity], ...]:
        """Return what is to be paid by `day`, with its pay day, by it; and forget it."""
        found = self._rows(schema.PAYABLE, day.isoformat())
        due = tuple((rows.day(row[-1]), rows.activity_from_row(row[:-1])) for row in found)
        if due:
            self._connection.execute(schema.DELETE_PAYABLE, (day.isoformat(),))
        return due

    def owe(self, dividend: Activity, pay_day: date) -> None:
        """Keep a dividend that is to be paid on `pay_day`."""
        row = (*rows.activity_row(dividend), pay_day.isoformat())
        self._connection.execute(schema.INSERT_ACTIVITY, row)

    def next_entry(self) -> int:
        """Return the number of the next order, from 1."""
        return self._count(schema.NEXT_ENTRY)

    def save_order(self, order: VenueOrder) -> None:
        """Add an order, or replace the one of the same entry."""
        name = order.order.cl_ord_id
        execute, many = self._connection.execute, self._connection.executemany
        if self._rows(schema.ORDER, name):
            change = (order.ord_status.value, order.matches, rows.cancel_cell(order), order.entry)
            execute(schema.UPDATE_ORDER, change)
        else:
            execute(schema.INSERT_ORDER, rows.order_row(order))
        known = self._count(schema.COUNT_FILLS, name)
        many(schema.INSERT_FILL, rows.fill_rows(order)[known:])
        execute(schema.DELETE_DUE_FILLS, (name,))
        many(schema.INSERT_DUE_FILL, rows.due_rows(order))

    def close(self) -> None:
        """Let go of the file; the write-ahead log is folded into it."""
        self._connection.close()

    def _is_empty(self) -> bool:
        return not self._count("SELECT COUNT(*) FROM sqlite_master")

    def _create(self, account_id: AccountId, name: str, cash: Decimal) -> None:
        for statement in schema.CREATE:
            self._connection.execute(statement)
        self._connection.execute(schema.INSERT_ACCOUNT, (account_id, name, rows.text(cash)))

    def _upgrade(self) -> None:
        """Bring the file of an older version up to this one; nothing in it is lost."""
        for version in range(self._count("PRAGMA user_version"), schema.VERSION):
            for statement in schema.UPGRADES[version]:
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {version + 1}")

    def _check_owner(self, name: str) -> None:
        application, version = (
            self._count("PRAGMA application_id"),
            self._count("PRAGMA user_version"),
        )
        known = version == schema.VERSION or version in schema.UPGRADES
        if application != schema.APPLICATION or not known:
            msg = (
                f"{self._path} is not a simulated broker's file of version {schema.VERSION} or "
                "older: give another path, or move the file away to start a new account."
            )
            raise InputError(msg)
        owner = self._rows("SELECT name FROM account")
        if owner != [(name,)]:
            msg = (
                f"{self._path} is not the file of the simulated account {name!r} but of "
                f"{[row[0] for row in owner]}: give each account its own file, or correct the name."
            )
            raise InputError(msg)

    def _order(self, row: rows.Row) -> VenueOrder:
        name = str(row[1])
        fills = self._rows(schema.FILLS, name)
        return rows.order_from_rows(row, fills, self._rows(schema.DUE_FILLS, name))

    def _numbers(self, query: str, place: str) -> dict[Symbol, Decimal]:
        found = self._rows(query)
        return {Symbol(str(row[0])): rows.number(row[1], f"{place} of {row[0]}") for row in found}

    def _count(self, query: str, *values: str) -> int:
        return int(str(self._rows(query, *values)[0][0]))

    def _rows(self, query: str, *values: str) -> list[rows.Row]:
        return self._connection.execute(query, values).fetchall()


def _changed(
    before: Mapping[Symbol, Decimal], after: Mapping[Symbol, Decimal]
) -> list[tuple[Symbol, str]]:
    return [(name, rows.text(new)) for name, new in after.items() if before.get(name) != new]


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into the port's, by what the caller may do next.

    Raises:
        InputError: When the file is not what the venue wrote.
        PortUnavailableError: When the file is held, missing a folder or not writable.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _UNAVAILABLE:
            msg = (
                f"The simulated broker's file {path} cannot be used ({error}): see that its "
                "folder exists, that it can be written and that no other program holds it."
            )
            raise PortUnavailableError(msg) from error
        msg = (
            f"{path} is not a simulated broker's file ({error}): "
            "give another path, or restore the file."
        )
        raise InputError(msg) from error
