"""What became of a recorded plan: the worlds from the plan to what was booked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.application.parity.shadow import Told
from alchemiser.domain.books.history import Entry
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.execution import facts
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.lacking import Lack, lacking
from alchemiser.domain.parity.model import Model
from alchemiser.domain.parity.worlds import (
    Move,
    World,
    crossed,
    filled,
    moved,
    wanted,
)
from alchemiser.domain.values.identifiers import BookId, ClOrdId
from alchemiser.domain.values.numbers import ZERO

Steps = tuple[tuple[Component, World], ...]


def planned(told: Told) -> World:
    """Return the moves of a decision whose orders all fill as the model says."""
    return () if told.plan is None else _whole(told.plan, told.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Hold how an order of the plan came to what filled of it.

    Attributes:
        order: Which one.
        lacks: What it did not get, in the order of the chain.
        shares: What filled, by book, without sign.
    """

    order: PlannedOrder
    lacks: tuple[Lack, ...]
    shares: Mapping[BookId, Decimal]

    def filled(self) -> Decimal:
        """Return the shares that filled."""
        return sum(self.shares.values(), ZERO)

    def after(self, lacks: Iterable[Lack]) -> Mapping[BookId, Decimal]:
        """Return the shares by book that are left of the plan without those of `lacks`."""
        left = self.order.quantity - sum((one.quantity for one in lacks), ZERO)
        return self.shares if left == self.filled() else wanted(self.order, left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Hold what became of the plan of one session.

    Attributes:
        cycle: What the records say of the session, or None.
        own: Postings of the plan's orders from its decision to the next one.
        others: The other postings in that time.
        ways: The way of each order, in the plan's order.
    """

    cycle: CycleState | None
    own: tuple[Entry, ...]
    others: tuple[Entry, ...]
    ways: tuple[Way, ...]


def execution_of(cycle: CycleState | None, entries: Sequence[Entry]) -> Execution:
    """Return what became of the plan of `cycle`, which has the postings `entries`."""
    plan = None if cycle is None else cycle.plan
    names = frozenset(() if plan is None else (order.cl_ord_id for order in plan.orders))
    own = tuple(one for one in entries if one.order in names)
    return Execution(
        cycle=cycle,
        own=own,
        others=tuple(one for one in entries if one.order not in names),
        ways=() if cycle is None or plan is None else tuple(_ways(plan, cycle, own)),
    )


def _ways(plan: OrderPlan, cycle: CycleState, own: Iterable[Entry]) -> Iterator[Way]:
    shares = _filled_shares(own)
    told: dict[ClOrdId, list[facts.Fact]] = {}
    for _, fact in cycle.facts:
        told.setdefault(_parent(fact, plan, cycle), []).append(fact)
    for order in plan.orders:
        parts = shares.get(order.cl_ord_id, {})
        lacks = lacking(order, sum(parts.values(), ZERO), told.get(order.cl_ord_id, ()))
        yield Way(order=order, lacks=lacks, shares=parts)


def executed(execution: Execution, model: Model) -> Steps:
    """Return the worlds from the recorded plan to what was booked, each with its component.

    Args:
        execution: What became of the plan.
        model: How orders fill at the prices of the record.
    """
    cycle, own, ways = execution.cycle, execution.own, execution.ways
    if cycle is None or cycle.plan is None:
        return _steps([()] * 7)
    plan = cycle.plan
    between = crossed(plan.crossings)
    less = {one: _left(ways, one, model) for one in (Component.REFUSALS, Component.UNFILLED)}
    as_modelled = (*between, *_left(ways, Component.PARTIALS, model))
    fees = tuple(move for move in as_modelled if move.symbol is None)
    trades = (*between, *_at_fill_prices(own, cycle))
    booked_fees = moved(entry.posting for entry in own if entry.posting.kind is PostingKind.FEE)
    booked = moved(entry.posting for entry in own)
    return _steps([
        _whole(plan, model),
        (*between, *less[Component.REFUSALS]),
        (*between, *less[Component.UNFILLED]),
        as_modelled,
        (*trades, *fees),
        (*trades, *booked_fees),
        (*between, *booked),
    ])


def _left(ways: Iterable[Way], through: Component, model: Model) -> World:
    """Return what orders come to without what they lack up to the component `through`."""
    steps = (Component.REFUSALS, Component.UNFILLED, Component.PARTIALS)
    gone = steps[: steps.index(through) + 1]
    shares = {
        way.order.cl_ord_id: way.shares
        if through is steps[-1]
        else way.after(one for one in way.lacks if one.cause.component() in gone)
        for way in ways
    }
    return filled((way.order for way in ways), shares, model)


def _steps(worlds: Sequence[World]) -> Steps:
    names = (
        Component.CONFIGURATION,
        Component.REFUSALS,
        Component.UNFILLED,
        Component.PARTIALS,
        Component.SLIPPAGE,
        Component.FEES,
        Component.ROUNDING,
    )
    return tuple(zip(names, worlds, strict=True))


def _whole(plan: OrderPlan, model: Model) -> World:
    shares = {order.cl_ord_id: dict(order.claims) for order in plan.orders}
    return (*crossed(plan.crossings), *filled(plan.orders, shares, model))


def _filled_shares(own: Iterable[Entry]) -> dict[ClOrdId, dict[BookId, Decimal]]:
    """Return the shares of each order that stand by book, without sign; none where none do."""
    shares: dict[ClOrdId, dict[BookId, Decimal]] = {}
    for entry in own:
        posting = entry.posting
        if entry.order is not None and posting.quantity:
            parts = shares.setdefault(entry.order, {})
            parts[posting.book] = parts.get(posting.book, ZERO) + posting.quantity
    return {
        order: {book: abs(part) for book, part in parts.items()} for order, parts in shares.items()
    }


def _parent(fact: facts.Fact, plan: OrderPlan, cycle: CycleState) -> ClOrdId:
    """Return the order of the plan that `fact` is about."""
    match fact:
        case facts.OrderIntended(order=order) | facts.OrderRefused(order=order):
            # One that was refused was never intended, so that nothing says what it was sent for.
            found = plan.slots.get((order.symbol, order.side))
            return order.cl_ord_id if found is None else found.cl_ord_id
        case facts.ExecutionReported(report=report):
            name = report.cl_ord_id
        case _:
            name = fact.cl_ord_id
    return cycle.parents.get(name, name)


def _at_fill_prices(own: Iterable[Entry], cycle: CycleState) -> Iterator[Move]:
    """Yield the trades at shares times price; as booked, where a fill was taken back or mended."""
    prices = {
        str(fact.report.exec_id): fact.report.last_px
        for _, fact in cycle.facts
        if isinstance(fact, facts.ExecutionReported) and fact.report.exec_type is ExecType.TRADE
    }
    mended = {name for name in prices if name in cycle.void}
    for entry in own:
        posting = entry.posting
        if posting.symbol is None:
            continue
        price = None if posting.reference in mended else prices.get(posting.reference)
        cash = posting.cash if price is None else -posting.quantity * price
        yield Move(book=posting.book, cash=cash, symbol=posting.symbol, quantity=posting.quantity)
