"""What the broker tells of the account, as records that keep the books its equal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal

from alchemiser.domain.books.accruals import accrual_of
from alchemiser.domain.books.entries import entries, holders
from alchemiser.domain.books.ledger import Books, post
from alchemiser.domain.journal.account_records import (
    AccountRecord,
    ActivitiesKnown,
    ActivityBooked,
    DividendAccrued,
    DividendGivenUp,
)
from alchemiser.domain.journal.accounting import Accounting
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE

_OF_THE_COMPANY = frozenset({ActivityKind.SPLIT, ActivityKind.REORGANISATION})


def first_news(told: Iterable[Activity]) -> ActivitiesKnown:
    """Return the record of what is in the account when its books are opened."""
    return ActivitiesKnown(names=tuple((one.activity_id, one.day) for one in told))


def news(
    accounting: Accounting,
    books: Books,
    told: Sequence[Activity],
    actions: Sequence[CorporateAction],
    day: date,
) -> tuple[tuple[AccountRecord, ...], Books]:
    """Return what has to be recorded of the account, and the books after it.

    It counts in the order of its days, however late it is told. Of one day, what the company did to
    its shares comes first, then the dividends that the price is without from then on, then
    everything else; so a dividend counts for who held the share as its ex-day began, in the shares
    of that day.

    Args:
        accounting: What is known already.
        books: Every book; not changed.
        told: What the broker tells, our own orders' executions left out.
        actions: Corporate actions since the last time, up to `day`.
        day: The session, or the day without one.
    """
    new = accounting.new(told)
    if not new and not actions and not accounting.accruals:
        return (), books
    books, accounting = deepcopy(books), accounting.scratch()
    records: list[AccountRecord] = []
    for record in _in_order(accounting, books, new, actions, day):
        post(books, accounting.apply(record))
        records.append(record)
    return tuple(records), books


def _in_order(
    accounting: Accounting,
    books: Books,
    new: Sequence[Activity],
    actions: Sequence[CorporateAction],
    day: date,
) -> Iterator[AccountRecord]:
    """Yield record by record; each has been applied before the next is asked for."""
    happened: list[Activity | CorporateAction] = [*new, *actions]
    ratios = {(one.symbol, one.ex_day): one.split for one in actions if one.split != ONE}
    for one in sorted(happened, key=_turn):
        if isinstance(one, Activity):
            yield _booked(accounting, books, one, ratios)
        elif (one.symbol, one.ex_day) not in accounting.dividends:
            accrual = accrual_of(one, holders(books, one.symbol))
            yield from () if accrual is None else (DividendAccrued(accrual=accrual),)
    for accrual in tuple(accounting.accruals.values()):
        if accrual.expires < day:
            yield DividendGivenUp(accrual=accrual)


def _turn(one: Activity | CorporateAction) -> tuple[date, int]:
    """Return when something counts: by its day, and in which order within it."""
    if isinstance(one, CorporateAction):
        return one.ex_day, 1
    if one.kind in _OF_THE_COMPANY:
        return one.day, 0
    return one.day, 2 if one.kind.pays_holders() else 3


def _booked(
    accounting: Accounting,
    books: Books,
    activity: Activity,
    ratios: Mapping[tuple[Symbol, date], Decimal],
) -> ActivityBooked:
    awaited = accounting.awaited(activity)
    if awaited is not None:
        return ActivityBooked(activity=activity, postings=awaited.paid(activity))
    begun = accounting.begun(activity)
    if begun is not None:
        return ActivityBooked(activity=activity, postings=begun.shared(activity))
    if activity.symbol is None:
        return ActivityBooked(activity=activity, postings=entries(activity, books, ()))
    entitled = holders(books, activity.symbol)
    ratio = ratios.get((activity.symbol, activity.day))
    return ActivityBooked(activity=activity, postings=entries(activity, books, entitled, ratio))
