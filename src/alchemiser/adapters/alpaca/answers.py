"""Read small answers of the broker exactly, whatever they hold."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from alchemiser.ports.errors import InputError


def document(body: bytes, what: str) -> Any:  # noqa: ANN401 - whatever it holds
    """Return the JSON in `body`; numbers are Decimal, and None where JSON has no number.

    Raises:
        InputError: When it is no JSON; names `what` was asked for.
    """
    try:
        return json.loads(
            body, parse_float=Decimal, parse_int=Decimal, parse_constant=lambda _: None
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InputError(broken(what, "no JSON")) from error


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """Return `value`, an object; null counts as an empty one.

    Raises:
        InputError: When it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(broken(what, f"a {type(value).__name__} where an object should be"))
    return value


def rows(value: object, what: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in `value`, a list; null counts as an empty one.

    Raises:
        InputError: When it is something else, or holds something else.
    """
    if value is not None and not isinstance(value, list):
        raise InputError(broken(what, f"a {type(value).__name__} where a list should be"))
    for row in value or ():
        yield mapping(row, what)


def number(value: object) -> Decimal | None:
    """Return the number that `value` tells, written as one or as a text; None when it is none."""
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            return None
    return value if isinstance(value, Decimal) and value.is_finite() else None


def moment(value: object, what: str) -> datetime:
    """Return the moment that an RFC 3339 text tells, UTC, cut off at microseconds.

    Raises:
        InputError: When it tells none, or not in which zone.
    """
    try:
        told = datetime.fromisoformat(str(value))
        if told.tzinfo is not None:
            return told.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InputError(broken(what, f"{str(value)[:40]!r} where a moment should be"))


def day(value: object, what: str) -> date:
    """Return the date that a text tells as YYYY-MM-DD.

    Raises:
        InputError: When it tells none.
    """
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(broken(what, f"{str(value)[:40]!r} where a date should be")) from error


def broken(what: str, how: str) -> str:
    """Return the sentence that the answer about `what` is not as the broker describes it."""
    return (
        f"the broker's answer about {what} holds {how}: correct the address, or install a release "
        "that knows the answer."
    )
