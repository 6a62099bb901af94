"""Fills that the broker has taken back once their session was over, where no stream told of it.

Nothing that is asked says so in words. A fill was taken back when its order is told without it and
what the books got by it is exactly, to the cent and the share, what they have too much.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Final

from alchemiser.domain.books.ledger import post
from alchemiser.domain.books.reconciliation import Break, reconcile
from alchemiser.domain.journal.account_records import FillTakenBack
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import ExecType, ExecutionReport
from alchemiser.ports.broker import BrokerPort

LOOKED_BACK: Final = timedelta(days=7)
"""How long after its session a fill is looked for: erroneous trades are taken back within days."""


def taken_back(
    broker: BrokerPort, state: EngineState, breaks: Iterable[Break], account: AccountSnapshot
) -> tuple[FillTakenBack, ...]:
    """Return the records that explain `breaks` wholly, or none.

    Args:
        broker: Is asked for the orders that may be concerned.
        state: Whose books they are, with all other news of the account.
        breaks: Where they differ from `account`.
        account: What the broker says.

    Raises:
        PortUnavailableError: When the broker cannot be reached.
    """
    names = {row.symbol for row in breaks if row.symbol is not None}
    recent = account.at.date() - LOOKED_BACK
    fills = [pair for pair in _fills(state, recent) if pair[1].symbol in names]
    missing = tuple(
        _record(state, session, fill) for session, fill in fills if _is_missing(broker, fill)
    )
    books = deepcopy(state.books)
    post(books, chain.from_iterable(one.postings for one in missing))
    return () if reconcile(books, account) else missing


def _fills(state: EngineState, since: date) -> Iterator[tuple[date, ExecutionReport]]:
    """Yield each fill that stands with its session."""
    for session, cycle in state.cycles.items():
        if session >= since:
            yield from ((session, fill) for fill in cycle.fills)
    for session, cycles in state.liquidations.items():
        if session >= since:
            yield from ((session, fill) for cycle in cycles for fill in cycle.fills)


def _is_missing(broker: BrokerPort, fill: ExecutionReport) -> bool:
    """Say whether the broker knows the order of `fill`, and tells it without that fill."""
    reports = broker.reports(fill.cl_ord_id)
    if reports is None:
        return False
    return fill.exec_id not in {one.exec_id for one in reports if one.exec_type is ExecType.TRADE}


def _record(state: EngineState, session: date, fill: ExecutionReport) -> FillTakenBack:
    entries = [one for one in state.entries if one.posting.reference == fill.exec_id]
    return FillTakenBack(
        exec_id=fill.exec_id,
        session=session,
        symbol=fill.symbol,
        order=next((one.order for one in entries), None),
        postings=tuple(
            replace(one.posting, cash=-one.posting.cash, quantity=-one.posting.quantity)
            for one in entries
        ),
    )
