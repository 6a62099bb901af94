"""The owner's brake in a world of one process."""

from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.control import HaltRequest


class MemoryControl:
    """Hold the sticky halt for as long as the process lives; implements ControlPort."""

    def __init__(self) -> None:
        self._standing: dict[TradingState, HaltRequest] = {}

    def halt_request(self) -> HaltRequest | None:
        """Return the strictest standing request, or None."""
        reduced = self._standing.get(TradingState.REDUCING)
        return self._standing.get(TradingState.HALTED, reduced)

    def request_halt(self, request: HaltRequest) -> None:
        """Set the brake; a standing one of its kind is kept as it is."""
        self._standing.setdefault(request.state, request)

    def clear_halt(self) -> None:
        """Lift the brake whole; nothing happens when none stands."""
        self._standing.clear()
