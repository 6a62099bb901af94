"""Messages between the engine and a strategy's process: JSON, and raw arrays one way only.

A frame is its length in eight bytes and its content. The engine sends two frames a message, a
head in JSON and a body of raw numbers; a process answers with one frame of JSON and nothing else,
so that what it sends can only ever be text, numbers, lists and tables.
"""

import json
import struct
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Final

LENGTH: Final = struct.Struct(">Q")
ANSWER_MAX: Final = 1 << 20
"""Longest answer in bytes: room for every ticker there is."""

Head = dict[str, Any]


def message(head: Mapping[str, object], body: bytes = b"") -> bytes:
    """Return a message of the engine."""
    return framed(json.dumps(head, separators=(",", ":")).encode()) + framed(body)


def framed(content: bytes) -> bytes:
    """Return `content` as a frame."""
    return LENGTH.pack(len(content)) + content


def read_message(stream: BinaryIO) -> tuple[Head, bytes] | None:
    """Return the next message of the engine, or None when it has gone."""
    head, body = read_frame(stream), read_frame(stream)
    if head is None or body is None:
        return None
    return json.loads(head), body


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the content of the next frame, or None when the stream has ended."""
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (count,) = LENGTH.unpack(length)
    content = stream.read(count)
    return content if len(content) == count else None


_WRITTEN: Final[tuple[tuple[type, str, Callable[[Any], object]], ...]] = (
    (Decimal, "decimal", str),
    (datetime, "datetime", datetime.isoformat),  # is a date, so it comes first
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
)
_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "list": lambda parts: [restored(part) for part in parts],
    "table": lambda parts: {name: restored(part) for name, part in parts.items()},
}


def portable(value: object) -> object:
    """Return a value of TOML so that JSON keeps it exactly; `restored` turns it back."""
    match value:
        case dict():
            return {"table": {name: portable(part) for name, part in value.items()}}
        case list() | tuple():
            return {"list": [portable(part) for part in value]}
        case bool() | int() | float() | str() | None:
            return value
        case _:
            for kind, name, write in _WRITTEN:
                if isinstance(value, kind):
                    return {name: write(value)}
            return str(value)


def restored(value: object) -> object:
    """Return what `portable` wrote."""
    if not isinstance(value, dict):
        return value
    ((name, content),) = value.items()
    return _READ[name](content)
