"""The most memory that this process has had."""

import re
import resource
import sys
from pathlib import Path
from typing import Final

_OWN: Final = Path("/proc/self/status")
_MOST: Final = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


def peak() -> int:
    """Return the most memory that the process ever had, in bytes."""
    # Where Linux is asked by `getrusage`, it counts what whoever began this process has had.
    told = _MOST.search(_OWN.read_text(encoding="utf-8")) if _OWN.exists() else None
    if told is not None:
        return int(told[1]) << 10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10
