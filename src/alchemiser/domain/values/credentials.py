"""The two halves of a broker's key; paper and live ones are different types."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alchemiser.domain.values.purse import Purse, purse_of_key
from alchemiser.domain.values.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Open an account; of an unknown kind, which only a venue on this machine takes.

    Attributes:
        key_id: The half that names the key.
        secret_key: The half that proves it.
        since: From when on the key is in use, UTC; None when its provider does not say.
    """

    key_id: Secret
    secret_key: Secret
    since: datetime | None = None

    def purse(self) -> Purse:
        """Return whose money the key opens."""
        return Purse.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCredentials(Credentials):
    """Open a paper account."""

    def purse(self) -> Purse:
        """Return paper."""
        return Purse.PAPER


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCredentials(Credentials):
    """Open an account with somebody's money."""

    def purse(self) -> Purse:
        """Return live."""
        return Purse.LIVE


_TYPES: Final[dict[Purse, type[Credentials]]] = {
    Purse.PAPER: PaperCredentials,
    Purse.LIVE: LiveCredentials,
}


def credentials(key_id: str, secret_key: str, since: datetime | None = None) -> Credentials:
    """Return both halves as the type that the first letters of `key_id` say.

    Raises:
        InvalidValueError: When a half is empty.
    """
    kind = _TYPES.get(purse_of_key(key_id), Credentials)
    return kind(key_id=Secret(key_id), secret_key=Secret(secret_key), since=since)
