"""Carrying out a command: all ends in an exit code and, unless it is well, in one sentence."""

import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from io import StringIO, TextIOWrapper
from typing import Final

import typer

from alchemiser.domain.values.errors import (
    AlchemiserError,
    DomainError,
    PluginError,
    PreflightError,
    SettingsError,
)
from alchemiser.entrypoints.cli.app import app
from alchemiser.entrypoints.cli.interrupting import INTERRUPTED
from alchemiser.entrypoints.cli.speech import complain, mute, redacted
from alchemiser.entrypoints.collector import collect_rarely
from alchemiser.ports.errors import InputError, LeaseHeldError, OutcomeUnknownError

FAILED: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
UNKNOWN: Final = 4

_CODES: Final[tuple[tuple[type[AlchemiserError], int], ...]] = (
    (SettingsError, USAGE),
    (PluginError, USAGE),
    (InputError, USAGE),
    (LeaseHeldError, REFUSED),
    (PreflightError, REFUSED),
    (OutcomeUnknownError, UNKNOWN),
)


def carry_out(arguments: Sequence[str]) -> int:
    """Carry out `arguments` in a process of their own, and return the exit code."""
    collect_rarely()
    _open_streams()
    return run(arguments)


def _open_streams() -> None:
    """Replace closed streams, and let no answer fail for an alphabet that a terminal lacks."""
    sys.stdout = sys.stdout or StringIO()
    sys.stderr = sys.stderr or StringIO()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def run(arguments: Sequence[str], commands: Callable[..., int | None] = app) -> int:
    """Carry out `arguments` and return the exit code; `commands` is the grammar."""
    as_json = "--json" in arguments
    try:
        code = commands(list(arguments), prog_name="alchemiser", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return complain(_usage(error), code=USAGE, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        mute()
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last boundary: nobody is shown a traceback
        return complain(_told(error, arguments), code=_code(error), as_json=as_json)
    if code == INTERRUPTED:
        text = (
            "Interrupted: the same command goes on from the journal, or from the file of --resume; "
            "what has neither begins anew."
        )
        return complain(text, code=INTERRUPTED, as_json=as_json)
    return code or 0


def _code(error: Exception) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def _told(error: Exception, arguments: Sequence[str]) -> str:
    """Return the error's own sentence, or for a bug where its traceback was written."""
    if isinstance(error, AlchemiserError) and not isinstance(error, DomainError):
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}): please report it" + (
        _logged(error, arguments)
    )


def _logged(error: Exception, arguments: Sequence[str]) -> str:
    """Write the traceback to a file and return how the sentence that names it goes on."""
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="alchemiser-",
            suffix=".log",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as log:
            trace = "".join(traceback.format_exception(error))
            text = f"alchemiser {' '.join(arguments)}\nPython {sys.version}\n\n{trace}"
            log.write(redacted(text))
    except OSError:
        return "."
    return f" with the file {log.name}, which holds the details."


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = "alchemiser" if context is None else context.command_path
    return f"{error.format_message().rstrip('.')}: see `{command} --help`."
