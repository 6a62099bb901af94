"""The one place that reads the environment."""

import os
from collections.abc import Sequence
from typing import Final

LIBRARY_PLACES: Final = (
    "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "NPY_DISABLE_CPU_FEATURES",
)
"""What an interpreter needs to find its libraries, and to compute as this one does."""


def library_places() -> dict[str, str]:
    """Return the part of the environment that is safe to hand to code that is not ours."""
    return variables(LIBRARY_PLACES)


def variables(names: Sequence[str]) -> dict[str, str]:
    """Return those of `names` that are set: for what the owner says nowhere else."""
    return {name: os.environ[name] for name in names if name in os.environ}
