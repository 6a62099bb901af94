"""Chance that nobody can repeat: for waits that must not coincide, never for a decision."""

import random
from collections.abc import Callable


def chance() -> Callable[[], float]:
    """Return what draws numbers in [0, 1)."""
    return random.SystemRandom().random
