"""How the command line says that something is wrong."""

import json
import os
import sys
from contextlib import suppress
from typing import Final

REFUSED: Final = 3
_STATUS: Final = {REFUSED: "skipped"}


def sentence(text: str) -> str:
    """Return `text` on one line, without control characters and without secrets."""
    line = " ".join(redacted(text).split())
    return "".join(char if char.isprintable() else "?" for char in line)


def redacted(text: str) -> str:
    """Return `text` without any key that this process has read."""
    container = sys.modules.get("alchemiser.container")  # what has not composed has read none
    return text if container is None else str(container.redactor().redact(text))


def warn(text: str) -> None:
    """Say `text` on the error stream; where that is full, the exit code has to do."""
    with suppress(OSError):
        sys.stderr.write(f"{sentence(text)}\n")


def complain(text: str, *, code: int, as_json: bool) -> int:
    """Say `text` for people and, with `as_json`, for programs; return the exit code."""
    warn(text)
    status = _STATUS.get(code, "failed")
    answer = json.dumps({"status": status, "reason": sentence(text)}) if as_json else ""
    try:
        print(answer, end="\n" if answer else "", flush=True)  # noqa: T201 - it is the answer
    except OSError:
        mute()
    return code


def mute() -> None:
    """Write no more answers: their reader has left, or their disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
