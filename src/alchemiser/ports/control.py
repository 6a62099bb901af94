"""The owner's brake, outside the engine's process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltRequest:
    """Say who wants trading to stop, why and since when (UTC)."""

    actor: str
    reason: str
    at: datetime


class ControlPort(Protocol):
    """Hold the sticky halt that the engine reads before each order and at least each second."""

    def halt_request(self) -> HaltRequest | None:
        """Return the standing halt, or None.

        Raises:
            PortUnavailableError: When it cannot be read; the caller then counts as halted.
        """

    def request_halt(self, request: HaltRequest) -> None:
        """Set the halt; durable when it returns; a standing halt is kept as it is.

        Raises:
            PortUnavailableError: When it cannot be written.
        """

    def clear_halt(self) -> None:
        """Lift the halt; durable when it returns; nothing happens when none stands.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
