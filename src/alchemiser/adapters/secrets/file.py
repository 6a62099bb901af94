"""The key in a TOML file that nobody else may read."""

import os
import stat
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from alchemiser.adapters.secrets.checking import KEY_ID, SECRET_KEY, checked
from alchemiser.domain.values.credentials import Credentials
from alchemiser.domain.values.errors import SettingsError

SINCE: Final = "since"
"""The day on which the key was made, where the owner writes it."""
_BYTES_MAX: Final = 10_000
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class FileKeys:
    """Read `key_id`, `secret_key` and perhaps `since` from the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Credentials:
        """Return the key.

        Raises:
            SettingsError: When the file is not there, is a link, belongs to somebody else, may be
                read by others, or holds no key.
        """
        tables = self._parsed(self._content())
        unknown = sorted(tables.keys() - {KEY_ID, SECRET_KEY, SINCE})
        if unknown:
            msg = f"{self._path} holds more than a key: leave {KEY_ID}, {SECRET_KEY} and {SINCE}."
            raise SettingsError(msg)
        since = tables.get(SINCE)
        if since is not None and type(since) is not date:
            msg = f"{SINCE} in {self._path} is no day: write one such as {SINCE} = 2026-01-31."
            raise SettingsError(msg)
        made = None if since is None else datetime.combine(since, time(), UTC)
        return checked(tables, (KEY_ID, SECRET_KEY), str(self._path), made)

    def _content(self) -> bytes:
        """Return the content, read through the same descriptor whose rights were looked at.

        Raises:
            SettingsError: When it is out of reach, or others may read it.
        """
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError as error:
            msg = f"{self._path} does not exist: put the key there, or name another path."
            raise SettingsError(msg) from error
        except OSError as error:
            msg = (
                f"{self._path} cannot be read ({error.strerror}): "
                "name a file of your own, which is no link."
            )
            raise SettingsError(msg) from error
        try:
            self._check(os.fstat(descriptor))
            return os.read(descriptor, _BYTES_MAX)
        finally:
            os.close(descriptor)

    def _check(self, found: os.stat_result) -> None:
        """Prove that the file is the owner's alone.

        Raises:
            SettingsError: When it is not.
        """
        if not stat.S_ISREG(found.st_mode):
            msg = f"{self._path} is no file: name the one that holds the key."
            raise SettingsError(msg)
        if found.st_uid != os.geteuid():
            msg = f"{self._path} belongs to another user: make it your own."
            raise SettingsError(msg)
        if found.st_mode & _OTHERS:
            msg = f"{self._path} can be read or changed by others: run chmod 600 on it."
            raise SettingsError(msg)

    def _parsed(self, content: bytes) -> dict[str, object]:
        """Return the lines of the file.

        Raises:
            SettingsError: When they are no TOML.
        """
        try:
            return tomllib.loads(content.decode())
        except ValueError:
            # What the parser says may quote the line, and so the key.
            msg = (
                f'{self._path} is not TOML: write two lines, {KEY_ID} = "…" and {SECRET_KEY} = "…".'
            )
            raise SettingsError(msg) from None
