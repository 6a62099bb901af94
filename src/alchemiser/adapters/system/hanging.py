"""A brake that pulls itself when too many calls hang: what they do out there nobody knows."""

from collections.abc import Callable
from typing import Final

from alchemiser.ports.clock import ClockPort
from alchemiser.ports.control import ControlPort, HaltRequest

HANGING_MAX: Final = 2
"""Calls that may hang at a time."""


class HangingCalls:
    """Lay a halt over `brake` while more than `HANGING_MAX` calls hang; implements ControlPort.

    The halt is recorded like the owner's, so that it stands until a person resumes.
    """

    def __init__(self, brake: ControlPort, abandoned: Callable[[], int], clock: ClockPort) -> None:
        """Watch `abandoned`, which counts the calls that nobody waits for any more."""
        self._brake = brake
        self._abandoned = abandoned
        self._clock = clock

    def halt_request(self) -> HaltRequest | None:
        """Return the strictest standing request, or None.

        Raises:
            PortUnavailableError: When the owner's brake cannot be read.
        """
        count = self._abandoned()
        if count > HANGING_MAX:
            reason = f"{count} calls to the broker hang"
            return HaltRequest(actor="engine", reason=reason, at=self._clock.now())
        return self._brake.halt_request()

    def request_halt(self, request: HaltRequest) -> None:
        """Set the owner's brake.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
        self._brake.request_halt(request)

    def clear_halt(self) -> None:
        """Lift the owner's brake; calls that hang do so still.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
        self._brake.clear_halt()
