"""Messages of a stream as plain values: JSON in text or binary, and MessagePack."""

from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

NUMBER_LENGTH_MAX: Final = 40
DIGITS_MAX: Final = 18
"""Largest power of ten, up or down, of a number that is taken for one."""

_JSON: Final = msgspec.json.Decoder(float_hook=Decimal)
_PACKED: Final = msgspec.msgpack.Decoder()
# MessagePack never begins with one of these: there they are small numbers, alone in the message.
_BEGINS_JSON: Final = (b"{", b"[", b"n")


class FrameError(ValueError):
    """Mark a message, or a part of one, that is not what it should be."""


def parts(message: str | bytes) -> list[object]:
    """Return what a message holds, one by one; broken numbers of JSON are Decimal.

    JSON may have a line for each. A message that is neither JSON nor MessagePack holds one thing,
    which is no object.
    """
    try:
        raw = message.encode() if isinstance(message, str) else message
        # In MessagePack it would be a small number, and more behind it than one message holds.
        raw = raw.removeprefix(BOM_UTF8)
        is_json = isinstance(message, str) or raw.lstrip()[:1] in _BEGINS_JSON
        documents = _documents(raw) if is_json else [_PACKED.decode(raw)]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return [None]
    return [one for told in documents for one in (told if isinstance(told, list) else [told])]


def _documents(raw: bytes) -> list[object]:
    """Return the one document of a text, or those of its lines.

    Raises:
        msgspec.DecodeError: When it is neither.
    """
    try:
        return [_JSON.decode(raw)]
    except msgspec.DecodeError:
        if not raw.strip():
            raise
        return _JSON.decode_lines(raw)


def fields(value: object, what: str) -> Mapping[Any, Any]:
    """Return `value`, an object.

    Raises:
        FrameError: When it is something else.
    """
    if not isinstance(value, dict):
        raise FrameError(f"{what} is no object")
    return value


def word(row: Mapping[Any, Any], name: str) -> str:
    """Return the text under `name`, not empty.

    Raises:
        FrameError: When there is none.
    """
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise FrameError(f"{name} is no text")
    return value


def number(row: Mapping[Any, Any], name: str) -> Decimal:
    """Return the number under `name`, told as a number or as a text.

    Raises:
        FrameError: When there is none, or one beyond all sense.
    """
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise FrameError(f"{name} is no number")
    text = str(value)
    try:
        found = Decimal(text) if len(text) <= NUMBER_LENGTH_MAX else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or (found and abs(found.adjusted()) > DIGITS_MAX):
        raise FrameError(f"{name} is no number")
    return found


def moment(row: Mapping[Any, Any], name: str) -> datetime:
    """Return the moment under `name`, UTC, cut off at microseconds.

    Raises:
        FrameError: When there is none, or one without its zone.
    """
    value = row.get(name)
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise FrameError(f"{name} is no moment")
