"""What a benchmark ran on."""

import os
import platform
from pathlib import Path

import numpy as np


def machine() -> str:
    """Return the processor, the system and the versions in one line."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (
        f"{[*models, platform.machine()][0]}, {os.cpu_count()} cores; {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )
