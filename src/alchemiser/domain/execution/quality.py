"""How well orders were worked: what they cost against two prices, how fast, and how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median

from alchemiser.domain.execution.facts import ExecutionReported, Fact, OrderIntended
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Parent
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import BASIS_POINT, CENT, ZERO

TimedFact = tuple[datetime, Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuality:
    """Tell how one order of a plan was worked.

    Attributes:
        session: In which session.
        cl_ord_id: Which order, by its id in the plan.
        symbol: What was traded.
        side: On which side.
        algorithm: How.
        quantity: Shares planned.
        filled: Shares filled.
        children: Orders sent for it.
        decision_price: The mid on which it was decided, dollars.
        arrival_price: The mid when its first child was sent, dollars, or None before that.
        avg_px: Dollars a share, or None without a fill.
        commission: Dollars.
        decision_slippage: Basis points paid more, or got less, than at the decision price; below
            zero is a gain; None without a fill.
        arrival_slippage: The same against the arrival price.
        acknowledge_seconds: From the first send to the venue's first word, or None.
        fill_seconds: From that word to the last fill, or None without a fill.
    """

    session: date
    cl_ord_id: ClOrdId
    symbol: Symbol
    side: Side
    algorithm: Algorithm
    quantity: Decimal
    filled: Decimal
    children: int
    decision_price: Decimal
    arrival_price: Decimal | None
    avg_px: Decimal | None
    commission: Decimal
    decision_slippage: Decimal | None
    arrival_slippage: Decimal | None
    acknowledge_seconds: float | None
    fill_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmQuality:
    """Sum up the orders that one algorithm has worked; fields as of `OrderQuality`.

    Attributes:
        algorithm: Which one.
        orders: How many orders.
        fill_rate: Shares filled of those planned, each order by its dollars, from 0 to 1.
        arrival_slippage: Mean over the dollars filled, basis points, or None without a fill.
        acknowledge_seconds: The median, or None.
        fill_seconds: The median, or None.
    """

    algorithm: Algorithm
    orders: int
    fill_rate: Decimal
    arrival_slippage: Decimal | None
    acknowledge_seconds: float | None
    fill_seconds: float | None


def measured(execution: ExecutionState, facts: Sequence[TimedFact]) -> tuple[OrderQuality, ...]:
    """Return how each order of a plan was worked, from its state and the facts behind it.

    Slippage against the decision price is the implementation shortfall of what was filled
    (Perold, 1988, The Implementation Shortfall: Paper versus Reality).
    """
    own: dict[ClOrdId, list[TimedFact]] = {name: [] for name in execution.parents}
    for at, fact in facts:
        if isinstance(fact, OrderIntended):
            own[execution.children[fact.order.cl_ord_id].planned.cl_ord_id].append((at, fact))
        elif isinstance(fact, ExecutionReported):
            own[execution.children[fact.report.cl_ord_id].planned.cl_ord_id].append((at, fact))
    session = execution.plan.session
    return tuple(_of(session, parent, own[name]) for name, parent in execution.parents.items())


def summed_up(orders: Iterable[OrderQuality]) -> tuple[AlgorithmQuality, ...]:
    """Return the same by algorithm, in the order of their names; unused ones are left out."""
    by_algorithm: dict[Algorithm, list[OrderQuality]] = {}
    for order in orders:
        by_algorithm.setdefault(order.algorithm, []).append(order)
    return tuple(_sum(name, by_algorithm[name]) for name in sorted(by_algorithm))


def slippage(side: Side, paid: Decimal | None, against: Decimal | None) -> Decimal | None:
    """Return by how many basis points of `against` a price is worse, to a hundredth of one."""
    if paid is None or against is None:
        return None
    return _hundredths(side.sign() * (paid - against) / against / BASIS_POINT)


def _of(session: date, parent: Parent, facts: Sequence[TimedFact]) -> OrderQuality:
    planned, done = parent.planned, parent.done()
    sent = [(at, fact.mid) for at, fact in facts if isinstance(fact, OrderIntended)]
    heard = [(at, fact.report) for at, fact in facts if isinstance(fact, ExecutionReported)]
    arrival = sent[0][1] if sent else None
    avg_px = done.avg_px()
    filled = [at for at, report in heard if report.last_qty]
    return OrderQuality(
        session=session,
        cl_ord_id=parent.name,
        symbol=planned.symbol,
        side=planned.side,
        algorithm=planned.algorithm,
        quantity=planned.quantity,
        filled=done.quantity,
        children=len(parent.children),
        decision_price=planned.reference_price,
        arrival_price=arrival,
        avg_px=avg_px,
        commission=done.commission,
        decision_slippage=slippage(planned.side, avg_px, planned.reference_price),
        arrival_slippage=slippage(planned.side, avg_px, arrival),
        acknowledge_seconds=_seconds(sent[0][0], heard[0][0]) if heard else None,
        fill_seconds=_seconds(heard[0][0], filled[-1]) if filled else None,
    )


def _sum(algorithm: Algorithm, orders: Sequence[OrderQuality]) -> AlgorithmQuality:
    asked = sum((order.quantity * order.decision_price for order in orders), ZERO)
    got = sum((order.filled * order.decision_price for order in orders), ZERO)
    weighted = [
        (order.arrival_slippage, order.filled * order.decision_price)
        for order in orders
        if order.arrival_slippage is not None
    ]
    whole = sum((dollars for _, dollars in weighted), ZERO)
    cost = sum((points * dollars for points, dollars in weighted), ZERO)
    return AlgorithmQuality(
        algorithm=algorithm,
        orders=len(orders),
        fill_rate=(got / asked).quantize(BASIS_POINT, rounding=ROUND_HALF_EVEN),
        arrival_slippage=_hundredths(cost / whole) if whole else None,
        acknowledge_seconds=_median(order.acknowledge_seconds for order in orders),
        fill_seconds=_median(order.fill_seconds for order in orders),
    )


def _hundredths(points: Decimal) -> Decimal:
    return points.quantize(CENT, rounding=ROUND_HALF_EVEN)


def _seconds(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds()


def _median(seconds: Iterable[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return median(known) if known else None
