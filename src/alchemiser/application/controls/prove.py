"""Prove the controls: each gate refuses what breaks one, under the owner's own limits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from alchemiser.application.controls.bench import (
    A_FEW,
    BROAD,
    OF_CLASS,
    Afternoon,
    an_order,
    holding,
)
from alchemiser.application.controls.plans import OFFSET, Assess, plan_attempts
from alchemiser.application.controls.switches import all_set, unset
from alchemiser.application.controls.trips import (
    STRATEGY,
    USUAL_BREAKERS,
    TripAttempt,
    Watch,
    quiet_readings,
    trip_attempts,
    unset_breakers,
)
from alchemiser.application.controls.violations import attempts
from alchemiser.application.controls.wishes import a_wish
from alchemiser.application.controls.work import AT_WORK, at_work
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.breakers import Action, BreakerLimits, Latch, Trip
from alchemiser.domain.risk.catalogue import CONTROLS
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.portfolio import assess_portfolio
from alchemiser.domain.risk.watch import trips
from alchemiser.domain.values.numbers import plain

Gate = Callable[[NewOrderSingle, RiskContext], ApprovedOrder | Violation]
APPROVED: Final = "approved"
NOT_TRIPPED: Final = "not tripped"
NOT_SET: Final = "not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Tell what became of an order that breaks one control.

    Attributes:
        id: The control's stable name, and the case where it has several.
        proved: Whether it was refused for exactly this.
        order: The order in words, or what trips a breaker.
        code: What the refusal carried, or `approved`; of a breaker its name, or `not tripped`.
        observed: What was found, in the control's unit.
        limit: What would have passed; of a breaker the threshold.
    """

    id: str
    proved: bool
    order: str
    code: str
    observed: str
    limit: str


def prove(
    limits: RiskLimits,
    breakers: BreakerLimits = USUAL_BREAKERS,
    *,
    gate: Gate = approve,
    assess: Assess = assess_portfolio,
    watch: Watch = trips,
) -> tuple[Proof, ...]:
    """Return one proof a case; nothing is sent anywhere.

    A limit that the owner has not set is proved with one made up for the purpose, and so is a
    breaker that is off.

    Args:
        limits: The owner's.
        breakers: The owner's, too.
        gate: What stands between an order and the broker.
        assess: What stands between the books' wishes and the plan.
        watch: What stops trading by itself.
    """
    owners, afternoon = Afternoon(limits), Afternoon(all_set(limits))
    return (
        *(_sound(owners, side, gate) for side in Side),
        _sound_plan(owners, assess),
        _sound_readings(breakers, watch),
        *_orders(afternoon, gate, unset(limits)),
        *_plans(afternoon, assess, unset(limits)),
        *_breakers(breakers, watch, gate, afternoon.context()),
    )


def controls_without_proof(proofs: tuple[Proof, ...]) -> tuple[RiskCode, ...]:
    """Return the controls that no order has tried in the last gate, or at work."""
    tried = {proof.id.partition(".")[0] for proof in proofs}
    return tuple(one.code for one in CONTROLS if one.code not in tried)


def _orders(afternoon: Afternoon, gate: Gate, off: frozenset[RiskCode]) -> Iterator[Proof]:
    for one in attempts(afternoon):
        found = _proof(one.id, _told(one.order), gate(one.order, one.context), one.code)
        yield _marked(found, off=one.code in off)
    for name, code, event in AT_WORK:
        yield _proof(name, "plan at work", at_work(afternoon, event), code)


def _plans(afternoon: Afternoon, assess: Assess, off: frozenset[RiskCode]) -> Iterator[Proof]:
    for one in plan_attempts(afternoon):
        side = Side.BUY if one.intent.buy else Side.SELL
        words = f"plan to {side} {plain(one.intent.quantity())} {one.intent.symbol}"
        found = _proof(one.id, words, one.answer(assess), one.code)
        yield _marked(found, off=one.code in off)


def _breakers(
    limits: BreakerLimits, watch: Watch, gate: Gate, context: RiskContext
) -> Iterator[Proof]:
    off = unset_breakers(limits)
    for one in trip_attempts(limits):
        trip = one.answer(watch)
        stopped = trip is not None and _stops(trip, gate, context)
        yield _marked(_tripped(one, trip, proved=stopped), off=one.code in off)


def _stops(trip: Trip, gate: Gate, context: RiskContext) -> bool:
    """Say whether nothing is bought any more: by anybody, or for the strategy concerned."""
    latch = Latch()
    latch.add(trip)
    if trip.action is Action.DISABLE:
        return STRATEGY in latch.disabled()
    answer = gate(an_order(BROAD), replace(context, state=latch.state()))
    return isinstance(answer, Violation) and answer.code is RiskCode.TRADING_STATE


def _tripped(one: TripAttempt, trip: Trip | None, *, proved: bool) -> Proof:
    if trip is None:
        return _nothing(one.id, one.told, NOT_TRIPPED)
    return Proof(
        id=one.id,
        proved=proved,
        order=one.told,
        code=trip.code,
        observed=trip.observed,
        limit=trip.limit,
    )


def _sound(afternoon: Afternoon, side: Side, gate: Gate) -> Proof:
    """Prove that an order without fault passes: else refusals would prove nothing."""
    name = next(iter(OF_CLASS.values()))
    order, context = an_order(name, A_FEW, side=side), afternoon.context()
    answer = gate(order, holding(context, name) if side is Side.SELL else context)
    found = _proof(f"sound_{side}", _told(order), answer, None)
    return replace(found, proved=isinstance(answer, ApprovedOrder))


def _sound_plan(afternoon: Afternoon, assess: Assess) -> Proof:
    """Prove that a plan without fault passes uncut."""
    wish = a_wish(BROAD, A_FEW)
    found = assess((wish,), afternoon.context(), OFFSET)
    words = f"plan to buy {plain(wish.quantity())} {wish.symbol}"
    codes = ", ".join([*(one.code for one in found.refused), *(one.code for one in found.limited)])
    answer = _nothing("sound_plan", words, codes or APPROVED)
    return replace(answer, proved=found.net == (wish,))


def _sound_readings(limits: BreakerLimits, watch: Watch) -> Proof:
    """Prove that nothing trips while nothing is wrong."""
    found = watch(limits, quiet_readings())
    codes = ", ".join(trip.code for trip in found)
    answer = _nothing("sound_readings", "nothing is lost and nothing fails", codes or NOT_TRIPPED)
    return replace(answer, proved=not found)


def _told(order: NewOrderSingle) -> str:
    return f"{order.side} {plain(order.order_qty)} {order.symbol} at {plain(order.price)}"


def _proof(
    name: str, words: str, answer: ApprovedOrder | Violation | None, code: RiskCode | None
) -> Proof:
    if not isinstance(answer, Violation):
        return _nothing(name, words, APPROVED)
    return Proof(
        id=name,
        proved=answer.code is code,
        order=words,
        code=answer.code,
        observed=answer.observed,
        limit=answer.limit,
    )


def _nothing(name: str, words: str, code: str) -> Proof:
    return Proof(id=name, proved=False, order=words, code=code, observed="", limit="")


def _marked(proof: Proof, *, off: bool) -> Proof:
    return replace(proof, limit=f"{proof.limit}, {NOT_SET}") if off else proof
