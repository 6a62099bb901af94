"""What a venue's report on an order adds to what is known."""

from alchemiser.domain.books.sharing import share_fill
from alchemiser.domain.execution.facts import ExecutionReported, Fact, FillAllocated
from alchemiser.domain.execution.state import Work
from alchemiser.domain.orders.messages import ExecType, ExecutionReport
from alchemiser.domain.values.errors import InvalidTransitionError


def told(work: Work, report: ExecutionReport) -> tuple[Fact, ...]:
    """Return the facts of one answer about `work`: none when `report` is known already.

    Raises:
        InvalidTransitionError: When the order was never sent, or the report is of another one.
    """
    name = work.planned.cl_ord_id
    if work.order is None or report.cl_ord_id != name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in work.order.exec_ids:
        return ()
    reported = ExecutionReported(report=report)
    if report.exec_type is not ExecType.TRADE:
        return (reported,)
    postings = share_fill(report, work.planned.claims, work.order.cum_qty)
    return (reported, FillAllocated(cl_ord_id=name, postings=postings))
