"""The owner's brake in a world of one process."""

from alchemiser.ports.control import HaltRequest


class MemoryControl:
    """Hold the sticky halt for as long as the process lives; implements ControlPort."""

    def __init__(self) -> None:
        self._standing: HaltRequest | None = None

    def halt_request(self) -> HaltRequest | None:
        """Return the standing halt, or None."""
        return self._standing

    def request_halt(self, request: HaltRequest) -> None:
        """Set the halt; a standing halt is kept as it is."""
        self._standing = self._standing or request

    def clear_halt(self) -> None:
        """Lift the halt; nothing happens when none stands."""
        self._standing = None
