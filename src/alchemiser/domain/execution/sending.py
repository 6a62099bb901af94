"""What is sent next: lost children again, or what the algorithms want, through release and gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from alchemiser.domain.execution.algorithms.steps import Place, Stop
from alchemiser.domain.execution.desk import Desk
from alchemiser.domain.execution.facts import (
    DoneForDay,
    OrderIntended,
    OrderRefused,
    OutcomeUnknown,
)
from alchemiser.domain.execution.messages import (
    InputsArrived,
    SetTimer,
    Submit,
    TakeInputs,
    Timer,
)
from alchemiser.domain.execution.pacing import Pace
from alchemiser.domain.execution.release import Ask, ReleaseRules, release
from alchemiser.domain.execution.work import Child, Parent
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import BUY, SELL, NewOrderSingle
from alchemiser.domain.risk.limits import Violation
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import ClOrdId, Symbol

_request: Final = maker(NewOrderSingle)
_asking: Final = maker(Ask)
_intended: Final = maker(OrderIntended)
_submit: Final = maker(Submit)


@dataclass(slots=True)
class Sender:
    """Send children when they are due, each on inputs that were read for it."""

    _desk: Desk
    _pace: Pace
    _reading_for: frozenset[ClOrdId] = field(default=frozenset())
    _step_at: datetime | None = None

    def advance(self, at: datetime) -> None:
        """Ask for the inputs of the next release when its time has come, or wait for it."""
        if self._reading_for:
            return
        room = self._desk.room()
        lost = self._desk.lost(at)[:room]
        due = () if lost else self._next(lambda parent: self._wants(parent, at), room)
        if lost or due:
            self._reading_for = frozenset((*(one.name for one in lost), *(one.name for one in due)))
            # Limits on the whole portfolio need the price of what is in flight, too.
            symbols = {parent.planned.symbol for parent in due}
            symbols |= {child.symbol for child in (*lost, *self._desk.state.in_flight())}
            self._desk.ask(TakeInputs(symbols=tuple(sorted(symbols))))
        elif (moment := self._pace.next_moment(at)) not in (None, self._step_at):
            self._step_at = moment
            self._desk.ask(SetTimer(timer=Timer.STEP, at=moment))

    def release(self, inputs: InputsArrived, rules: ReleaseRules) -> None:
        """Send what is due and passes the gate."""
        asked, self._reading_for = self._reading_for, frozenset()
        if SELL in self._desk.ended:
            return
        quotes = {quote.symbol: quote for quote in inputs.quotes}
        room = self._desk.room()
        lost = self._desk.lost(inputs.at)[:room]
        # What became due while inputs were read for something else gets fresh ones.
        due = () if lost else self._next(lambda parent: self._is_mine(parent, asked, inputs.at))
        asks = (*map(self._again, lost), *self._asks(due[:room], quotes, inputs.at))
        behind = self._is_behind(inputs)
        verdicts = release(asks, self._desk.state, inputs, rules)
        for ask, (facts, verdict) in zip(asks, verdicts, strict=True):
            is_cut = bool(facts) or not isinstance(verdict, ApprovedOrder)
            waits = behind and is_cut and ask.child is None
            if waits and self._pace.waits_for_news(ask.parent, inputs.at):
                continue
            for fact in facts:
                self._desk.record(fact, inputs.at)
            if isinstance(verdict, ApprovedOrder):
                self._send(ask, verdict, quotes, inputs.at)
            else:
                self._refused(ask, verdict, inputs.at)
        self._desk.poll_later(inputs.at)

    def forget_step(self) -> None:
        """Take note that the step timer has fired."""
        self._step_at = None

    def _is_mine(self, parent: Parent, asked: frozenset[ClOrdId], at: datetime) -> bool:
        return parent.name in asked and self._pace.is_due(parent, at)

    def _next(
        self, wanted: Callable[[Parent], bool], most: int | None = None
    ) -> tuple[Parent, ...]:
        """Return the sells that are `wanted` next, or else the buys, once every sell is over.

        No more than `most` are asked for: an algorithm that is asked begins.
        """
        state = self._desk.state
        due: tuple[Parent, ...] = ()
        if state.wants(SELL):
            due = tuple(islice(filter(wanted, state.unfinished(SELL)), most))
        if not due and state.wants(BUY) and state.is_over(SELL):
            due = tuple(islice(filter(wanted, state.unfinished(BUY)), most))
        return due

    def _wants(self, parent: Parent, at: datetime) -> bool:
        """Say whether its algorithm wants to send; end it when the algorithm gives it up."""
        if not self._pace.is_due(parent, at):
            return False
        return self._pace.begins(parent, at) or self._answer(parent, {}, at) is not None

    def _answer(self, parent: Parent, quotes: Mapping[Symbol, Quote], at: datetime) -> Place | None:
        answer = self._pace.answer(parent, quotes, at)
        if isinstance(answer, Stop):
            leaves = parent.leaves
            done = DoneForDay(cl_ord_id=parent.name, leaves_qty=leaves, reason=answer.reason)
            self._desk.record(done, at)
        return answer if isinstance(answer, Place) else None

    def _asks(
        self, due: Iterable[Parent], quotes: Mapping[Symbol, Quote], at: datetime
    ) -> Iterator[Ask]:
        """Yield what the algorithms of the orders that are due want to send."""
        for parent in due:
            place = self._answer(parent, quotes, at)
            if place is not None:
                yield self._ask(parent, place)

    def _ask(self, parent: Parent, place: Place) -> Ask:
        planned, request = parent.planned, parent.planned.request()
        asked = place.quantity, place.price, place.time_in_force
        if parent.children or asked != (request.order_qty, request.price, request.time_in_force):
            request = _request(
                cl_ord_id=self._desk.state.plan.child_id(planned, len(parent.children)),
                symbol=planned.symbol,
                side=planned.side,
                order_qty=place.quantity,
                price=place.price,
                time_in_force=place.time_in_force,
            )
        return _asking(request=request, parent=parent, expire_time=place.expire_time)

    def _send(
        self, ask: Ask, approved: ApprovedOrder, quotes: Mapping[Symbol, Quote], at: datetime
    ) -> None:
        order, quote = approved.order, quotes.get(approved.order.symbol)
        mid = None if quote is None or ask.child is not None else quote.mid()
        self._desk.absences.pop(order.cl_ord_id, None)
        self._desk.record(_intended(order=order, expire_time=ask.expire_time, mid=mid), at)
        self._desk.ask(_submit(approved=approved))

    def _refused(self, ask: Ask, violation: Violation, at: datetime) -> None:
        name = ask.request.cl_ord_id
        if ask.child is not None:
            # The venue may have an earlier send: only its word on the id, or its silence, ends it.
            self._desk.absences.pop(name, None)
            self._desk.refusals[name] = self._desk.refusals.get(name, 0) + 1
            text = f"it is not sent again: {violation.sentence()}"
            self._desk.record(OutcomeUnknown(cl_ord_id=name, text=text), at)
        elif not self._pace.waits_out(ask.parent, violation, at):
            self._desk.record(OrderRefused(order=ask.request, violation=violation), at)

    def _is_behind(self, inputs: InputsArrived) -> bool:
        """Say whether a cut may be for want of knowledge.

        Where requests are rationed, the account may be read late, and hold what has been filled
        of orders that still count as open: then both are held against the limits.
        """
        if self._desk.settings.at_once is None:
            return False
        return inputs.account is None or bool(self._desk.state.in_flight())

    def _again(self, child: Child) -> Ask:
        return Ask(
            request=child.order.request,
            parent=self._desk.state.parent_of(child),
            expire_time=child.expire_time,
            child=child,
        )
