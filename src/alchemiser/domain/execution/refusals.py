"""Which orders nobody was asked to take, or was asked and would not."""

from collections.abc import Iterable

from alchemiser.domain.execution.facts import (
    ExecutionReported,
    Fact,
    OrderIntended,
    OrderRefused,
    OrderRejected,
)
from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.values.identifiers import ClOrdId, Symbol


def last_refusals(told: Iterable[Fact]) -> dict[Symbol, str]:
    """Return why the last order in each symbol was refused, by our own gate or by the broker.

    A symbol whose last order was taken is left out, however little of it was filled.

    Args:
        told: The facts of one plan, oldest first.
    """
    found, symbols = dict[Symbol, str](), dict[ClOrdId, Symbol]()
    for fact in told:
        match fact:
            case OrderIntended(order=order):
                symbols[order.cl_ord_id] = order.symbol
                found.pop(order.symbol, None)
            case OrderRefused(order=order, violation=violation):
                found[order.symbol] = violation.numbers()
            case OrderRejected(cl_ord_id=name, code=code, text=text) if fact.by_venue():
                found[symbols[name]] = f"the broker refused it, {code}: {text}"
            case ExecutionReported(report=report) if report.exec_type is ExecType.REJECTED:
                found[report.symbol] = f"the broker refused it: {report.text}"
            case _:
                pass
    return found
