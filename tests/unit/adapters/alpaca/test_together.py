"""Many orders and their executions in two requests."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import ExecType
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.ports.errors import PortUnavailableError
from tests.unit.adapters.alpaca.loopback import Told
from tests.unit.adapters.alpaca.telling import Desk, desk, fill_row, order_row, query, told

NAMES = [ClOrdId(f"alc-{number}") for number in (1, 2, 3)]


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as found:
        yield found


def test_orders_and_executions_are_told_together(at: Desk) -> None:
    """CC-09, OS-13: each with its own executions, at the cost of one."""
    at.venue.then(
        told([
            order_row("alc-1", status="filled", filled_qty="10"),
            order_row("of-another"),
            order_row("alc-2"),
        ])
    )
    at.venue.then(told([fill_row(1, "10", "10"), fill_row(2, "5", "5", order_id="id-of-another")]))

    found = at.broker.found(NAMES[:2])

    assert [one.exec_type for one in found[NAMES[0]]] == [ExecType.NEW, ExecType.TRADE]
    assert sum((one.last_qty for one in found[NAMES[0]]), Decimal(0)) == 10
    assert [one.exec_type for one in found[NAMES[1]]] == [ExecType.NEW]
    assert len(at.venue.asked) == 2
    assert "order_id" not in query(at.venue.asked[1])


def test_what_is_not_listed_or_was_replaced_is_left_out(at: Desk) -> None:
    """FAULTS A05: only a question by name can deny an order."""
    rows = [order_row("alc-1"), order_row("alc-2", status="replaced", replaced_by="id-x")]
    at.venue.then(told(rows))
    at.venue.then(told([]))

    assert at.broker.found(NAMES).keys() == {NAMES[0]}


@pytest.mark.parametrize("answer", [Told(200, b"{"), Told(200, b"null")])
def test_a_list_that_cannot_be_read_is_unavailable(at: Desk, answer: Told) -> None:
    at.venue.then(answer)

    with pytest.raises(PortUnavailableError):
        at.broker.found(NAMES)


def test_a_list_that_is_refused_is_unavailable(at: Desk) -> None:
    at.venue.then(told({"code": 42210000, "message": "no such parameter"}, 422))

    with pytest.raises(PortUnavailableError):
        at.broker.found(NAMES)
