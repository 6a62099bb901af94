"""What is known of how values of one type are written and read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Encode = Callable[[object], str]
Decode = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Plain:
    """Say how values of exactly one type are written, without asking again what they are.

    Attributes:
        kind: The type.
        write: Returns the JSON text of any value of it, or raises MismatchError.
        table: The text of every value, where there are a few of them only.
        or_none: Whether None is written as well, as null.
    """

    kind: type[object]
    write: Encode
    table: Mapping[StrEnum, str] | None = None
    or_none: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """Say how a dataclass is written.

    Attributes:
        kind: The dataclass.
        keys: Its keys in their order, each with its text where every instance has the same.
        shapes: How the fields of the other keys are written, by name.
    """

    kind: type[object]
    keys: Sequence[tuple[str, str | None]]
    shapes: Mapping[str, "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Pair the two directions of one type: value to JSON text, parsed JSON to value.

    Both raise MismatchError when they are handed something else. What is told besides is how to
    write the same text without asking each part what it is.

    Attributes:
        encode: Value to JSON text.
        decode: Parsed JSON to value.
        plain: Of a single value: how it is written.
        parts: Of a dataclass: what it is written of.
        places: Of a tuple with one shape a place: these shapes.
        item: Of a tuple of any length: the shape of all its items.
    """

    encode: Encode
    decode: Decode
    plain: Plain | None = None
    parts: Parts | None = None
    places: Sequence["Shape"] | None = None
    item: "Shape | None" = None


class MismatchError(Exception):
    """Carry why a value does not fit its type and, outwards, the path to it."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason
        self.path = path

    def under(self, name: str) -> "MismatchError":
        """Return the same mismatch seen from the value that holds it as `name`."""
        return MismatchError(self.reason, name + self.path)
