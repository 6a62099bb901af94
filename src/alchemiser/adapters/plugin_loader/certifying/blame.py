"""Whose doing a call is: the strategy's own, or a library's own business."""

import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

_STANDARD: Final = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_INSTALLED: Final = ("site-packages", "dist-packages")
_ASIDE: Final = frozenset({"linecache", "logging", "traceback", "warnings"})
"""Parts of the standard library whose own business nobody else's decisions depend on."""


class Blame:
    """Tell the strategy's own code, which lies in `places`, from everything else."""

    def __init__(self, places: Sequence[Path]) -> None:
        self._places = tuple(str(place.resolve()) for place in places)
        self._known: dict[str, bool] = {}

    def owns(self, file: str) -> bool:
        """Say whether the path `file` is, or lies in, one of the places."""
        if file not in self._known:
            path = str(Path(file).resolve())
            self._known[file] = path.startswith(tuple(f"{place}/" for place in self._places)) or (
                path in self._places
            )
        return self._known[file]

    def directly(self, frame: FrameType | None) -> bool:
        """Say whether `frame` itself is the strategy's."""
        while frame is not None and frame.f_code.co_filename.startswith("<string>"):
            frame = frame.f_back  # text that was run: whoever ran it
        return frame is not None and self.owns(frame.f_code.co_filename)

    def stands_behind(self, frame: FrameType | None) -> bool:
        """Say whether the strategy called `frame`, itself or through the standard library."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib") or frame.f_globals.get("__name__") in _ASIDE:
                return False  # an import, or what libraries do to report
            if self.owns(file):
                return True
            if not (file.startswith("<") or _is_standard(file)):
                return False
            frame = frame.f_back
        return False


def _is_standard(file: str) -> bool:
    return file.startswith(_STANDARD) and not any(part in file for part in _INSTALLED)
