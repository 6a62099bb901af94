"""The laws that every case is held to, and a count of the limits that bound."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.in_force import in_force
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.portfolio import PortfolioAssessment, assess_portfolio
from tests.risk.drafts import slot
from tests.risk.faults import faults
from tests.risk.truth import Figures, Truth
from tests.risk.worlds import World

ZERO = Decimal(0)
PARTS = (ZERO, Decimal("0.4"), Decimal(1))
MEASURES = frozenset({
    RiskCode.MAX_NET_EXPOSURE,
    RiskCode.MAX_VAR,
    RiskCode.MAX_EXPECTED_SHORTFALL,
})


@dataclass
class Tally:
    """Count what the cases came to.

    Attributes:
        bound: Cases in which a limit was the binding one, by code: a wish was cut to it, or a
            refusal named it first.
        approved: Orders approved by side.
    """

    bound: Counter[RiskCode] = field(default_factory=Counter)
    approved: Counter[Side] = field(default_factory=Counter)


def hold_to_the_laws(world: World, tally: Tally) -> Truth:
    """Check case `world` by every law; return the account once its plan was worked."""
    truth, bound = Truth(world.context), set[RiskCode]()
    for order in world.raw:
        bound |= _gated(order, world.context, truth, tally)
    if world.priced():
        assessment = assess_portfolio(world.net, world.context, world.offset)
        bound |= _never_enlarges(world, assessment)
        _is_idempotent(world, assessment)
        bound |= _worked(truth, world, assessment, tally)
    tally.bound.update(bound)
    return truth


def _gated(
    order: NewOrderSingle, context: RiskContext, truth: Truth, tally: Tally
) -> set[RiskCode]:
    """Check that the last gate refuses if, and only if, there is a reason; return its code."""
    verdict = approve(order, context)
    rules = in_force(context.limits, order.side)
    assert approve(order, context, rules) == verdict
    assert room_for(order, context, rules) == room_for(order, context)
    if isinstance(verdict, Violation):
        possible = faults(order, truth, margin=-1)
        assert verdict.code in possible, (order, verdict, set(faults(order, truth, margin=-1)))
        return {verdict.code}
    surely = set(faults(order, truth))
    assert surely == set(), (order, surely)
    tally.approved[order.side] += 1
    return set()


def _never_enlarges(world: World, assessment: PortfolioAssessment) -> set[RiskCode]:
    """Check what the first gate did to each intent; return the limits that bound."""
    wanted = {intent.symbol: intent for intent in world.net}
    if assessment.refused:
        assert assessment.net == ()
        return {assessment.refused[0].code}
    for intent in assessment.net:
        whole = wanted[intent.symbol]
        assert intent.buy is whole.buy
        assert ZERO < intent.quantity() <= whole.quantity()
        claims = dict(whole.claims)
        assert all(ZERO < part <= claims[book] for book, part in intent.claims)
        step = world.context.instruments[intent.symbol].quantity_increment
        assert not intent.quantity() % step
    kept = {intent.symbol: intent.quantity() for intent in assessment.net}
    for row in assessment.limited:
        assert ZERO <= kept.get(row.symbol, ZERO) <= row.allowed < row.wanted
    smaller = {n for n, intent in wanted.items() if kept.get(n, ZERO) < intent.quantity()}
    assert smaller == {row.symbol for row in assessment.limited}
    return {row.code for row in assessment.limited}


def _is_idempotent(world: World, assessment: PortfolioAssessment) -> None:
    """Check that what is left passes again untouched: nothing is limited any more.

    Where nothing was cut the second question would be the first one over again.
    """
    if not assessment.refused and assessment.net != world.net:
        again = assess_portfolio(assessment.net, world.context, world.offset)
        assert again == PortfolioAssessment(net=assessment.net)


def _worked(
    truth: Truth, world: World, assessment: PortfolioAssessment, tally: Tally
) -> set[RiskCode]:
    """Work what is left of the plan, sells first, on the account `truth`; return what bound.

    Each order is fitted and gated as the release does it.
    """
    bound = set[RiskCode]()
    faithful = world.draws.chance(0.6)
    for side in (Side.SELL, Side.BUY):
        rows = [intent for intent in assessment.net if intent.buy is (side is Side.BUY)]
        truth.acknowledge()
        context, start, released = truth.told(), truth.figures(), list[NewOrderSingle]()
        wishes = [_order(intent, world) for intent in rows]
        cost = sum((_worst_cost(one, truth) for one in wishes), ZERO)
        for wish in wishes:
            order, code = _fitted(wish, context.less_equity(cost))
            bound |= {code} if code else set()
            if order is None:
                continue
            refused = _gated(order, context, truth, tally)
            bound |= refused
            if not refused:
                context = context.with_order(order)
                truth.accept(order)
                released.append(order)
        _filled(released, truth, world, faithful=faithful)
        if side is Side.BUY:
            _stays_within(start, truth.figures(), faithful=faithful)
    return bound


def _order(intent: NetIntent, world: World) -> NewOrderSingle:
    context, name = world.context, intent.symbol
    side = Side.BUY if intent.buy else Side.SELL
    day = context.session.day if context.session else context.now.date()
    return NewOrderSingle(
        cl_ord_id=slot(day, name, buy=intent.buy),
        symbol=name,
        side=side,
        order_qty=intent.quantity(),
        price=limit_price(side, context.quotes[name], context.instruments[name], world.offset),
    )


def _worst_cost(order: NewOrderSingle, truth: Truth) -> Decimal:
    """Return what a buy at its limit takes from equity."""
    if order.side is Side.SELL or order.symbol not in truth.marks:
        return ZERO
    return order.order_qty * max(order.price - truth.marks[order.symbol], ZERO)


def _fitted(
    order: NewOrderSingle, context: RiskContext
) -> tuple[NewOrderSingle | None, RiskCode | None]:
    """Return `order` as the release fits it into what is left of the limits, None if nothing is."""
    quantity, code = room_for(order, context)
    assert ZERO <= quantity <= order.order_qty
    assert (code is None) is (quantity == order.order_qty)
    step = context.instruments[order.symbol].quantity_increment
    assert not quantity % step
    if not quantity:
        assert isinstance(approve(order, context), Violation)
        return None, code
    return replace(order, order_qty=quantity), code


def _filled(orders: list[NewOrderSingle], truth: Truth, world: World, *, faithful: bool) -> None:
    """Fill `orders` at their limits: all of them, or as chance has it."""
    held = dict(truth.held)
    for order in orders:
        part = Decimal(1) if faithful else world.draws.one_of(PARTS)
        step = world.context.instruments[order.symbol].quantity_increment
        filled = (order.order_qty * part / step).to_integral_value("ROUND_DOWN") * step
        truth.end(order.cl_ord_id, filled)
        if order.side is Side.SELL:
            assert ZERO <= truth.held.get(order.symbol, ZERO) <= held[order.symbol]


def _stays_within(start: Figures, after: Figures, *, faithful: bool) -> None:
    """Check that what buys took more of than at `start` is within its limit once they filled.

    Equity is then less what the fills cost. Measures of the whole count what is on order as held:
    where not all of it fills, only sums are sure not to grow.
    """
    newly = {
        key: (start.get(key), figure)
        for key, figure in after.items()
        if not figure.within()
        and (key not in start or (start[key].within() and figure.used > start[key].used))
        and (faithful or key[0] not in MEASURES)
    }
    assert newly == {}, newly
