"""A halt in memory."""

from datetime import UTC, datetime

from alchemiser.adapters.memory.control import MemoryControl
from alchemiser.ports.control import HaltRequest

AT = datetime(2024, 8, 5, 19, 45, 7, tzinfo=UTC)


def test_halt_stands_as_first_set_until_it_is_lifted() -> None:
    control = MemoryControl()
    first = HaltRequest(actor="ann", reason="news", at=AT)

    assert control.halt_request() is None
    control.request_halt(first)
    control.request_halt(HaltRequest(actor="bob", reason="later", at=AT))
    assert control.halt_request() == first
    control.clear_halt()
    control.clear_halt()
    assert control.halt_request() is None
