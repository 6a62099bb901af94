"""What a venue's report on an order adds to what is known."""

from collections.abc import Iterator
from typing import Final

from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.facts import ExecutionReported, Fact, FillAllocated
from alchemiser.domain.execution.work import Child, Parent
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker

_reported: Final = maker(ExecutionReported)
_allocated: Final = maker(FillAllocated)


def told(child: Child, parent: Parent, report: ExecutionReport) -> Iterator[Fact]:
    """Yield the facts of one answer about `child`: none when `report` is known already.

    Each has to become true before the next is asked for: what the books share is what the report
    has made of the order.

    Raises:
        InvalidTransitionError: When the report is of another order.
    """
    name, order = child.name, child.order
    if report.cl_ord_id != name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in order.exec_ids:
        return
    before, filled = parent.done(), order.done
    yield _reported(report=report)
    if child.order.done is filled or child.order.done == filled:
        return
    # The books share what all children of an order have filled together.
    postings = share(report, parent.planned.claims, before, parent.done())
    yield _allocated(cl_ord_id=name, postings=postings)
