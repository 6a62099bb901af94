"""Noticing what a strategy does that it may not."""

import sys
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import Final, TypeVar

from alchemiser.adapters.plugin_loader.certifying.blame import Blame
from alchemiser.adapters.plugin_loader.certifying.calls import impure_builtin, impure_function
from alchemiser.adapters.plugin_loader.processes.guard import (
    is_importing,
    is_late,
    opened_file,
    refused,
)

T = TypeVar("T")

NOTES_MAX: Final = 20
_ALWAYS: Final = {
    "_thread.start_new_thread": "starts a thread",
    "gc.get_objects": "looks through the memory of its process (gc)",
    "gc.get_referents": "looks through the memory of its process (gc)",
    "gc.get_referrers": "looks through the memory of its process (gc)",
    "os.chdir": "changes the working folder",
    "os.putenv": "changes the environment",
    "os.unsetenv": "changes the environment",
    "sys.setprofile": "watches its caller",
    "sys.settrace": "watches its caller",
    "sys.unraisablehook": "changes what happens to errors",
}
_DIRECT: Final = {
    "builtins.id": "asks for addresses, which no other process has (id)",
    "code.__new__": "makes code that cannot be read",
    "compile": "makes code that cannot be read",
    "exec": "runs code that cannot be read",
    "marshal.loads": "makes code that cannot be read",
    "sys._getframe": "looks into its callers",
}
_FRAMES: Final = frozenset({"tb_frame", "f_back", "gi_frame", "cr_frame", "ag_frame"})
_LOOKS: Final = frozenset({"glob.glob", "os.listdir", "os.scandir"})


class Phase(Enum):
    """What the process is doing."""

    OURS = "ours"
    BUILDING = "building"
    DECIDING = "deciding"


class Observer:
    """Watch a strategy at its work, and refuse it what could do harm."""

    def __init__(self, places: Sequence[Path], named: Sequence[Path], *, closely: bool) -> None:
        """Watch the code in `places`, which may read the `named` files; `closely` costs time."""
        self.blame = Blame(places)
        self._named = Blame(named)
        self._closely = closely
        self._phase = Phase.OURS
        self._judging = False
        self._found: dict[str, None] = {}
        sys.addaudithook(self._heard)

    def during(self, phase: Phase, call: Callable[[], T]) -> T:
        """Return what `call`, a piece of the strategy's work, returns."""
        self._phase = phase
        if self._closely:
            sys.setprofile(self._seen)
        try:
            return call()
        finally:
            self._phase = Phase.OURS
            if self._closely:
                sys.setprofile(None)

    def note(self, what: str) -> None:
        """Remember what was done, as the end of a sentence."""
        if self._phase is not Phase.OURS and len(self._found) < NOTES_MAX:
            self._found[what] = None

    def taken(self) -> list[str]:
        """Return what was noticed since the last time."""
        found = list(self._found)
        self._found.clear()
        return found

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._phase is Phase.OURS or self._judging:
            return
        self._judging = True
        try:
            self._weigh(event, arguments, sys._getframe(1))  # noqa: SLF001 - that is the question
        finally:
            self._judging = False

    def _weigh(self, event: str, arguments: tuple[object, ...], frame: FrameType) -> None:
        """Note what is wrong, if anything.

        Raises:
            PermissionError: When it could do harm.
        """
        refusal = refused(event, arguments, sealed=self._phase is Phase.DECIDING)
        if refusal and not (is_late(event, arguments) and is_importing()):
            self.note(_told(refusal, arguments))
            raise PermissionError(refusal)
        self._judge(event, arguments, frame)

    def _judge(self, event: str, arguments: tuple[object, ...], frame: FrameType) -> None:
        if event in _DIRECT:
            if self.blame.directly(frame) or (_is_inspecting(frame, event) and self._behind(frame)):
                self.note(_DIRECT[event])
        elif event in _ALWAYS:
            if self._behind(frame):
                self.note(_ALWAYS[event])
        elif event == "object.__getattr__":
            if arguments[1] in _FRAMES and self.blame.directly(frame):
                self.note(f"looks into its callers ({arguments[1]})")
        elif (event == "open" or event in _LOOKS) and self._behind(frame):
            self._read(str(opened_file(arguments)))

    def _read(self, path: str) -> None:
        if self._phase is Phase.DECIDING:
            self.note(f"reads {path} while it decides")
        elif path and not (self.blame.owns(path) or self._named.owns(path)):
            self.note(f"reads {path}, which is neither its own nor named by a parameter")

    def _behind(self, frame: FrameType) -> bool:
        return self.blame.stands_behind(frame)

    def _seen(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "c_call":
            what = impure_builtin(argument, deciding=self._phase is Phase.DECIDING)
            if what and self.blame.stands_behind(frame):
                self.note(what)
        elif event == "call":
            what = impure_function(frame)
            if what and self.blame.stands_behind(frame.f_back):
                self.note(what)


def _told(refusal: str, arguments: tuple[object, ...]) -> str:
    detail = next((f" ({one})" for one in arguments if isinstance(one, str) and one), "")
    return f"{refusal.replace('a strategy may not', 'tries to')}{detail}"


def _is_inspecting(frame: FrameType, event: str) -> bool:
    return event == "sys._getframe" and frame.f_globals.get("__name__") == "inspect"
