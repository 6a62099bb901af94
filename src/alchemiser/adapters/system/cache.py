"""Where the user keeps what can be made again."""

import os
from pathlib import Path


def kernel_folder() -> Path | None:
    """Return the folder in the user's cache for compiled kernels, or None without a home."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not named.is_absolute():
        try:
            named = Path.home() / ".cache"
        except RuntimeError:
            return None
    return named / "alchemiser" / "kernels"
