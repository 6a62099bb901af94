"""What a strategy's process refuses to do: an audit hook, which Python cannot take back.

It keeps honest code honest and mistakes harmless. Machine code that was brought along could get
round it, but finds no secret to take and no later bar to see.
"""

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

_NEVER: Final = {
    "connect to anything": ("ftplib", "http", "imaplib", "poplib", "smtplib", "socket", "urllib"),
    "start a process": (
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty",
        "subprocess",
    ),
    "signal a process": ("os.kill", "os.killpg", "signal.pthread_kill"),
    "write or change files": (
        "os.chflags",
        "os.chmod",
        "os.chown",
        "os.link",
        "os.lockf",
        "os.mkdir",
        "os.remove",
        "os.removexattr",
        "os.rename",
        "os.rmdir",
        "os.setxattr",
        "os.symlink",
        "os.truncate",
        "os.utime",
        "shutil",
        "sqlite3",
        "tempfile",
    ),
    "call machine code": ("ctypes",),
    "change its limits": ("resource", "sys.addaudithook"),
}
_LATE: Final = {"look at files while it decides": ("glob", "os.scandir", "os.walk", "pathlib")}
_CODE: Final = (".py", ".pyc", ".pyd", ".so", ".zip")
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def guarded() -> Callable[[], None]:
    """Refuse from now on what no strategy may do; the result also refuses to read files."""
    sealed = False

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        refusal = refused(event, arguments, sealed=sealed)
        if refusal and not (sealed and is_late(event, arguments) and is_importing()):
            raise PermissionError(refusal)

    def seal() -> None:
        nonlocal sealed
        sealed = True

    sys.addaudithook(hook)
    return seal


def refused(event: str, arguments: tuple[object, ...], *, sealed: bool) -> str:
    """Return why a strategy may not do what `event` announces, or "".

    Args:
        event: The name of an audit event of Python.
        arguments: What belongs to it.
        sealed: Whether the strategy has been built, so that only code may still be read; what an
            import reads on its way is not told apart here.
    """
    if event == "open":
        return _opened(arguments, sealed=sealed)
    banned = (*_NEVER.items(), *(_LATE.items() if sealed else ()))
    for what, names in banned:
        if event in names or event.partition(".")[0] in names:
            return f"a strategy may not {what}"
    return ""


def is_late(event: str, arguments: tuple[object, ...]) -> bool:
    """Say whether `event` is refused only because the strategy has been built."""
    return not refused(event, arguments, sealed=False)


def is_importing() -> bool:
    """Say whether a module is being imported, which may read what it needs."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way to tell
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _opened(arguments: tuple[object, ...], *, sealed: bool) -> str:
    path, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(path, int) or path == os.devnull:
        return ""
    by_mode = isinstance(mode, str) and not set(mode).isdisjoint("wax+")
    if by_mode or (isinstance(flags, int) and flags & _WRITING):
        return "a strategy may not write or change files"
    if sealed and not _name(path).endswith(_CODE):
        return "a strategy may not read files while it decides"
    return ""


def opened_file(arguments: tuple[object, ...]) -> str:
    """Return the path of an event that opens or lists something; "" for an open file."""
    return _name(arguments[0]) if arguments else ""


def _name(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
