"""The key, kept for a while and asked for anew when it is old or was refused."""

from collections.abc import Callable
from threading import Lock
from typing import Final, Protocol

from alchemiser.domain.values.credentials import Credentials
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.secret import Redactor
from alchemiser.ports.errors import PortUnavailableError

REFRESH_SECONDS_MIN: Final = 60
"""Shortest time between two questions to a provider that has answered once."""


class KeySource(Protocol):
    """A provider."""

    def read(self) -> Credentials:
        """Return the key as it is now.

        Raises:
            SettingsError: When there is no usable key.
            PortUnavailableError: When the provider cannot be reached.
        """


class KeptKeys:
    """Ask `source` when its answer is wanted and old; implements CredentialsPort.

    What was ever read is made known to `redactor` first. When the provider fails later on, the
    known key stays in use, since cancels must go out: a key that was withdrawn is refused by the
    broker, and then the provider has to answer.
    """

    def __init__(
        self,
        source: KeySource,
        ttl_seconds: int,
        stopwatch: Callable[[], float],
        redactor: Redactor,
    ) -> None:
        self._source = source
        self._ttl = ttl_seconds
        self._stopwatch = stopwatch
        self._redactor = redactor
        self._lock = Lock()
        self._known: Credentials | None = None
        self._read_at = self._asked_at = 0.0

    def keys(self, *, refresh: bool = False) -> Credentials:
        """Return the key, read at most `ttl_seconds` ago where the provider answers.

        Raises:
            SettingsError: When the provider has no usable key at the first question.
            PortUnavailableError: When it cannot be reached then, or has no usable key any more
                although the known one was refused.
        """
        with self._lock:
            if self._known is None:
                return self._read()
            now = self._stopwatch()
            wanted = refresh or now - self._read_at >= self._ttl
            if not wanted or now - self._asked_at < REFRESH_SECONDS_MIN:
                return self._known
            try:
                return self._read()
            except (PortUnavailableError, SettingsError) as error:
                if refresh:
                    msg = f"The key was refused, and there is no other: {error}"
                    raise PortUnavailableError(msg) from error
                return self._known

    def _read(self) -> Credentials:
        self._asked_at = self._stopwatch()
        found = self._source.read()
        self._redactor.learn((found.key_id, found.secret_key))
        self._known, self._read_at = found, self._asked_at
        return found
