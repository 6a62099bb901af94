"""Which functions of Python ask the world instead of the view."""

import sys
from collections.abc import Mapping
from datetime import date
from types import FrameType
from typing import Final

_CLOCK: Final = frozenset({"now", "today", "utcnow"})
_SYSTEM_HARMLESS: Final = frozenset({"fspath"})
_SYSTEM_AT_BUILD: Final = frozenset({
    "getcwd",
    "getlogin",
    "getpid",
    "getppid",
    "getrandom",
    "getuid",
    "times",
    "uname",
    "urandom",
})
_MODULES: Final[Mapping[str, str]] = {
    "getpass": "asks who runs it",
    "inspect": "looks into its callers",
    "platform": "asks about the machine",
    "secrets": "draws what cannot be repeated",
    "tempfile": "asks for files",
    "threading": "starts or asks for threads",
    "uuid": "draws what cannot be repeated",
}
_TOOLS: Final[Mapping[object, str]] = {
    "_signal": "changes how its process answers signals",
    "atexit": "leaves something to be done later",
    "faulthandler": "changes how its process ends",
    "gc": "looks through the memory of its process",
}
"""Modules in C of which no function is for strategies."""
_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "inspect": ("currentframe", "getouterframes", "stack", "trace"),
    "threading": ("Thread.", "Timer.", "active_count", "current_thread", "enumerate"),
}
"""Of some modules, the beginnings of what is meant; their other functions ask nothing."""


def impure_builtin(function: object, *, deciding: bool) -> str:
    """Return what is wrong with calling `function`, which is written in C, or ""."""
    name = getattr(function, "__name__", "")
    module, owner = getattr(function, "__module__", None), getattr(function, "__self__", None)
    if module == "time" or (name in _CLOCK and isinstance(owner, type) and issubclass(owner, date)):
        return f"asks the clock ({name})"
    if module in _TOOLS:
        return f"{_TOOLS[module]} ({module}.{name})"
    if module in {"posix", "nt"}:
        harmless = name in _SYSTEM_HARMLESS if deciding else name not in _SYSTEM_AT_BUILD
        return "" if harmless else f"asks the operating system ({name})"
    return f"draws from the shared generator ({name})" if _is_shared(owner) else ""


def impure_function(frame: FrameType) -> str:
    """Return what is wrong with the call, of a function in Python, that `frame` begins, or ""."""
    module, name = frame.f_globals.get("__name__"), frame.f_code.co_qualname
    if module == "os":
        asks = name.startswith(("_Environ.", "getenv"))
        return "reads the environment" if asks else ""
    if module == "random":
        return _drawn(frame, name)
    if not name.startswith(_ONLY.get(str(module), "")):
        return ""
    return _MODULES.get(str(module), "")


def _drawn(frame: FrameType, name: str) -> str:
    if name.startswith("SystemRandom"):
        return "draws what cannot be repeated (SystemRandom)"
    if _is_shared(frame.f_locals.get("self")):
        return f"draws from the shared generator ({frame.f_code.co_name})"
    if name == "Random.seed" and frame.f_locals.get("a", 0) is None:
        return "draws what cannot be repeated (a generator without a seed)"
    return ""


def _is_shared(owner: object) -> bool:
    module = sys.modules.get("random")
    return owner is not None and module is not None and owner is vars(module)["_inst"]
