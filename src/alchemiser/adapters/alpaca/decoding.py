"""From JSON to values: numbers keep every digit they were written with, the rest is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.ports.errors import PortUnavailableError

NEW_YORK: Final = ZoneInfo("America/New_York")

_T = TypeVar("_T")
_DIGITS: Final = rb"(-?[0-9]{1,15}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?)"
_NUMBER: Final = re.compile(_DIGITS + rb'|"' + _DIGITS + rb'"')
_DECIMALS: Final = 9
_FINEST: Final = Decimal(10) ** -_DECIMALS
_LARGEST: Final = Decimal("1e15")
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
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
    """Return the number in `raw`, written as a number or in quotes, also with an exponent.

    Args:
        raw: The JSON.
        name: What it is, for the error.
        negative: Whether it may be below zero.

    Raises:
        MalformedAnswerError: When it is absent, no decimal, has more than nine decimals that count
            or fifteen digits before them, or is negative and must not be.
    """
    value, found = _read(raw, name, negative=negative)
    if value != found:
        raise MalformedAnswerError(_no_number(raw, name))
    return value


def amount(raw: Number, name: str, *, negative: bool = False) -> Decimal:
    """Return the dollars in `raw`, rounded to nine decimals.

    What a broker multiplies, such as parts of a share and prices, has more of them than any of the
    two; quantities have not.

    Raises:
        MalformedAnswerError: As `number`, but for decimals.
    """
    return _read(raw, name, negative=negative)[0]


def _read(raw: Number, name: str, *, negative: bool) -> tuple[Decimal, Decimal]:
    """Return a number with nine decimals at most, and as it was written.

    Raises:
        MalformedAnswerError: As `amount`.
    """
    match = _NUMBER.fullmatch(bytes(raw))
    if match is None:
        raise MalformedAnswerError(_no_number(raw, name))
    found = Decimal((match[1] or match[2]).decode())
    if abs(found) >= _LARGEST or (found < 0 and not negative):
        raise MalformedAnswerError(_no_number(raw, name))
    exponent = found.as_tuple().exponent
    plain = isinstance(exponent, int) and -_DECIMALS <= exponent <= 0
    return (found if plain else found.quantize(_FINEST, context=_CONTEXT)), found


def _no_number(raw: Number, name: str) -> str:
    shown = bytes(raw)[:_SHOWN].decode("ascii", "replace")
    return f"Alpaca's {name} is no number that it can be: {shown!r}"


def optional(raw: Number, name: str, *, negative: bool = False) -> Decimal | None:
    """Return the number in `raw` as `number` does, or None where there is none.

    Raises:
        MalformedAnswerError: As `number`.
    """
    return number(raw, name, negative=negative) if is_told(raw) else None


def is_told(raw: Number) -> bool:
    """Say whether there is anything in `raw`."""
    return bytes(raw) not in {b"", b"null"}


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
