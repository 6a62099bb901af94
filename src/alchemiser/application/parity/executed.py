"""What became of a recorded plan: the worlds from the plan to what was booked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from alchemiser.application.parity.shadow import Told
from alchemiser.domain.books.history import Entry
from alchemiser.domain.books.ledger import PostingKind
from alchemiser.domain.execution import facts
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.parity.components import Component
from alchemiser.domain.parity.worlds import (
    Model,
    Move,
    World,
    crossed,
    filled,
    moved,
    wanted,
)
from alchemiser.domain.values.identifiers import BookId, ClOrdId
from alchemiser.domain.values.numbers import ZERO

Shares = Mapping[ClOrdId, Mapping[BookId, Decimal]]
Steps = tuple[tuple[Component, World], ...]


def planned(told: Told) -> World:
    """Return the moves of a decision whose orders all fill as the model says."""
    return () if told.plan is None else _whole(told.plan, told.model)


def executed(cycle: CycleState | None, entries: Sequence[Entry], model: Model) -> Steps:
    """Return the worlds from the recorded plan to what was booked, each with its component.

    Args:
        cycle: What the records say of the session, or None.
        entries: Postings from its decision to the next one.
        model: How orders fill at the prices of the record.
    """
    plan = None if cycle is None else cycle.plan
    if cycle is None or plan is None:
        return _steps([()] * 6)
    own = [entry for entry in entries if is_own(entry, plan)]
    shares = _filled_shares(own)
    kept = {
        order.cl_ord_id: wanted(order, order.quantity - refused)
        for order, refused in _refused(plan, cycle, shares)
    }
    between = crossed(plan.crossings)
    as_modelled = (*between, *filled(_traded(plan, shares), shares, model))
    fees = tuple(move for move in as_modelled if move.symbol is None)
    trades = (*between, *_at_fill_prices(own, cycle))
    booked_fees = moved(entry.posting for entry in own if entry.posting.kind is PostingKind.FEE)
    booked = moved(entry.posting for entry in own)
    return _steps([
        _whole(plan, model),
        (*between, *filled(plan.orders, kept, model)),
        as_modelled,
        (*trades, *fees),
        (*trades, *booked_fees),
        (*between, *booked),
    ])


def is_own(entry: Entry, plan: OrderPlan | None) -> bool:
    """Say whether an entry is of an order of `plan`."""
    return plan is not None and entry.order in {order.cl_ord_id for order in plan.orders}


def _steps(worlds: Sequence[World]) -> Steps:
    names = (
        Component.CONFIGURATION,
        Component.REFUSALS,
        Component.UNFILLED,
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


def _traded(plan: OrderPlan, shares: Shares) -> Iterator[PlannedOrder]:
    return (order for order in plan.orders if order.cl_ord_id in shares)


def _refused(
    plan: OrderPlan, cycle: CycleState, shares: Shares
) -> Iterator[tuple[PlannedOrder, Decimal]]:
    """Yield each order with how many of its shares gates and venue refused, of those not filled."""
    for order in plan.orders:
        done = sum(shares.get(order.cl_ord_id, {}).values(), ZERO)
        left = max(order.quantity - done, ZERO)
        yield order, min(left, sum(_turned_down(order, left, cycle), ZERO))


def _turned_down(order: PlannedOrder, left: Decimal, cycle: CycleState) -> Iterator[Decimal]:
    for _, fact in cycle.facts:
        match fact:
            case facts.OrderReduced() if fact.cl_ord_id == order.cl_ord_id:
                yield fact.planned - fact.released
            case facts.OrderRefused() if _parent(fact.order.cl_ord_id, cycle) == order.cl_ord_id:
                yield left
            case facts.OrderRejected() if _parent(fact.cl_ord_id, cycle) == order.cl_ord_id:
                yield left
            case _:
                pass


def _parent(name: ClOrdId, cycle: CycleState) -> ClOrdId:
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
