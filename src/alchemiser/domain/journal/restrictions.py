"""What is recorded of how much may be done: by breakers and by people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from alchemiser.domain.risk.breakers import Trip
from alchemiser.domain.risk.loosening import UNSET, loosened
from alchemiser.domain.values.identifiers import AccountId, BookId


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityMarked:
    """What the account and the books were worth, from which losses are measured.

    Attributes:
        session: In which session.
        equity: The account's equity as the broker states it, dollars.
        books: Each strategy's book that could be valued, dollars.
    """

    session: date
    equity: Decimal
    books: tuple[tuple[BookId, Decimal], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTripped:
    """A breaker stands until a person lifts it."""

    trip: Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsInForce:
    """The limits and thresholds that decisions rest on from here, each as it is told."""

    values: tuple[tuple[str, str], ...]

    def changed(self, before: "LimitsInForce") -> tuple[str, ...]:
        """Return what is not as it was, in plain words."""
        then, now = dict(before.values), dict(self.values)
        return tuple(
            _change(name, then, now)
            for name in (now | then)
            if now.get(name, UNSET) != then.get(name, UNSET)
        )

    def loosened(self, before: "LimitsInForce") -> tuple[str, ...]:
        """Return what allows more than it did, in plain words."""
        then, now = dict(before.values), dict(self.values)
        return tuple(_change(name, then, now) for name in loosened(then, now))


def _change(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    return f"{name} from {then.get(name, UNSET)} to {now.get(name, UNSET)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOverridden:
    """The owner's settings lift a control in this session, which only paper trading allows.

    Attributes:
        control: The setting.
        actor: Who set it.
        reason: What it allows.
    """

    control: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingReduced:
    """Nothing may be bought until a person resumes."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingHalted:
    """Nothing may be sent until a person resumes."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingResumed:
    """A person lifted a halt."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConfirmed:
    """A person said, before the first order for real money, that this account is to be traded."""

    account: AccountId
    actor: str


RestrictionRecord = (
    EquityMarked
    | BreakerTripped
    | LimitsInForce
    | ControlOverridden
    | TradingReduced
    | TradingHalted
    | TradingResumed
    | LiveConfirmed
)
RESTRICTION_RECORDS: Final[tuple[type, ...]] = (
    EquityMarked,
    BreakerTripped,
    LimitsInForce,
    ControlOverridden,
    TradingReduced,
    TradingHalted,
    TradingResumed,
    LiveConfirmed,
)
