"""The simulated broker: orders, fills and money of one account, on any clock."""

import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Final

from alchemiser.adapters.simulated import corporate
from alchemiser.adapters.simulated.sqlite_store import SqliteStore
from alchemiser.adapters.simulated.store import MemoryStore, Store
from alchemiser.adapters.simulated.venue import LiquidityOf, Venue, unknown_liquidity
from alchemiser.domain.market_rules.proceeds import settled_cash
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    CancelOutcome,
    ExecutionReport,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol
from alchemiser.domain.values.numbers import cents, finite, positive
from alchemiser.domain.venue_model.account import VenueAccount, buying_power
from alchemiser.domain.venue_model.order import VenueOrder
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.clock import ClockPort
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.reference import ReferencePort

_position: Final = maker(Position)


@dataclass(frozen=True, slots=True)
class Told:
    """Remember what was told of the account, and what it followed from."""

    account: VenueAccount
    open_orders: tuple[VenueOrder, ...]
    snapshot: AccountSnapshot

    def holds(self, store: Store, now: datetime) -> bool:
        """Say whether the same would be told at `now`."""
        is_same = store.account() is self.account and store.open_orders() is self.open_orders
        return is_same and now == self.snapshot.at


@dataclass(kw_only=True, eq=False)
class SimulatedBroker:
    """Hold one account whose truth is its own file, and trade it against a quoted market.

    What the account looks like at a moment follows from the orders entered, the quotes and the
    clock, not from how often it was asked: every call first does all that is due by now. Calls
    from several threads wait for one another. A file that cannot be used raises
    PortUnavailableError, one that is not this account's, or was damaged, InputError; an order or a
    cancel whose fate is open for the first reason is answered with UNKNOWN.

    Attributes:
        path: The file, created at the first call; None keeps the account in memory.
        name: The account's name; its number follows from it.
        cash: Dollars at the creation of the file; later the file's own count.
        market: Gives the quotes that orders meet and positions are marked at.
        clock: Tells the time.
        calendar: Tells when orders are taken and when they expire.
        reference: Tells what is tradable and in which quantities.
        settings: What trading costs and how long it takes.
        seed: The venue's chance.
        price_increment: Smallest step of a price, dollars; stands above the instrument's own.
        liquidity: Tells how liquid a symbol is known to be as a session begins.
    """

    path: Path | None
    name: str
    cash: Decimal
    market: MarketDataPort
    clock: ClockPort
    calendar: CalendarPort
    reference: ReferencePort
    settings: VenueSettings
    seed: int
    price_increment: Decimal
    liquidity: LiquidityOf = unknown_liquidity
    _account_id: AccountId = field(init=False, repr=False)
    _venue: Venue = field(init=False, repr=False)
    _store: Store | None = field(init=False, default=None, repr=False)
    _lock: Lock = field(init=False, default_factory=Lock, repr=False)
    _told: Told | None = field(init=False, default=None, repr=False)
    _seen: datetime | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        if finite(self.cash, "the broker's cash") < 0:
            msg = f"the broker's cash must not be negative, not {self.cash}."
            raise InvalidValueError(msg)
        positive(self.price_increment, "the broker's price_increment")
        number = hashlib.sha256(self.name.encode()).hexdigest()[:6].upper()
        self._account_id = AccountId(f"SIM{number}")
        self._venue = Venue(
            account_id=self._account_id,
            market=self.market,
            calendar=self.calendar,
            reference=self.reference,
            settings=self.settings,
            seed=self.seed,
            price_increment=self.price_increment,
            liquidity=self.liquidity,
        )

    def account_id(self) -> AccountId:
        """Return the account number: `SIM` and six digits that follow from the account's name."""
        return self._account_id

    def lease_key(self) -> str:
        """Return the name of the file, or of the account when it is kept in memory."""
        place = f"memory:{self.account_id()}" if self.path is None else str(self.path.resolve())
        return f"simulated:{place}"

    def check(self) -> None:
        """Prove that the file is this account's, or that it can be created; creates nothing.

        Raises:
            PortUnavailableError: When it cannot be opened or created.
        """
        if self.path is None:
            return
        folder = self.path.resolve().parent
        if self.path.exists():
            with self._lock:
                self._opened()
        elif not (folder.is_dir() and os.access(folder, os.W_OK)):
            msg = (
                f"The simulated broker's file {self.path} cannot be created: "
                f"make {folder} a folder that can be written, or give another path."
            )
            raise PortUnavailableError(msg)

    def account(self) -> AccountSnapshot:
        """Return the account now, marked at the middles of the quotes.

        A held symbol without a quote keeps its last known mark.
        """
        with self._lock, self._opened().transaction() as store:
            now = self._at_present(store)
            # What nothing has changed since is told again; a file is read anew every time.
            if self._told is None or not self._told.holds(store, now):
                snapshot = self._snapshot(store, now)
                self._told = Told(store.account(), store.open_orders(), snapshot)
            return self._told.snapshot

    def _snapshot(self, store: Store, now: datetime) -> AccountSnapshot:
        account = self._venue.marked(store.account(), now)
        if account.positions:
            store.save_account(account)
        day = now.date()
        unsettled = self._venue.unsettled(store, day)
        return AccountSnapshot(
            account=self.account_id(),
            cash=account.cash,
            equity=account.equity(),
            buying_power=buying_power(
                account,
                store.open_orders(),
                self.settings.fees,
                locked=self.settings.locked(unsettled),
            ),
            positions=self._positions(account),
            kind=self.settings.kind,
            settled_cash=settled_cash(account.cash, unsettled),
            maintenance_margin=self._venue.maintenance(account, day),
            at=now,
        )

    def _positions(self, account: VenueAccount) -> tuple[Position, ...]:
        """Return what is held, sorted; nothing but its price has changed at most looks."""
        if self._told is not None and self._told.account.positions is account.positions:
            return self._told.snapshot.positions
        held = sorted(account.positions.items())
        return tuple(_position(symbol=name, quantity=quantity) for name, quantity in held)

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Enter `order`, or say why not; the same order again is answered as the first time."""
        try:
            with self._lock, self._opened().transaction() as store:
                now = self._at_present(store)
                return self._venue.enter(store, order.order, now)
        except PortUnavailableError as error:
            return Unknown(text=str(error))

    def cancel(self, cl_ord_id: ClOrdId) -> CancelOutcome:
        """Ask to cancel; it takes effect after the venue's latency, and fills until then count."""
        try:
            with self._lock, self._opened().transaction() as store:
                now = self._at_present(store)
                order = store.order(cl_ord_id)
                if order is None:
                    return CancelOutcome.UNKNOWN_ORDER
                if order.ord_status.is_terminal() or order.is_locked(
                    now, self.settings.close_cutoff
                ):
                    return CancelOutcome.TOO_LATE
                store.save_order(order.canceled_from(now + self.settings.cancel_latency))
                return CancelOutcome.ACCEPTED
        except PortUnavailableError:
            return CancelOutcome.UNKNOWN

    def reports(self, cl_ord_id: ClOrdId) -> tuple[ExecutionReport, ...] | None:
        """Return all reports on one order, oldest first, or None when there is no such order."""
        with self._lock, self._opened().transaction() as store:
            self._at_present(store)
            order = store.order(cl_ord_id)
            return None if order is None else order.reports()

    def found(self, names: Collection[ClOrdId]) -> Mapping[ClOrdId, tuple[ExecutionReport, ...]]:
        """Return all reports on those of `names` that there are; implements OrderListPort."""
        with self._lock, self._opened().transaction() as store:
            self._at_present(store)
            known = ((name, store.order(name)) for name in names)
            return {name: order.reports() for name, order in known if order is not None}

    def orders(self, session: date) -> tuple[ClOrdId, ...]:
        """Return the `cl_ord_id` of every order of `session`, in order of entry."""
        with self._lock, self._opened().transaction() as store:
            self._at_present(store)
            return store.cl_ord_ids(session)

    def activities(self, since: date) -> tuple[Activity, ...]:
        """Return what else changed the account on `since` and later days, oldest first."""
        with self._lock, self._opened().transaction() as store:
            self._at_present(store)
            return store.activities(since)

    def transfer(self, cash: Decimal) -> Activity:
        """Put money into the account as its owner would, or take it out where `cash` is negative.

        Raises:
            InvalidValueError: When there is less to take out.
        """
        with self._lock, self._opened().transaction() as store:
            now = self._at_present(store)
            return corporate.transfer(store, self.settings.fees, now.date(), cash)

    def trade(self, name: Symbol, quantity: Decimal, price: Decimal) -> Activity:
        """Buy `quantity` shares at `price` dollars by hand, or sell where it is negative.

        Raises:
            InvalidValueError: When the account has neither the money nor the shares.
        """
        with self._lock, self._opened().transaction() as store:
            now = self._at_present(store)
            fees = self.settings.fees
            return corporate.trade(store, fees, now.date(), name, quantity, price)

    def exchange(self, terms: corporate.Exchange) -> Activity:
        """Give what a merger or a spin-off brings to what the account holds.

        Raises:
            InvalidValueError: When it holds nothing of it, or has orders in it.
        """
        with self._lock, self._opened().transaction() as store:
            now = self._at_present(store)
            return corporate.exchange(store, now.date(), terms)

    def close(self) -> None:
        """Let go of the file; no call may follow."""
        with self._lock:
            if self._store is not None:
                self._store.close()

    def _at_present(self, store: Store) -> datetime:
        """Do all that is due, and return the present moment, UTC."""
        now = self.clock.now()
        # Everything takes time here, so one look at a moment is enough; a file others may write.
        if self._seen != now or self.path is not None:
            self._venue.advance(store, now)
            self._seen = now
        return now

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._open()
        return self._store

    def _open(self) -> Store:
        cash = cents(self.cash)
        if self.path is None:
            return MemoryStore(cash)
        return SqliteStore(self.path, account_id=self.account_id(), name=self.name, cash=cash)
