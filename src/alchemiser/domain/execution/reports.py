"""What a venue's report on an order adds to what is known."""

from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.facts import ExecutionReported, Fact, FillAllocated
from alchemiser.domain.execution.state import Work
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.orders.order import apply
from alchemiser.domain.values.errors import InvalidTransitionError


def told(work: Work, report: ExecutionReport) -> tuple[Fact, ...]:
    """Return the facts of one answer about `work`: none when `report` is known already.

    Raises:
        InvalidTransitionError: When the order was never sent, the report is of another one, or
            contradicts what is known.
    """
    name = work.planned.cl_ord_id
    if work.order is None or report.cl_ord_id != name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in work.order.exec_ids:
        return ()
    reported = ExecutionReported(report=report)
    after = apply(work.order, report)
    if after.done == work.order.done:
        return (reported,)
    postings = share(report, work.planned.claims, work.order.done, after.done)
    return (reported, FillAllocated(cl_ord_id=name, postings=postings))
