"""What happened to the orders of a plan: the only things that change the state of its execution."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, get_args

from alchemiser.domain.books.ledger import Posting
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.identifiers import ClOrdId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused:
    """The last gate refused an order; it was never sent."""

    order: NewOrderSingle
    violation: Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReduced:
    """A limit cut an order of the plan at a release.

    Attributes:
        cl_ord_id: Which order, by its id in the plan.
        planned: Shares that were still to be sent for it.
        released: Shares left of these, above zero and below `planned`.
        code: The limit that bound.
    """

    VERSION: ClassVar[int] = 2

    cl_ord_id: ClOrdId
    planned: Decimal
    released: Decimal
    code: RiskCode


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntended:
    """The order is approved and about to be sent; durable before it is.

    Attributes:
        order: What is sent.
        expire_time: When it is to be cancelled unless it is terminal, UTC (FIX 126).
        mid: The middle of the quote on which it was approved, dollars; None when sent again.
    """

    VERSION: ClassVar[int] = 2

    order: NewOrderSingle
    expire_time: datetime
    mid: Decimal | None = None


ABSENT = "absent"
"""The code of a rejection that the venue never made: it has no such order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRejected:
    """The venue refused the order for good."""

    cl_ord_id: ClOrdId
    code: str
    text: str

    def by_venue(self) -> bool:
        """Say whether the venue itself refused, and not merely never had the order."""
        return self.code != ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown:
    """It is not known whether the venue has the order, or what became of it."""

    cl_ord_id: ClOrdId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionReported:
    """The venue told something about an order that was not known before."""

    VERSION: ClassVar[int] = 2

    report: ExecutionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class FillAllocated:
    """A fill was shared out to the books that claimed it."""

    cl_ord_id: ClOrdId
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelIntended:
    """A cancel is about to be sent; durable before it is."""

    cl_ord_id: ClOrdId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneForDay:
    """Nothing more is sent for an order of the plan, which may have been filled in part (FIX 39=3).

    Attributes:
        cl_ord_id: Which order, by its id in the plan.
        leaves_qty: Shares that nobody was asked for, or did not give.
        reason: Why.
    """

    cl_ord_id: ClOrdId
    leaves_qty: Decimal
    reason: str


Fact = (
    OrderRefused
    | OrderReduced
    | OrderIntended
    | OrderRejected
    | OutcomeUnknown
    | ExecutionReported
    | FillAllocated
    | CancelIntended
    | DoneForDay
)

FACTS: Final = frozenset(get_args(Fact))
"""The type of every fact: looked up for every record, where `isinstance` would try one by one."""
