"""What `parity` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alchemiser.application.parity.shadow import Answer
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.parity.components import Component, Components
from alchemiser.domain.parity.lacking import Lack
from alchemiser.domain.statistics.drift import Drift
from alchemiser.domain.values.identifiers import BookId, StrategyId
from alchemiser.domain.values.numbers import plain

BASIS_POINTS = Decimal(10_000)


class Reason(StrEnum):
    """Why a strategy's signal is another live than in its shadow."""

    DATA_REVISION = "data_revision"
    TIMING = "timing"
    RESTRICTION = "restriction"
    FAILURE = "failure"
    CONFIGURATION = "configuration"
    CODE = "code"
    PLUGIN = "plugin"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDifference:
    """Tell that a strategy wanted something else live than in its shadow.

    Attributes:
        session: When.
        strategy: Which one; it may have answered in one of the two worlds only.
        reasons: Why: every step of the chain that changes the signal.
        live: What it answered, or None when the record has no answer of it.
        shadow: What it answers in the shadow, or None when it is not asked there.
    """

    session: date
    strategy: StrategyId
    reasons: tuple[Reason, ...]
    live: Answer | None
    shadow: Answer | None

    def differences(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return each symbol's weights, live and shadow, where they differ; sorted by symbol."""
        live = {} if self.live is None else self.live.weights
        shadow = {} if self.shadow is None else self.shadow.weights
        zero = Decimal(0)
        pairs = {name: (live.get(name, zero), shadow.get(name, zero)) for name in {*live, *shadow}}
        return {name: pair for name, pair in sorted(pairs.items()) if pair[0] != pair[1]}

    def sentence(self) -> str:
        """Return it in plain words."""
        states = [_state(one) for one in (self.live, self.shadow)]
        told = [
            f"{name} {live.normalize():f} live, {shadow.normalize():f} shadow"
            for name, (live, shadow) in self.differences().items()
        ]
        if states[0] != states[1]:
            told.insert(0, f"{states[0]} live, {states[1]} in the shadow")
        why = " and ".join(one.value.replace("_", " ") for one in self.reasons)
        return f"{self.session} {self.strategy} ({why}): {'; '.join(told)}"


def _state(answer: Answer | None) -> str:
    return "not asked" if answer is None else answer.state


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """Tell how one book fared from one decision to the next; dollars, whole cents."""

    shadow: Decimal
    components: Components


@dataclass(frozen=True, slots=True, kw_only=True)
class LackLine:
    """Tell what an order of the plan lacks for one cause.

    Attributes:
        lack: How many shares, and why.
        dollars: What that changes at the next decision: its part of the cause's component, rounded
            to the cent for itself.
    """

    lack: Lack
    dollars: Decimal

    def sentence(self) -> str:
        """Return it in plain words."""
        cause = self.lack.cause.value.replace("_", " ")
        why = f" ({self.lack.text.rstrip('.')})" if self.lack.text else ""
        return f"{plain(self.lack.quantity)} {cause}{why}, {self.dollars:+,.2f} dollars"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Tell of an order of the plan that did not get all of its shares.

    Attributes:
        order: Which one.
        filled: Shares that stand.
        lacks: What it lacks by cause, in the order of the chain; together all that did not fill.
    """

    order: PlannedOrder
    filled: Decimal
    lacks: tuple[LackLine, ...]

    def sentence(self) -> str:
        """Return it in plain words."""
        order = self.order
        told = "; ".join(one.sentence() for one in self.lacks)
        return (
            f"{order.side} {plain(order.quantity)} {order.symbol}: {plain(self.filled)} filled; "
            f"{told}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """Tell how the account fared from one session's decision to the next one's.

    Attributes:
        session: The session that was decided, or should have been.
        equity: What the account was worth at the decision, dollars.
        live: What it gained by what the broker told, dollars in whole cents; flows are left out.
        shadow: What its shadow gained.
        flows: Dollars that came from outside, negative when they left.
        components: What the difference is made of.
        residual: What nothing explains: live less shadow less all components.
        books: The same by book.
        orders: Orders of the plan that did not get all of their shares, in the plan's order.
        decided: Whether somebody decided in the session.
    """

    session: date
    equity: Decimal
    live: Decimal
    shadow: Decimal
    flows: Decimal
    components: Components
    residual: Decimal
    books: Mapping[BookId, BookLine]
    orders: tuple[OrderLine, ...]
    decided: bool

    def points(self, dollars: Decimal) -> Decimal:
        """Return `dollars` in basis points of the day's equity."""
        return dollars / self.equity * BASIS_POINTS if self.equity > 0 else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityReport:
    """Tell how live compares with its shadow.

    Attributes:
        first: The first session asked for.
        last: The last one.
        days: Every session from a decision to the next, oldest first.
        open: Sessions whose gain is not known yet, since nothing was decided after them, or prices
            are missing.
        compared: How many signals were compared.
        latest: The last session with one of them, or None.
        differing: Those that differ, oldest first.
        drift: Whether the daily differences drift.
    """

    first: date
    last: date
    days: tuple[DayLine, ...]
    open: tuple[date, ...]
    compared: int
    latest: date | None
    differing: tuple[SignalDifference, ...]
    drift: Drift

    def total(self, component: Component) -> Decimal:
        """Return the dollars of one component over all days."""
        return sum((day.components[component] for day in self.days), Decimal(0))

    def points(self, component: Component) -> Decimal:
        """Return one component in basis points: the sum of the days'."""
        return sum((day.points(day.components[component]) for day in self.days), Decimal(0))

    @property
    def residual(self) -> Decimal:
        """What nothing explains, over all days, dollars."""
        return sum((day.residual for day in self.days), Decimal(0))

    def unexplained(self) -> tuple[DayLine, ...]:
        """Return the days with a residual: two of them may cancel in the sum."""
        return tuple(day for day in self.days if day.residual)
