"""What a stream's server says no to, sorted by what helps.

PortError
├── PortUnavailableError
│   └── StreamBrokenError            this connection is of no use any more: another is made
│       └── ConnectionLimitError     somebody holds the one slot, or our last one is not freed yet
└── PortRejectedError
    ├── AuthenticationError          the key is refused: three times in a row end the stream
    └── SubscriptionRefusedError     what we ask for is not ours to have: the stream ends
"""

from http import HTTPStatus
from typing import Final, NoReturn

from alchemiser.ports.errors import (
    AuthenticationError,
    PortRejectedError,
    PortUnavailableError,
)


class StreamBrokenError(PortUnavailableError):
    """Mark a connection that is of no use any more: another one is made."""


class ConnectionLimitError(StreamBrokenError):
    """Mark that the broker allows no further connection at present."""


class SubscriptionRefusedError(PortRejectedError):
    """Mark a subscription that the account is not entitled to."""


UNAUTHORIZED: Final = "402"
"""The code of a refused key in both streams; trade updates say it by a word."""
_KEY: Final = frozenset({"401", UNAUTHORIZED})
_LIMIT: Final = "406"
_SUBSCRIPTION: Final = frozenset({"405", "408", "409", "410", "411", "412", "413"})
_TEXT_LENGTH_MAX: Final = 80


def refuse(code: object, text: object) -> NoReturn:
    """Raise what a stream's code stands for (its list of errors, of 400 to 500).

    Args:
        code: As it was sent, number or text; one unknown means that the connection is broken.
        text: The server's words.

    Raises:
        AuthenticationError: When the key is refused.
        ConnectionLimitError: When there is a connection already.
        SubscriptionRefusedError: When the account is not entitled to what was asked for.
        StreamBrokenError: On everything else.
    """
    number = printable(code)
    words = f"{number}: {printable(text)}"
    if number in _KEY:
        raise AuthenticationError(
            f"the stream refuses our key ({words}): set the key of this account and this address."
        )
    if number == _LIMIT:
        raise ConnectionLimitError(f"the stream allows no further connection ({words})")
    if number in _SUBSCRIPTION:
        raise SubscriptionRefusedError(
            f"the stream refuses the subscription ({words}): ask for fewer symbols, or for a feed "
            "that the account is entitled to."
        )
    raise StreamBrokenError(f"the stream answered with an error ({words})")


def refuse_upgrade(status: int) -> NoReturn:
    """Raise what an HTTP status stands for that came instead of the upgrade.

    Raises:
        StreamBrokenError: When it is no refusal; else as `refuse`.
    """
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        refuse(UNAUTHORIZED, f"HTTP {status}")
    if status in {HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        refuse(_LIMIT, f"HTTP {status}")
    raise StreamBrokenError(f"the stream's address answered with HTTP {status}")


def printable(value: object) -> str:
    """Return a server's word, fit for a sentence."""
    text = str(value)[:_TEXT_LENGTH_MAX]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
