"""How the command line says that something is wrong."""

import json
import sys
from typing import Final

REFUSED: Final = 3
_STATUS: Final = {REFUSED: "skipped"}


def sentence(text: str) -> str:
    """Return `text` on one line and without control characters."""
    line = " ".join(text.split())
    return "".join(char if char.isprintable() else "?" for char in line)


def warn(text: str) -> None:
    """Say `text` on the error stream."""
    sys.stderr.write(f"{sentence(text)}\n")


def complain(text: str, *, code: int, as_json: bool) -> int:
    """Say `text` for people and, with `as_json`, for programs; return the exit code."""
    warn(text)
    if as_json:
        status = _STATUS.get(code, "failed")
        sys.stdout.write(json.dumps({"status": status, "reason": sentence(text)}) + "\n")
    return code
