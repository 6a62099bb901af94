"""By what command a report was made."""

import platform
import shlex
import sys
from importlib.metadata import version
from typing import Final

from alchemiser.application.reports.circumstances import Origin
from alchemiser.entrypoints.cli.speech import redacted

_NAMED: Final = ("alchemiser", "numpy")


def origin() -> Origin:
    """Return this process's command line, without secrets, and the versions that matter."""
    command = redacted(shlex.join(["alchemiser", *sys.argv[1:]]))
    versions = tuple((name, version(name)) for name in _NAMED)
    return Origin(command=command, versions=(*versions, ("Python", platform.python_version())))
