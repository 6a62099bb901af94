"""What the query of an address says, understood or refused; an empty value is a missing one."""

import re
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Final

from alchemiser.adapters.venue.requests import NotUnderstoodError, positive

Query = Mapping[str, str]

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BOOLEANS: Final = {"": False, "false": False, "true": True}


def count_of(query: Query, name: str, usual: int, largest: int) -> int:
    """Return the whole number under `name`, from 1 to `largest`; `usual` where there is none.

    Raises:
        NotUnderstoodError: When it is another.
    """
    found = positive(query, name)
    if found is None:
        return usual
    if found % 1 or found > largest:
        raise NotUnderstoodError(f"{name} must be a whole number from 1 to {largest}")
    return int(found)


def choice_of(query: Query, name: str, allowed: Container[str]) -> str | None:
    """Return the word under `name`, one of `allowed`; None where there is none.

    Raises:
        NotUnderstoodError: When it is another.
    """
    found = query.get(name) or None
    if found is not None and found not in allowed:
        raise NotUnderstoodError(f"invalid {name}: {found}")
    return found


def choices_of(query: Query, name: str, allowed: Container[str]) -> frozenset[str]:
    """Return the words, with commas between them, under `name`, each one of `allowed`.

    Raises:
        NotUnderstoodError: When one is another.
    """
    found = frozenset(one for one in query.get(name, "").split(",") if one)
    for one in sorted(found):
        if one not in allowed:
            raise NotUnderstoodError(f"invalid {name}: {one}")
    return found


def flag_of(query: Query, name: str) -> bool:
    """Return what is said under `name`: true or false, in any capitals; false without it.

    Raises:
        NotUnderstoodError: When it is another word.
    """
    found = _BOOLEANS.get(query.get(name, "").lower())
    if found is None:
        raise NotUnderstoodError(f"invalid {name}: {query[name]}")
    return found


def newest_first(query: Query) -> bool:
    """Return whether a list begins with its newest: unless `direction` says asc.

    Raises:
        NotUnderstoodError: When the direction is neither asc nor desc.
    """
    return choice_of(query, "direction", {"asc", "desc"}) != "asc"


def order_id_of(text: str) -> str:
    """Return the identifier that `text` is, in small letters.

    Raises:
        NotUnderstoodError: When it is none. Source of the words: Alpaca's answer in the wild,
            https://github.com/alpacahq/Alpaca-API/issues/135.
    """
    found = text.lower()
    if not _UUID.fullmatch(found):
        raise NotUnderstoodError("order_id is missing")
    return found


def moment_of(text: str | None) -> datetime | None:
    """Return the moment in `text`, UTC where no offset is given; None where there is none.

    Raises:
        NotUnderstoodError: When it is none.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotUnderstoodError(f"invalid time: {text}") from None
