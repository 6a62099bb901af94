"""What the machine is told, and what it asks for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.execution.facts import Fact
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import CancelOutcome, ExecutionReport, SubmitOutcome
from alchemiser.domain.values.identifiers import ClOrdId, Symbol


class Timer(StrEnum):
    """The machine's timers; setting one again replaces it, so that timers cannot multiply."""

    POLL = "poll"
    STEP = "step"
    DEADLINE = "deadline"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Start, or go on after a restart."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InputsArrived:
    """Answer `TakeInputs`.

    Attributes:
        at: When the answer was complete, UTC.
        account: The broker's account, or None when it could not be read.
        cash: Dollars that the books hold together.
        quotes: Latest quotes of the symbols asked for and of all positions.
    """

    at: datetime
    account: AccountSnapshot | None
    cash: Decimal
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAnswered:
    """Answer `Submit`."""

    at: datetime
    cl_ord_id: ClOrdId
    outcome: SubmitOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsArrived:
    """Answer `Query`: all reports, or None when the venue has no such order."""

    at: datetime
    cl_ord_id: ClOrdId
    reports: tuple[ExecutionReport, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAnswered:
    """Answer `Cancel`."""

    at: datetime
    cl_ord_id: ClOrdId
    outcome: CancelOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """Tell that a timer's moment has come."""

    at: datetime
    timer: Timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """Tell that trading has to stop; `unsent` were intended but kept back by the halt."""

    at: datetime
    reason: str
    unsent: tuple[ClOrdId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """Tell that nothing may be bought any more; `unsent` were intended but kept back by it."""

    at: datetime
    reason: str
    unsent: tuple[ClOrdId, ...] = ()


Event = (
    Begun
    | InputsArrived
    | SubmitAnswered
    | ReportsArrived
    | CancelAnswered
    | TimerFired
    | Halted
    | Reduced
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInputs:
    """Read the account and the quotes of `symbols` and of every position."""

    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Send an approved order."""

    approved: ApprovedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Ask the venue for all reports on one order."""

    cl_ord_id: ClOrdId


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Ask the venue to cancel one order."""

    cl_ord_id: ClOrdId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Fire `timer` at `at`, UTC."""

    timer: Timer
    at: datetime


Effect = TakeInputs | Submit | Query | Cancel | SetTimer


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Hold what follows from one event: facts to record first, effects to carry out then."""

    facts: tuple[Fact, ...] = ()
    effects: tuple[Effect, ...] = ()
