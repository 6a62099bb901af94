"""Frozen dataclasses as canonical JSON and back, strictly by their type hints.

One value has one text: keys sorted, no spaces, ASCII, Decimals without exponent or trailing
zeros, moments in UTC to the microsecond, enumerations by value, tuples as arrays. `decode` takes
that text and no other, and runs the constructors, so that what it returns is as sound as what
was written. A field may be a str, int, bool, Decimal, date, datetime, StrEnum, Literal of strings,
NewType of these, tuple, dataclass, or `| None` of one; a union of dataclasses carries the class
name under the key `type`. There are no floats and no mappings.
"""

from collections.abc import Iterable
from json import JSONDecoder
from typing import Generic, NoReturn, TypeVar, cast

from alchemiser.domain.journal.composites import ObjectShape
from alchemiser.domain.journal.hints import Compiler
from alchemiser.domain.journal.shapes import Encode, MismatchError
from alchemiser.domain.journal.writers import MISFITS
from alchemiser.domain.values.errors import InvalidValueError

T = TypeVar("T")

_SHAPES: dict[type[object], ObjectShape] = {}


def encode(value: object) -> str:
    """Return the canonical JSON of a dataclass instance.

    Raises:
        InvalidValueError: When a field does not hold what its hint says, or has no exact text.
    """
    kind = type(value)
    try:
        return _shape_of(kind).encode(value)
    except MismatchError as error:
        raise InvalidValueError(_sentence(kind, error)) from None


def decode(kind: type[T], text: str) -> T:
    """Return the `kind` whose canonical JSON is `text`.

    Raises:
        InvalidValueError: When `text` is anything else; the sentence names the field.
    """
    shape = _shape_of(kind)
    try:
        value = shape.decode(_parse(text))
        canonical = shape.encode(value) == text
    except MismatchError as error:
        raise InvalidValueError(_sentence(kind, error)) from None
    if not canonical:
        msg = f"{kind.__name__}: is not in canonical form (keys sorted, no spaces, plain ASCII)."
        raise InvalidValueError(msg)
    return cast("T", value)


class RecordCodec(Generic[T]):
    """Encode the records of a closed set of types by name and version.

    A type is named by its class; its class attribute `VERSION`, 1 unless it says otherwise, rises
    whenever a field changes.
    """

    def __init__(self, types: Iterable[type[T]]) -> None:
        """Learn `types`.

        Raises:
            InvalidValueError: When two share a name or one has a field that cannot be recorded.
        """
        self._kinds: dict[str, type[T]] = {}
        self._stored: dict[type[T], tuple[str, int, Encode]] = {}
        for kind in types:
            if kind.__name__ in self._kinds:
                msg = f"two record types are named {kind.__name__}: rename one."
                raise InvalidValueError(msg)
            self._kinds[kind.__name__] = kind
            self._stored[kind] = kind.__name__, _version(kind), _shape_of(kind).write

    def name_of(self, record: T) -> str:
        """Return the name under which `record` is stored.

        Raises:
            InvalidValueError: When its type is not one of the set.
        """
        return self._stored_as(record)[0]

    def encode(self, record: T) -> tuple[str, int, str]:
        """Return name, version and canonical JSON of `record`.

        Raises:
            InvalidValueError: When its type is not one of the set, or a field does not hold what
                its hint says.
        """
        stored = self._stored.get(type(record)) or self._stored_as(record)
        name, version, write = stored
        try:
            return name, version, write(record)
        except MISFITS:
            # The quick way does not say what is wrong.
            return name, version, encode(record)

    def _stored_as(self, record: T) -> tuple[str, int, Encode]:
        stored = self._stored.get(type(record))
        if stored is None:
            name = type(record).__name__
            msg = f"{name} is no record type of this journal: register it first."
            raise InvalidValueError(msg)
        return stored

    def decode(self, name: str, version: int, data: str) -> T:
        """Return the record that `encode` took apart.

        Raises:
            InvalidValueError: When this release does not know `name` at `version`, or `data` is
                not canonical JSON of it.
        """
        kind = self._kinds.get(name)
        if kind is None:
            msg = f"record type {name!r} is unknown to this release: use the one that wrote it."
            raise InvalidValueError(msg)
        if version != _version(kind):
            msg = (
                f"a record {name} has version {version}, but this release reads version "
                f"{_version(kind)}: use the release that wrote it."
            )
            raise InvalidValueError(msg)
        return decode(kind, data)


def _shape_of(kind: type[object]) -> ObjectShape:
    shape = _SHAPES.get(kind)
    if shape is None:
        shape = _SHAPES[kind] = Compiler().dataclass(kind)
    return shape


def _parse(text: str) -> object:
    try:
        value: object = _JSON.decode(text)
    except (ValueError, RecursionError):
        msg = "is not JSON"
        raise MismatchError(msg) from None
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        msg = f"has the keys {twice} more than once"
        raise MismatchError(msg)
    return table


def _no_float(text: str) -> NoReturn:
    msg = f"holds {text}, but there are no floats in a record: Decimals stand in quotes"
    raise MismatchError(msg)


_JSON = JSONDecoder(object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)


def _version(kind: type[object]) -> int:
    version: int = getattr(kind, "VERSION", 1)
    return version


def _sentence(kind: type[object], error: MismatchError) -> str:
    return f"{kind.__name__}{error.path}: {error.reason}."
