"""What a venue's report on an order adds to what is known."""

from datetime import datetime
from typing import Final

from alchemiser.domain.books.sharing import share
from alchemiser.domain.execution.desk import Desk
from alchemiser.domain.execution.facts import ExecutionReported, FillAllocated
from alchemiser.domain.execution.work import Child
from alchemiser.domain.orders.messages import ExecutionReport
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.frozen import maker

_reported: Final = maker(ExecutionReported)
_allocated: Final = maker(FillAllocated)


def learn(desk: Desk, child: Child, report: ExecutionReport, at: datetime) -> None:
    """Record the facts of one answer about `child`: none when `report` is known already.

    Raises:
        InvalidTransitionError: When the report is of another order, or cannot follow; nothing of
            it was recorded.
    """
    name, order = child.name, child.order
    if report.cl_ord_id != name:
        msg = f"report {report.exec_id} tells of {report.cl_ord_id}, asked was about {name}."
        raise InvalidTransitionError(msg)
    if report.exec_id in order.exec_ids:
        return
    parent = desk.state.parent_of(child)
    before, filled = parent.done(), order.done
    desk.record(_reported(report=report), at)
    if child.order.done is filled or child.order.done == filled:
        return
    # The books share what all children of an order have filled together.
    postings = share(report, parent.planned.claims, before, parent.done())
    desk.record(_allocated(cl_ord_id=name, postings=postings), at)
