"""What a venue's report on an order adds to what is known."""

from collections.abc import Iterator

from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.facts import ExecutionReported, Fact, FillAllocated
from alchemiser.domain.execution.work import Child
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import InvalidTransitionError


def told(child: Child, report: ExecutionReport) -> Iterator[Fact]:
    """Yield the facts of one answer about `child`: none when `report` is known already.

    Each has to become true before the next is asked for: what the books share is what the report
    has made of the order.

    Raises:
        InvalidTransitionError: When the report is of another order.
    """
    if report.cl_ord_id != child.name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {child.name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in child.order.exec_ids:
        return
    before, order = child.parent.done(), child.order
    yield ExecutionReported(report=report)
    if child.order.done == order.done:
        return
    # The books share what all children of an order have filled together.
    claims = child.parent.planned.claims
    postings = share(report, claims, before, child.parent.done())
    yield FillAllocated(cl_ord_id=child.name, postings=postings)
