"""A venue of our own: one account with its own truth, on a virtual or a real clock."""

from alchemiser.adapters.simulated.broker import SimulatedBroker

__all__ = ["SimulatedBroker"]
