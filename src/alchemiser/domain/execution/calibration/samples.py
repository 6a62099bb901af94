"""What the record of one child says about the venue and about its step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.execution.facts import ExecutionReported, OrderIntended
from alchemiser.domain.execution.quality import TimedFact
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Child, Parent, Phase
from alchemiser.domain.orders.messages import ExecType, ExecutionReport, Side
from alchemiser.domain.orders.order import NOTHING
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import ZERO

PROMPT: Final = timedelta(minutes=1)
"""What fills later has met another quote than the one that its cost is measured against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Tell one prompt fill.

    Attributes:
        pressure: By what fraction what the child had taken with it moves the price where the
            coefficient of impact is one.
        cost: By what fraction of that mid it was worse; below zero is a gain.
        seconds: Since the venue's acknowledgement.
    """

    pressure: float
    cost: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSample:
    """Tell what became of one child.

    Attributes:
        asset_class: Of what it traded.
        algorithm: Of its parent.
        step: How many children its parent had had before it.
        across: Whether it went to the worst price of the plan, outside the closing auction.
        fill_rate: The fraction of it that filled, in [0, 1].
        increment: The price increment, a fraction of the mid.
        parts: Its prompt fills, oldest first.
        fill_seconds: From the acknowledgement to its last fill, or None without one.
        cost_onward: What it and all children after it cost against the mid at its send, a
            fraction; None without a fill.
        reach: How far beyond the mid of the decision its worst fill lay, a fraction of that;
            infinite when some of it was not filled, so that it would have had to go further.
    """

    asset_class: AssetClass
    algorithm: Algorithm
    step: int
    across: bool
    fill_rate: float
    increment: float
    parts: tuple[Part, ...]
    fill_seconds: float | None
    cost_onward: float | None
    reach: float


Completed = Callable[[Liquidity, Decimal], Liquidity]
"""Returns what is known of a market at a price, with what is assumed where it is not."""


def sampled(
    execution: ExecutionState,
    facts: Sequence[TimedFact],
    instruments: Mapping[Symbol, Instrument],
    completed: Completed,
) -> Iterator[ChildSample]:
    """Yield what became of each child of a plan that the venue took, and that is over.

    Fills that were taken back or corrected are left out. Liquidity is that of the plan, `completed`
    where the plan does not know it.
    """
    mids: dict[ClOrdId, Decimal] = {}
    told: dict[ClOrdId, list[ExecutionReport]] = {}
    for _, fact in facts:
        if isinstance(fact, OrderIntended) and fact.mid is not None:
            mids.setdefault(fact.order.cl_ord_id, fact.mid)
        elif isinstance(fact, ExecutionReported):
            told.setdefault(fact.report.cl_ord_id, []).append(fact.report)
    for parent in execution.parents.values():
        for step, child in enumerate(parent.children):
            mid = mids.get(child.name)
            if child.phase is Phase.DONE and mid is not None:
                instrument = instruments[child.symbol]
                liquidity = completed(parent.planned.liquidity, mid)
                yield _sample(parent, step, mid, told.get(child.name, []), instrument, liquidity)


def _sample(
    parent: Parent,
    step: int,
    mid: Decimal,
    reports: Sequence[ExecutionReport],
    instrument: Instrument,
    liquidity: Liquidity,
) -> ChildSample:
    child, planned = parent.children[step], parent.planned
    request = child.order.request
    fills = [
        report
        for report in reports
        if report.exec_type is ExecType.TRADE and report.exec_id not in child.order.void
    ]
    begun = next((one.transact_time for one in reports if one.exec_type is ExecType.NEW), None)
    return ChildSample(
        asset_class=instrument.asset_class,
        algorithm=planned.algorithm,
        step=step,
        across=request.price == planned.limit_price and not request.is_on_close(),
        fill_rate=float(child.order.cum_qty / request.order_qty),
        increment=float(instrument.price_increment / mid),
        parts=() if begun is None else tuple(_parts(fills, child.side, mid, begun, liquidity)),
        fill_seconds=_seconds(begun, fills[-1].transact_time) if begun and fills else None,
        cost_onward=_onward(parent, step, mid),
        reach=_reach(child, fills, planned.reference_price),
    )


def _parts(
    fills: Sequence[ExecutionReport],
    side: Side,
    mid: Decimal,
    begun: datetime,
    liquidity: Liquidity,
) -> Iterator[Part]:
    taken = ZERO
    for fill in fills:
        taken += fill.last_qty
        if fill.transact_time - begun < PROMPT:
            yield Part(
                pressure=float(liquidity.impact(taken) or ZERO),
                cost=_worse(side, fill.last_px, mid),
                seconds=_seconds(begun, fill.transact_time),
            )


def _onward(parent: Parent, step: int, mid: Decimal) -> float | None:
    done = sum((child.order.done for child in parent.children[step:]), NOTHING)
    paid = done.avg_px()
    return None if paid is None else _worse(parent.planned.side, paid, mid)


def _reach(child: Child, fills: Sequence[ExecutionReport], decided: Decimal) -> float:
    if not fills or child.order.cum_qty < child.order.request.order_qty:
        return float("inf")
    return max(_worse(child.side, fill.last_px, decided) for fill in fills)


def _worse(side: Side, paid: Decimal, against: Decimal) -> float:
    return float(side.sign() * (paid - against) / against)


def _seconds(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds()
