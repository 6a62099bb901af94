"""One text for each single value: numbers, moments and names, refused when they have none."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import cast

from alchemiser.domain.journal.shapes import Encode, MismatchError, Plain, Shape
from alchemiser.domain.values.errors import InvalidValueError

DECIMAL_DIGITS_MAX = 40
"""Digits that a Decimal may have before its point, and likewise after it."""

INTEGER_BITS_MAX = 63

_DECIMAL = re.compile(
    rf"-?(?:0|[1-9][0-9]{{0,{DECIMAL_DIGITS_MAX - 1}}})"
    rf"(?:\.[0-9]{{0,{DECIMAL_DIGITS_MAX - 1}}}[1-9])?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


quote = encode_basestring_ascii
"""Write a str as an ASCII JSON string."""


def time_text(at: datetime) -> str:
    """Return a UTC moment as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.

    Raises:
        InvalidValueError: When `at` is not in UTC or has no time zone.
    """
    if at.tzinfo is not UTC and at.utcoffset() != timedelta(0):
        msg = f"a recorded time is in UTC; {at.isoformat()} is not."
        raise InvalidValueError(msg)
    return _utc_text(at)


def _utc_text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


# Every record of one step carries the same moment, and writing one out costs a microsecond.
@lru_cache(maxsize=256)
def _quoted_utc(at: datetime) -> str:
    return f'"{_utc_text(at)}"'


def time_from_text(text: str) -> datetime:
    """Return the moment that `time_text` wrote.

    Raises:
        InvalidValueError: When `text` has another form or names no moment.
    """
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    msg = f"{text!r} is not a UTC time such as 2024-08-05T19:45:00.000000Z."
    raise InvalidValueError(msg)


def literals(values: tuple[object, ...]) -> Shape:
    """Return the shape of one of `values`, which are all strings.

    Raises:
        InvalidValueError: When one is not a string.
    """
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values):
        msg = f"the choices {values} are not all strings: use strings or a StrEnum."
        raise InvalidValueError(msg)
    table = {text: quote(text) for text in texts}

    def encode(value: object) -> str:
        if type(value) is not str or value not in table:
            raise MismatchError(_not(f"one of {texts}", value))
        return table[value]

    def decode(value: object) -> object:
        if type(value) is not str or value not in table:
            raise MismatchError(_not(f"one of {texts}", value))
        return value

    return Shape(encode, decode)


def members(kind: type[StrEnum]) -> Shape:
    """Return the shape of a member of `kind`, written by its value."""
    quoted: dict[StrEnum, str] = {member: quote(member.value) for member in kind}
    named = {member.value: member for member in kind}

    def encode(value: object) -> str:
        if type(value) is not kind:
            raise MismatchError(_not(f"a {kind.__name__}", value))
        return quoted[value]

    def decode(value: object) -> object:
        if type(value) is not str or value not in named:
            raise MismatchError(_not(f"one of {list(named)}", value))
        return named[value]

    return Shape(encode, decode, Plain(kind, cast("Encode", quoted.__getitem__), table=quoted))


def _not(wanted: str, value: object) -> str:
    return f"must be {wanted}, not {value!r:.80}"


def _encode_text(value: object) -> str:
    if type(value) is not str:
        raise MismatchError(_not("text", value))
    return encode_basestring_ascii(value)


def _decode_text(value: object) -> object:
    if type(value) is not str:
        raise MismatchError(_not("text", value))
    return value


def _encode_truth(value: object) -> str:
    if type(value) is not bool:
        raise MismatchError(_not("true or false", value))
    return "true" if value else "false"


def _decode_truth(value: object) -> object:
    if type(value) is not bool:
        raise MismatchError(_not("true or false", value))
    return value


def _encode_integer(value: object) -> str:
    return str(_decode_integer(value))


def _decode_integer(value: object) -> object:
    if type(value) is not int or value.bit_length() > INTEGER_BITS_MAX:
        raise MismatchError(_not("a whole number of at most 63 bits", value))
    return value


def _encode_decimal(value: object) -> str:
    if type(value) is not Decimal:
        raise MismatchError(_not("a finite Decimal", value))
    return f'"{decimal_text(value)}"'


def decimal_text(value: Decimal) -> str:
    """Return a finite Decimal without exponent and trailing zeros; equal numbers have one text.

    It is not looked up: to find the hash of a Decimal takes longer than to write it.

    Raises:
        MismatchError: When it is not finite, or of more than `DECIMAL_DIGITS_MAX` digits.
    """
    if not value.is_finite():
        raise MismatchError(_not("a finite Decimal", value))
    text = str(value)
    if "E" in text or len(text) > DECIMAL_DIGITS_MAX:
        return _plain(value)
    if text[-1] == "0" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _plain(value: Decimal) -> str:
    if not value:
        return "0"
    if -DECIMAL_DIGITS_MAX <= value.adjusted() < DECIMAL_DIGITS_MAX:
        text = format(value, "f")
        bare = text.rstrip("0").rstrip(".") if "." in text else text
        if _DECIMAL.fullmatch(bare):
            return bare
    wanted = f"a Decimal of at most {DECIMAL_DIGITS_MAX} digits on each side of its point"
    raise MismatchError(_not(wanted, value))


def _decode_decimal(value: object) -> object:
    if type(value) is not str or not _DECIMAL.fullmatch(value) or value == "-0":
        raise MismatchError(_not("a plain decimal number in quotes", value))
    return Decimal(value)


def _encode_date(value: object) -> str:
    if type(value) is not date:
        raise MismatchError(_not("a date", value))
    return f'"{value.isoformat()}"'


def _decode_date(value: object) -> object:
    try:
        if type(value) is str and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise MismatchError(_not("a date such as 2024-08-05", value))


def _encode_time(value: object) -> str:
    if type(value) is datetime and value.tzinfo is UTC:
        return _quoted_utc(value)
    if type(value) is not datetime:
        raise MismatchError(_not("a time in UTC", value))
    try:
        return f'"{time_text(value)}"'
    except InvalidValueError:
        raise MismatchError(_not("a time in UTC", value)) from None


def _decode_time(value: object) -> object:
    if type(value) is not str:
        raise MismatchError(_not("a time in UTC", value))
    try:
        return time_from_text(value)
    except InvalidValueError as error:
        raise MismatchError(str(error).rstrip(".")) from None


SCALARS: dict[object, Shape] = {
    str: Shape(_encode_text, _decode_text, Plain(str, cast("Encode", encode_basestring_ascii))),
    bool: Shape(_encode_truth, _decode_truth),
    int: Shape(_encode_integer, _decode_integer),
    Decimal: Shape(_encode_decimal, _decode_decimal, Plain(Decimal, _encode_decimal)),
    date: Shape(_encode_date, _decode_date),
    datetime: Shape(_encode_time, _decode_time, Plain(datetime, cast("Encode", _quoted_utc))),
}
"""The shapes of the types that stand for themselves."""
