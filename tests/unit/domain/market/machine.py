"""Run a piece of code in a fresh interpreter, as another machine would."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Run scripts that print one line: the version of numpy and a digest."""

    environment: dict[str, str]
    root: Path

    def run(self, script: str, *, numpy: Path | None = None, features: str = "") -> list[str]:
        """Return the words printed, by another `numpy` or without some processor `features`."""
        places = [self.root, self.root / "src", *([] if numpy is None else [numpy])]
        child = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            cwd=self.root,
            env=self.environment
            | {"PYTHONPATH": ":".join(map(str, reversed(places)))}
            | ({"NPY_DISABLE_CPU_FEATURES": features} if features else {}),
            text=True,
        )
        return child.stdout.split()


def vector_features() -> str:
    """Return the names of the vector instructions that numpy would use here."""
    core = np._core._multiarray_umath  # type: ignore[attr-defined]
    return " ".join(name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name))
