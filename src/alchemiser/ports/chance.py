"""Draws of a seed that its owner knows, so that whatever they decide can be repeated."""

from typing import Protocol

from alchemiser.domain.values.numbers import Floats


class ChancePort(Protocol):
    """Draw numbers; the same stream gives the same ones, whatever else was drawn."""

    def uniform(self, stream: str, count: int) -> Floats:
        """Return `count` numbers in [0, 1)."""

    def normal(self, stream: str, count: int) -> Floats:
        """Return `count` numbers of mean 0 and standard deviation 1."""
