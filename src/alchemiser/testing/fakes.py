"""Small worlds for tests: a clock that is set, a market that is told, a calendar that is listed."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.domain.values.identifiers import ExecId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import CENT
from alchemiser.domain.values.session import Session
from alchemiser.ports.broker import BrokerPort
from alchemiser.ports.errors import PortUnavailableError


def regular_session(day: date) -> Session:
    """Return the session of `day` with the New York summer hours, 13:30 to 20:00 UTC."""
    return Session(
        day=day,
        open_at=datetime.combine(day, time(13, 30), UTC),
        close_at=datetime.combine(day, time(20), UTC),
    )


def quote(name: str, bid: str, ask: str, *, at: datetime) -> Quote:
    """Return a quote of `name` whose last trade was at its middle; prices in dollars."""
    low, high = Decimal(bid), Decimal(ask)
    return Quote(symbol=Symbol(name), bid=low, ask=high, last=(low + high) / 2, at=at)


def approved(order: NewOrderSingle) -> ApprovedOrder:
    """Return `order` as if the last risk gate had passed it: for tests of brokers only."""
    return ApprovedOrder(order=order)


class FixedClock:
    """Stand still until told otherwise; an awaited moment is reached at once."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment the clock was last set to, UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by`."""
        self._now += by

    async def wait_until(self, at: datetime) -> None:
        """Jump to `at`, never backwards."""
        self._now = max(self._now, at)


class FakeMarket:
    """Serve the quotes and bars it was given.

    A symbol's quotes count from their own time `at` on, so a test can tell a whole day beforehand.
    """

    def __init__(self, quotes: Iterable[Quote] = (), *, panel: BarPanel | None = None) -> None:
        self._quotes: dict[Symbol, list[Quote]] = {}
        self._panel = panel
        self._actions: list[CorporateAction] = []
        self.failure: Exception | None = None
        """Raised by every call while it is set."""
        for one in quotes:
            self.tell(one)

    def tell(self, quote: Quote) -> None:
        """Add `quote` to what the market knows."""
        told = self._quotes.setdefault(quote.symbol, [])
        told.append(quote)
        told.sort(key=lambda one: one.at)

    def forget(self, name: str) -> None:
        """Leave `name` without any quote."""
        self._quotes.pop(Symbol(name), None)

    def check(self) -> None:
        """Find nothing wrong, unless `failure` is set."""
        self._fail()

    def price_increment(self) -> Decimal:
        """Return the price step: a cent."""
        return CENT

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return the panel's columns `symbols` up to `through`; NaN where it has none."""
        self._fail()
        panel = self._panel
        sessions = () if panel is None else tuple(day for day in panel.sessions if day <= through)
        close = np.full((len(sessions), len(set(symbols))), np.nan)
        names = tuple(sorted(set(symbols)))
        for column, name in enumerate(names):
            closes = None if panel is None else panel.closes(name)
            if closes is not None:
                close[:, column] = closes[: len(sessions)]
        return BarPanel(sessions=sessions, symbols=names, close=close)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the latest quote of each symbol told for `at` or before, sorted by symbol."""
        self._fail()
        latest = (self._latest(name, at) for name in sorted(set(symbols)))
        return tuple(one for one in latest if one is not None)

    def act(self, action: CorporateAction) -> None:
        """Add a split or a dividend to what the market knows."""
        self._actions.append(action)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions it was told, by ex-day and symbol."""
        self._fail()
        found = [a for a in self._actions if a.symbol in symbols and first <= a.ex_day <= last]
        return tuple(sorted(found, key=lambda one: (one.ex_day, one.symbol)))

    def _latest(self, name: Symbol, at: datetime) -> Quote | None:
        known = [one for one in self._quotes.get(name, []) if one.at <= at]
        return known[-1] if known else None

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class FakeUpdates:
    """Tell the reports it is given, in their order; then break, or say nothing more."""

    def __init__(self) -> None:
        self._told: deque[ExecutionReport] = deque()
        self.failure: PortUnavailableError | None = None
        """Raised once everything is told, while it is set."""

    def tell(self, *reports: ExecutionReport) -> None:
        """Add `reports` to what is to be told."""
        self._told.extend(reports)

    async def next(self) -> ExecutionReport:
        """Return the next report, once there is one."""
        while not self._told:
            if self.failure is not None:
                raise self.failure
            await asyncio.sleep(0)
        return self._told.popleft()


class PolledUpdates:
    """Tell the reports on a session's orders, each once, by asking again and again."""

    def __init__(self, broker: BrokerPort, session: date) -> None:
        self._broker = broker
        self._session = session
        self._told: set[ExecId] = set()

    async def next(self) -> ExecutionReport:
        """Return the next report, once there is one."""
        while True:
            for name in self._broker.orders(self._session):
                for report in self._broker.reports(name) or ():
                    if report.exec_id not in self._told:
                        self._told.add(report.exec_id)
                        return report
            await asyncio.sleep(0)


class FakeCalendar:
    """Know exactly the sessions it was given."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        self._sessions = {one.day: one for one in sorted(sessions, key=lambda one: one.day)}

    def session(self, day: date) -> Session | None:
        """Return the session labelled `day`, or None."""
        return self._sessions.get(day)

    def sessions(self, start: date, end: date) -> tuple[Session, ...]:
        """Return the sessions from `start` to `end`, both inclusive, ascending."""
        return tuple(one for day, one in self._sessions.items() if start <= day <= end)


class FakeReference:
    """Know the instruments it was given; any other symbol is an unlevered stock."""

    def __init__(self, instruments: Iterable[Instrument] = ()) -> None:
        self._instruments = {one.symbol: one for one in instruments}

    def instrument(self, name: Symbol) -> Instrument:
        """Return the instrument of `name`."""
        return self._instruments.get(name) or Instrument(symbol=name)
