"""What is recorded of the account besides the engine's own orders."""

from dataclasses import dataclass
from datetime import date

from alchemiser.domain.books.accruals import Accrual
from alchemiser.domain.books.ledger import Posting
from alchemiser.domain.books.reconciliation import Break
from alchemiser.domain.orders.activity import Activity
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesKnown:
    """What the account did before its books were opened: it is in what they were opened with.

    Attributes:
        names: The broker's names of those that may still be told, with their days.
    """

    names: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityBooked:
    """The account changed without the engine, and the books with it."""

    activity: Activity
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DividendAccrued:
    """The books count a dividend from its ex-day on."""

    accrual: Accrual


@dataclass(frozen=True, slots=True, kw_only=True)
class DividendGivenUp:
    """A dividend was not paid in time; the books count it no longer."""

    accrual: Accrual


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAdopted:
    """The owner takes over what the broker says, where nothing explains the difference.

    Attributes:
        symbol: Of which position, or None for cash.
        actor: Who did.
        reason: Why.
        breaks: The difference; none where only an unexplained activity was accepted.
        postings: What the books got or gave.
    """

    symbol: Symbol | None
    actor: str
    reason: str
    breaks: tuple[Break, ...]
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillTakenBack:
    """The broker took back a fill of ours once its session was over.

    Attributes:
        exec_id: Which fill.
        session: In which session it was told.
        symbol: Of what.
        order: The order of the plan that it was a part of, or None.
        postings: What the books give back of it.
    """

    exec_id: ExecId
    session: date
    symbol: Symbol
    order: ClOrdId | None
    postings: tuple[Posting, ...]

    def sentence(self) -> str:
        """Return it in plain words."""
        return (
            f"the fill {self.exec_id} of {self.symbol} of {self.session} was taken back by the "
            "broker, and is out of the books that had it."
        )


AccountRecord = (
    ActivitiesKnown
    | ActivityBooked
    | DividendAccrued
    | DividendGivenUp
    | BreakAdopted
    | FillTakenBack
)
ACCOUNT_RECORDS = (
    ActivitiesKnown,
    ActivityBooked,
    DividendAccrued,
    DividendGivenUp,
    BreakAdopted,
    FillTakenBack,
)
