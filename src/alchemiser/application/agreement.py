"""Whether the books tell what the broker tells, once all that happened in the account is booked."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from alchemiser.application.engine import Engine
from alchemiser.application.taken_back import taken_back
from alchemiser.domain.books.ledger import Books, post
from alchemiser.domain.books.reconciliation import Break, reconcile
from alchemiser.domain.journal.account_records import (
    ActivityBooked,
    DividendGivenUp,
    FillTakenBack,
)
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.journal.news import first_news, news
from alchemiser.domain.journal.records import BreakFound, Reconciled, Record, Stage
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import HOUSE, AccountId, ClOrdId, is_ours
from alchemiser.ports.errors import PortError
from alchemiser.ports.notifier import Alert, Severity

BETWEEN_LOOKS: Final = timedelta(seconds=30)
"""How far two snapshots lie apart at least: brokers' views lag behind one another for ten seconds
(FAULTS A27)."""
LOOKS_MAX: Final = 4
_A_DAY: Final = timedelta(days=1)
_TOLD: Final = frozenset({ActivityKind.TRADE, ActivityKind.REORGANISATION, ActivityKind.UNKNOWN})
"""What the owner hears of, since somebody else trades, or the engine may not understand it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Hold the account as it was last seen, and what follows from it.

    Attributes:
        account: What the broker says.
        read_at: When it was read by our clock, UTC.
        opening: What has to be recorded when the books are opened on this account.
        news: What has to be recorded so that the books are the account's equal.
        books: Every book after that.
        breaks: Where they differ all the same, in two snapshots of one content.
        strangers: Orders of the session that bear our names and are not in this journal.
    """

    account: AccountSnapshot
    read_at: datetime
    opening: tuple[Record, ...]
    news: tuple[Record, ...]
    books: Books
    breaks: tuple[Break, ...]
    strangers: tuple[ClOrdId, ...]

    def compared(self, stage: Stage) -> Record:
        """Return the record of the comparison."""
        if self.breaks:
            return BreakFound(stage=stage, breaks=self.breaks)
        return Reconciled(stage=stage)

    def alerts(self) -> Iterator[Alert]:
        """Yield what the owner should hear of."""
        for record in self.news:
            if isinstance(record, DividendGivenUp):
                one = record.accrual
                text = f"the dividend of {one.symbol} of {one.ex_day} was not paid: {one.cash():f}."
                yield Alert(severity=Severity.WARNING, code="dividend_missing", text=text)
            elif isinstance(record, FillTakenBack):
                text = record.sentence()
                yield Alert(severity=Severity.WARNING, code="fill_taken_back", text=text)
            elif isinstance(record, ActivityBooked) and record.activity.kind in _TOLD:
                text = record.activity.sentence()
                yield Alert(severity=Severity.WARNING, code="account_changed", text=text)
        house = self.books.get(HOUSE)
        if self.news and house is not None and house.cash < 0:
            text = (
                f"more was taken out than the house had: it owes {-house.cash:f} dollars to the "
                "strategies; give it some of theirs with `alchemiser strategy weight`."
            )
            yield Alert(severity=Severity.WARNING, code="house_owes", text=text)


async def agree(engine: Engine, state: EngineState, day: date) -> Agreement:
    """Compare the books in `state` with the broker on `day`; nothing is recorded.

    A difference counts only once two snapshots at least half a minute apart show the same.

    Raises:
        PortError: When broker or market data cannot be read.
    """
    seen = await engine.calls.call(lambda: look(engine, state, day))
    for _ in range(1, LOOKS_MAX):
        if not seen.breaks:
            break
        await engine.clock.wait_until(engine.clock.now() + BETWEEN_LOOKS)
        before, seen = seen, await engine.calls.call(lambda: look(engine, state, day))
        if seen.breaks == before.breaks and seen.account.positions == before.account.positions:
            break
    if not seen.breaks:
        return seen
    return await engine.calls.call(lambda: _explained(engine, state, seen))


def _explained(engine: Engine, state: EngineState, seen: Agreement) -> Agreement:
    """Return `seen` without its breaks where fills that were taken back explain all of them."""
    after = replace(state, books=seen.books)
    try:
        records = taken_back(engine.broker, after, seen.breaks, seen.account)
    except PortError:  # what cannot be explained now stays a difference
        return seen
    if not records:
        return seen
    books = deepcopy(seen.books)
    for record in records:
        post(books, record.postings)
    return replace(seen, news=(*seen.news, *records), books=books, breaks=())


def look(engine: Engine, state: EngineState, day: date) -> Agreement:
    """Compare the books in `state` with the broker once.

    Raises:
        PortError: When broker or market data cannot be read.
    """
    broker = engine.broker
    # What happened is read before the account: a later change shows as a break, not as a gift.
    told = broker.activities(state.accounting.asked_since(day))
    foreign = tuple(one for one in told if not _ours(one, broker.account_id()))
    # An interrupted session is ended days later: what is paid by now was counted before.
    actions = _actions(engine, state, foreign, max(day, engine.clock.now().date()))
    account = broker.account()
    read_at = engine.clock.now()
    names, known = broker.orders(day), state.sent(day)
    opening: tuple[Record, ...] = ()
    records: tuple[Record, ...] = ()
    books = state.books
    if books and state.accounting.opened:
        records, books = news(state.accounting, books, foreign, actions, day)
    else:
        opening = (first_news(foreign),)
    return Agreement(
        account=account,
        read_at=read_at,
        opening=opening,
        news=records,
        books=books,
        breaks=reconcile(books, account) if books else (),
        strangers=tuple(
            name for name in names if name not in known and is_ours(name, account.account)
        ),
    )


def _ours(activity: Activity, account: AccountId) -> bool:
    """Say whether an execution is one of our own orders: their reports tell it."""
    return activity.cl_ord_id is not None and is_ours(activity.cl_ord_id, account)


def _actions(
    engine: Engine, state: EngineState, foreign: Iterable[Activity], day: date
) -> tuple[CorporateAction, ...]:
    """Return the dividends and splits since the last session, of what the books held since then."""
    held = {name for book in state.books.values() for name in book.positions}
    told = {name for one in foreign for name in (one.symbol, one.received) if name is not None}
    names = sorted(held | told)
    acted = state.accounting.acted
    if not names or acted is None or acted >= day:
        return ()
    return engine.market.corporate_actions(names, first=acted + _A_DAY, last=day)
