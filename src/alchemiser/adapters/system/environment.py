"""The one place that reads the environment."""

import os
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
    return {name: os.environ[name] for name in LIBRARY_PLACES if name in os.environ}
