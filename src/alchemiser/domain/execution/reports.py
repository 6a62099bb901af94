"""What a venue's report on an order adds to what is known."""

from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.facts import ExecutionReported, Fact, FillAllocated
from alchemiser.domain.execution.state import Child
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.order import apply
from alchemiser.domain.values.errors import InvalidTransitionError


def told(child: Child, report: ExecutionReport) -> tuple[Fact, ...]:
    """Return the facts of one answer about `child`: none when `report` is known already.

    Raises:
        InvalidTransitionError: When the report is of another order, or contradicts what is known.
    """
    if report.cl_ord_id != child.name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {child.name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in child.order.exec_ids:
        return ()
    reported = ExecutionReported(report=report)
    after = apply(child.order, report)
    if after.done == child.order.done:
        return (reported,)
    # The books share what all children of an order have filled together.
    whole = child.parent.done()
    postings = share(
        report, child.parent.planned.claims, whole, whole - child.order.done + after.done
    )
    return (reported, FillAllocated(cl_ord_id=child.name, postings=postings))
