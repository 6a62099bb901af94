"""When the next child of each order is due, and what its algorithm wants it to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from alchemiser.domain.execution.agenda import Agenda
from alchemiser.domain.execution.algorithms.choice import AT_ONCE, WORKING
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import (
    Answer,
    Place,
    Progress,
    Stop,
    Wait,
    Working,
)
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Parent
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.closing import ORDERS_END_BEFORE_CLOSE
from alchemiser.domain.orders.messages import BUY, TimeInForce
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import round_down
from alchemiser.domain.values.session import Session

PASSING: Final = frozenset({
    RiskCode.ACCOUNT_UNKNOWN,
    RiskCode.PRICE_UNKNOWN,
    RiskCode.PRICE_STALE,
    RiskCode.QUOTE_CROSSED,
    RiskCode.MAX_SPREAD,
    RiskCode.SYMBOL_HALTED,
})
"""Refusals of a market or an account that may be another, or be read, in a moment."""

_DAY: Final = TimeInForce.DAY
_progress: Final = maker(Progress)

TOO_LITTLE: Final = Stop(reason="what is left is less than the smallest order")
TOO_LATE: Final = Stop(reason="the session is about to close")


@dataclass(slots=True)
class Pace:
    """Keep when each order of a plan is due, and ask its algorithm.

    What an algorithm answers follows from the children of its order, which are on record; what is
    kept here is found again after a restart.
    """

    state: ExecutionState
    session: Session
    instruments: Mapping[Symbol, Instrument]
    settings: AlgorithmSettings
    _algorithms: dict[Algorithm, Working] = field(init=False)
    _begun: dict[ClOrdId, datetime] = field(default_factory=dict)
    _wake: dict[ClOrdId, datetime] = field(default_factory=dict)
    _waking: Agenda[Parent] = field(default_factory=Agenda)
    _longest: timedelta = field(init=False)
    _last_moment: datetime = field(init=False)
    """When all is over but the auction, whose plan has a deadline after the close."""

    def __post_init__(self) -> None:
        self._longest = timedelta(seconds=self.settings.work_seconds_max)
        self._last_moment = self.session.close_at - ORDERS_END_BEFORE_CLOSE
        self._algorithms = {name: made_with(self.settings) for name, made_with in WORKING.items()}

    def is_due(self, parent: Parent, now: datetime) -> bool:
        """Say whether the algorithm of `parent` is to be asked."""
        wake = self._wake.get(parent.name)
        waits = wake is not None and wake > now
        return not (waits or parent.is_over() or parent.live)

    def begins(self, parent: Parent, now: datetime) -> bool:
        """Say whether an order that is due begins with a child whatever the quote is."""
        at_once = parent.planned.algorithm in AT_ONCE and now < self._last_moment
        if parent.children or not at_once:
            return False
        self._begun.setdefault(parent.name, now)
        return True

    def next_moment(self, now: datetime) -> datetime | None:
        """Return when after `now` the next child expires or the next order is due, UTC, or None."""
        expiry, wake = self.state.next_expiry(now), self._waking.next_after(now, self._waits)
        if expiry is None or wake is None:
            return expiry or wake
        return min(expiry, wake)

    def answer(self, parent: Parent, quotes: Mapping[Symbol, Quote], now: datetime) -> Answer:
        """Return the next step of `parent`, in whole increments; a wait is kept in mind."""
        progress = self._progress(parent, quotes.get(parent.planned.symbol), now)
        answer = self._working(parent).next(progress)
        if isinstance(answer, Wait):
            self._wait(parent, answer.until)
        return self._placed(answer, progress) if isinstance(answer, Place) else answer

    def waits_out(self, parent: Parent, refusal: Violation, now: datetime) -> bool:
        """Say whether `parent` waits for the market to be another, and keep it in mind."""
        ends_at = self._working(parent).ends_at(self._progress(parent, None, now))
        return refusal.code in PASSING and self._waits_until(ends_at, parent, now)

    def waits_for_news(self, parent: Parent, now: datetime) -> bool:
        """Say whether `parent` waits for what is not known yet, and keep it in mind.

        It waits as long as it may be worked, whatever its algorithm waits for.
        """
        return self._waits_until(self._progress(parent, None, now).end_at, parent, now)

    def _waits_until(self, ends_at: datetime, parent: Parent, now: datetime) -> bool:
        later = now + timedelta(seconds=self.settings.step_seconds_min)
        if later > ends_at:
            return False
        self._wait(parent, later)
        return True

    def _wait(self, parent: Parent, until: datetime) -> None:
        self._wake[parent.name] = until
        self._waking.note(until, parent)

    def _waits(self, until: datetime, parent: Parent) -> bool:
        return self._wake[parent.name] == until and not parent.is_over()

    def _working(self, parent: Parent) -> Working:
        return self._algorithms[parent.planned.algorithm]

    def _progress(self, parent: Parent, quote: Quote | None, now: datetime) -> Progress:
        children, begun = parent.children, self._begun.get(parent.name)
        if begun is None:
            begun = min((child.sent_at for child in children), default=now)
            self._begun[parent.name] = begun
        return _progress(
            planned=parent.planned,
            instrument=self.instruments[parent.planned.symbol],
            session=self.session,
            quote=quote,
            now=now,
            begun_at=begun,
            end_at=self._end(parent, begun),
            quantity=parent.quantity,
            leaves=parent.leaves,
            steps=len(children),
            last=(children[-1].order.request, children[-1].sent_at) if children else None,
        )

    def _end(self, parent: Parent, begun: datetime) -> datetime:
        """Return when `parent` has to be over: sells leave half of the time to the buys."""
        end = min(begun + self._longest, self.state.plan.deadline, self._last_moment)
        if parent.planned.side is BUY or not self.state.wants(BUY):
            return end
        return begun + (end - begun) / 2

    def _placed(self, place: Place, progress: Progress) -> Answer:
        """Return `place` in whole increments, or why it is not worth sending."""
        if place.time_in_force is _DAY and progress.now >= self._last_moment:
            return TOO_LATE
        increment = progress.instrument.quantity_increment
        quantity = round_down(place.quantity, increment)
        if progress.steps and quantity * place.price < self.settings.rest_notional_min:
            return TOO_LITTLE
        return place if quantity == place.quantity else replace(place, quantity=quantity)
