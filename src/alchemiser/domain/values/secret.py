"""A value that cannot be shown, and what takes such values out of texts."""

import json
from collections.abc import Iterable
from hmac import compare_digest
from typing import ClassVar, Final, NoReturn
from urllib.parse import quote, quote_plus

from alchemiser.domain.values.errors import InvalidValueError

SHOWN: Final = "***"
"""What stands where a secret stood."""
REDACTED_MIN: Final = 6
"""Characters of the shortest secret that is looked for; shorter ones would tear ordinary words."""


class Secret:
    """Keep a text from logs, messages, records, copies and pickles; only `reveal` tells it."""

    __slots__ = ("__value",)
    __value: str

    def __init__(self, value: str) -> None:
        """Keep `value`.

        Raises:
            InvalidValueError: When it is empty, and so no secret.
        """
        if not value:
            msg = "a secret is not empty."
            raise InvalidValueError(msg)
        object.__setattr__(self, "_Secret__value", value)

    def reveal(self) -> str:
        """Return the text: for the one call that has to send it."""
        return self.__value

    def __repr__(self) -> str:
        return f"Secret({SHOWN})"

    def __str__(self) -> str:
        return SHOWN

    def __format__(self, _: str) -> str:
        return SHOWN

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not tell how much was equal; there is no hash."""
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self.__value.encode(), other.__value.encode())

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = "a secret does not change."
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        msg = "a secret does not change."
        raise AttributeError(msg)

    def __getstate__(self) -> NoReturn:
        msg = "a secret is not copied or written down."
        raise TypeError(msg)

    def __reduce__(self) -> NoReturn:
        self.__getstate__()

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _: object) -> "Secret":
        return self


class Redactor:
    """Take every secret it knows out of a text: at the log and at the last error boundary."""

    def __init__(self) -> None:
        """Know none."""
        self._known: tuple[str, ...] = ()

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Know `secrets` from here on, as they are and as addresses and JSON spell them."""
        spelt = {one for secret in secrets for one in _spellings(secret.reveal())}
        # The longest first: one that holds another would leave its rest. Bound anew, not changed,
        # because threads read it.
        known = {one for one in spelt if len(one) >= REDACTED_MIN} | set(self._known)
        self._known = tuple(sorted(known, key=lambda one: (-len(one), one)))

    def redact(self, text: str) -> str:
        """Return `text` with each secret replaced by `SHOWN`."""
        for known in self._known:
            text = text.replace(known, SHOWN)
        return text


def _spellings(value: str) -> set[str]:
    escaped = json.dumps(value)[1:-1]
    return {
        value,
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        escaped,
        repr(value)[1:-1],
    }
