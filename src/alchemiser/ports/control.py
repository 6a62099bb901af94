"""The owner's brake, outside the engine's process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alchemiser.domain.risk.limits import TradingState


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltRequest:
    """Say who wants trading to stop, why and since when (UTC), and how much of it."""

    actor: str
    reason: str
    at: datetime
    state: TradingState = TradingState.HALTED


class ControlPort(Protocol):
    """Hold the sticky brake that the engine reads before each order and at least each second.

    A halt and an order to buy nothing stand beside each other; the halt is the one that is read.
    """

    def halt_request(self) -> HaltRequest | None:
        """Return the strictest standing request, or None.

        Raises:
            PortUnavailableError: When it cannot be read; the caller then counts as halted.
        """

    def request_halt(self, request: HaltRequest) -> None:
        """Set the brake; durable when it returns; a standing one of its kind is kept as it is.

        Raises:
            PortUnavailableError: When it cannot be written.
        """

    def clear_halt(self) -> None:
        """Lift the brake whole; durable when it returns; nothing happens when none stands.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
