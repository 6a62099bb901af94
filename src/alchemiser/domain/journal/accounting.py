"""What the records say of the account besides the engine's own orders."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.books.accruals import Accrual
from alchemiser.domain.books.ledger import Posting
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.journal.account_records import (
    AccountRecord,
    ActivitiesKnown,
    ActivityBooked,
    BreakAdopted,
    DividendAccrued,
    DividendGivenUp,
    FillTakenBack,
)
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import Symbol

LATE: Final = timedelta(days=30)
"""How much later than its day a broker may tell an activity."""
_PARTS: Final = frozenset({
    ActivityKind.DIVIDEND,
    ActivityKind.RETURN_OF_CAPITAL,
    ActivityKind.FEE,
})


@dataclass(slots=True)
class Accounting:
    """Hold what is known of the account's activities, and what is not explained.

    Attributes:
        opened: Whether it is known what had happened when the books were opened.
        known: Every activity that is in the books, by the broker's name, with its day.
        accruals: Dividends that are counted and not paid, by symbol and ex-day.
        dividends: Symbol and ex-day of every dividend that was counted or paid.
        paid: Dividends that were counted and then paid, by symbol and day of the payment.
        acted: The session up to which corporate actions are counted, or None.
        breaks: Where books and broker differed when they were last compared.
        unexplained: Symbols that the broker changed in a way that is not known here, and how.
        by_hand: The last day on which each symbol was traded by somebody else.
    """

    opened: bool = False
    known: dict[str, date] = field(default_factory=dict)
    accruals: dict[tuple[Symbol, date], Accrual] = field(default_factory=dict)
    dividends: set[tuple[Symbol, date]] = field(default_factory=set)
    paid: dict[tuple[Symbol, date], "_Paid"] = field(default_factory=dict)
    acted: date | None = None
    breaks: tuple[Break, ...] = ()
    unexplained: dict[Symbol, str] = field(default_factory=dict)
    by_hand: dict[Symbol, date] = field(default_factory=dict)

    def scratch(self) -> "Accounting":
        """Return a copy that knows what is owed, to try records on; it knows no activity."""
        return Accounting(
            opened=self.opened,
            accruals=dict(self.accruals),
            dividends=set(self.dividends),
            paid=dict(self.paid),
        )

    def asked_since(self, day: date) -> date:
        """Return from which day on the broker is asked for activities on `day`.

        However long the engine stood still, nothing since its last session is missed.
        """
        return min(day, self.acted or day) - LATE

    def new(self, told: Iterable[Activity]) -> tuple[Activity, ...]:
        """Return what of `told` is not in the books yet, in its order, each once.

        What undoes an activity is no news where that one never was.
        """
        found = {one.activity_id: one for one in told if one.activity_id not in self.known}
        return tuple(one for one in found.values() if self._may_count(one))

    def _may_count(self, activity: Activity) -> bool:
        undone = activity.undoes()
        return undone is None or undone in self.known

    def awaited(self, activity: Activity) -> Accrual | None:
        """Return the dividend that a payment may be of, or None.

        The oldest of just that sum, or else the oldest, unless the payment is a part of one that
        has begun to be paid. A dividend that is taken back is no payment, whatever is owed besides.
        """
        if not _is_payment(activity):
            return None
        due = [
            one
            for (name, ex_day), one in sorted(self.accruals.items(), key=_ex_day)
            if name == activity.symbol and ex_day <= activity.day
        ]
        exact = (one for one in due if one.cash() == activity.cash)
        return next(exact, None) or (None if self._is_part(activity) else next(iter(due), None))

    def begun(self, activity: Activity) -> Accrual | None:
        """Return the dividend of the same share that was settled on the same day, or None.

        One payment may be told in parts: income, capital paid back, and what is withheld.
        """
        paid = self._settled_with(activity)
        return None if paid is None or activity.kind not in _PARTS else paid.accrual

    def _is_part(self, activity: Activity) -> bool:
        """Say whether a payment is no more than what lacks of one that was made the same day."""
        paid = self._settled_with(activity)
        return paid is not None and paid.cash + activity.cash <= paid.accrual.cash()

    def _settled_with(self, activity: Activity) -> "_Paid | None":
        """Return what was settled of the same share on the same day."""
        return None if activity.symbol is None else self.paid.get((activity.symbol, activity.day))

    def unreconciled(self, session: date) -> frozenset[Symbol]:
        """Return the symbols of which nothing more may be bought in `session`.

        Those in which books and broker differ, those with an activity that nobody has explained,
        and those that somebody else has traded in this session.
        """
        differing = {one.symbol for one in self.breaks if one.symbol is not None}
        today = {name for name, day in self.by_hand.items() if day == session}
        return frozenset(differing | self.unexplained.keys() | today)

    def apply(self, record: AccountRecord) -> tuple[Posting, ...]:
        """Change by one record and return what it posts."""
        match record:
            case ActivitiesKnown(names=names):
                self.opened = True
                self.known |= dict(names)
                return ()
            case ActivityBooked(activity=activity, postings=postings):
                self._book(activity, postings)
                return postings
            case DividendAccrued(accrual=accrual):
                key = accrual.symbol, accrual.ex_day
                self.accruals[key] = accrual
                self.dividends.add(key)
                return accrual.counted()
            case DividendGivenUp(accrual=accrual):
                del self.accruals[accrual.symbol, accrual.ex_day]
                return accrual.given_up()
            case BreakAdopted(symbol=symbol, postings=postings):
                self.breaks = tuple(one for one in self.breaks if one.symbol != symbol)
                if symbol is not None:
                    self.unexplained.pop(symbol, None)
                return postings
            case FillTakenBack(postings=postings):
                return postings

    def _book(self, activity: Activity, postings: tuple[Posting, ...]) -> None:
        self.known[activity.activity_id] = activity.day
        name = activity.symbol
        if name is None:
            return
        if activity.kind is ActivityKind.UNKNOWN:
            self.unexplained[name] = activity.text
        elif activity.kind is ActivityKind.TRADE:
            self.by_hand[name] = max(activity.day, self.by_hand.get(name, activity.day))
        elif activity.kind.pays_holders():
            self._pay(name, activity, postings)

    def _pay(self, name: Symbol, activity: Activity, postings: tuple[Posting, ...]) -> None:
        key = name, activity.day
        owed = (one for one in self.accruals.values() if one.symbol == name)
        settled = next((one for one in owed if one.settled_by(postings)), None)
        if settled is not None:
            del self.accruals[settled.symbol, settled.ex_day]
            self.paid[key] = _Paid(accrual=settled, cash=activity.cash)
        elif key in self.paid:
            begun = self.paid[key]
            self.paid[key] = replace(begun, cash=begun.cash + activity.cash)
        elif activity.cash > 0:
            self.dividends.add(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paid:
    """A dividend that was counted, and the dollars paid for it on one day so far."""

    accrual: Accrual
    cash: Decimal


def _is_payment(activity: Activity) -> bool:
    return activity.kind.pays_holders() and activity.cash > 0


def _ex_day(row: tuple[tuple[Symbol, date], Accrual]) -> tuple[date, Symbol]:
    (name, day), _ = row
    return day, name
