"""Order by order: what was planned and did not fill, why, and what that changes."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from alchemiser.application.parity.executed import Way
from alchemiser.application.parity.report import LackLine, OrderLine
from alchemiser.domain.parity.model import Model
from alchemiser.domain.parity.worlds import Marks, filled, worth
from alchemiser.domain.values.numbers import ZERO, cents


def order_lines(ways: Iterable[Way], model: Model, marks: Marks) -> Iterator[OrderLine]:
    """Yield the orders of `ways` that did not get all of their shares.

    Args:
        ways: What became of each order of a plan.
        model: How orders fill at the prices of the record.
        marks: What a share is worth at the next decision, dollars.
    """
    for way in ways:
        if way.lacks:
            lines = tuple(_lines(way, model, marks))
            yield OrderLine(order=way.order, filled=way.filled(), lacks=lines)


def _lines(way: Way, model: Model, marks: Marks) -> Iterator[LackLine]:
    before = _worth(way, 0, model, marks)
    for number, lack in enumerate(way.lacks, start=1):
        after = _worth(way, number, model, marks)
        yield LackLine(lack=lack, dollars=cents(after - before))
        before = after


def _worth(way: Way, gone: int, model: Model, marks: Marks) -> Decimal:
    """Return what the order would be worth without the first `gone` of its lacks."""
    shares = {way.order.cl_ord_id: way.after(way.lacks[:gone])}
    return sum(worth(filled((way.order,), shares, model), marks).values(), ZERO)
