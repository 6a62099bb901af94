"""From JSON to values: numbers keep every digit they were written with, the rest is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import PortUnavailableError

NEW_YORK: Final = ZoneInfo("America/New_York")

_T = TypeVar("_T")
_NUMBER: Final = re.compile(rb'(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)|"(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)"')
_SHOWN: Final = 80

Number = msgspec.Raw
"""A number as it was written; `number` reads it."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)] | None
ABSENT: Final = msgspec.Raw()


class MalformedAnswerError(PortUnavailableError):
    """Mark an answer that is not what its contract says; nothing follows from it."""


class Reader(msgspec.Struct, frozen=True, gc=False):
    """A shape of JSON: what is not named is passed over, what is missing takes its default."""


def decode(shape: type[_T], body: bytes) -> _T:
    """Return `body` read as `shape`.

    Raises:
        MalformedAnswerError: When it is no JSON or has another shape.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError) as error:
        shown = body[:_SHOWN].decode("ascii", "replace")
        raise MalformedAnswerError(f"Alpaca's answer cannot be read ({error}): {shown}") from error


def number(raw: Number, name: str, *, negative: bool = False) -> Decimal:
    """Return the number in `raw`, written as a number or in quotes.

    Args:
        raw: The JSON.
        name: What it is, for the error.
        negative: Whether it may be below zero.

    Raises:
        MalformedAnswerError: When it is absent, no plain decimal, has more than nine decimals or
            fifteen digits before them, or is negative and must not be.
    """
    found = _NUMBER.fullmatch(bytes(raw))
    value = None if found is None else Decimal((found[1] or found[2]).decode())
    if value is None or (value < 0 and not negative):
        shown = bytes(raw)[:_SHOWN].decode("ascii", "replace")
        raise MalformedAnswerError(f"Alpaca's {name} is no number that it can be: {shown!r}")
    return value


def optional(raw: Number, name: str, *, negative: bool = False) -> Decimal | None:
    """Return the number in `raw` as `number` does, or None where there is none.

    Raises:
        MalformedAnswerError: As `number`.
    """
    return None if bytes(raw) in {b"", b"null"} else number(raw, name, negative=negative)


def moment(at: datetime | None, name: str) -> datetime:
    """Return `at` in UTC.

    Raises:
        MalformedAnswerError: When it is absent or beyond the calendar.
    """
    try:
        if at is not None:
            return at.astimezone(UTC)
    except OverflowError:
        pass
    raise MalformedAnswerError(f"Alpaca's {name} is no moment: {at}")


def new_york_day(at: datetime) -> date:
    """Return the day of `at` in New York."""
    return at.astimezone(NEW_YORK).date()


@contextmanager
def understood() -> Iterator[None]:
    """Take what the domain refuses as a value for an answer that cannot be understood.

    Raises:
        MalformedAnswerError: When it refuses one.
    """
    try:
        yield
    except InvalidValueError as error:
        raise MalformedAnswerError(f"Alpaca's answer makes no sense: {error}") from error
