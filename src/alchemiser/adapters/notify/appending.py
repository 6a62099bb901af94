"""A log file that is made when there is something to say."""

from io import TextIOBase
from pathlib import Path


class AppendingFile(TextIOBase):
    """Append each text to the file at `path`, opened for that write alone.

    Nothing is made on the disk before the first text, and a file that was moved away is made anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> int:
        """Append `text`; raises OSError when the file cannot be written."""
        with self._path.open("a", encoding="utf-8") as file:
            return file.write(text)
