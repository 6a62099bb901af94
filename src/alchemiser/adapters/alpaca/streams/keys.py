"""The key of an account, read in time and read anew once it is refused."""

import asyncio
from typing import Protocol

from alchemiser.adapters.alpaca.streams.refusals import StreamBrokenError


class Secret(Protocol):
    """A word that is shown nowhere but where it is used."""

    def reveal(self) -> str:
        """Return it."""


class Keys(Protocol):
    """Tell the key of an account; may block."""

    def __call__(self, *, refresh: bool) -> tuple[str, Secret]:
        """Return its id and its secret; read anew where they are kept when `refresh`."""


class KeyReader:
    """Read a key for a loop."""

    def __init__(self, keys: Keys, seconds: float) -> None:
        """Ask `keys`, for at most `seconds` each time."""
        self._keys = keys
        self._seconds = seconds
        self._tried = False

    async def pair(self) -> tuple[str, str]:
        """Return id and secret; read anew unless the last ones were good.

        Raises:
            StreamBrokenError: When they cannot be read in time.
            PortError: When they cannot be read.
        """
        refresh, self._tried = self._tried, True
        try:
            async with asyncio.timeout(self._seconds):
                name, secret = await asyncio.to_thread(lambda: self._keys(refresh=refresh))
        except TimeoutError as error:
            raise StreamBrokenError("the key of the stream could not be read in time") from error
        return name, secret.reveal()

    def accept(self) -> None:
        """Learn that the key is good."""
        self._tried = False
