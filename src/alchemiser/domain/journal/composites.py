"""The shapes of composed values: dataclasses, tuples, optional values and tagged unions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import repeat
from operator import call

from alchemiser.domain.journal.scalars import quote
from alchemiser.domain.journal.shapes import Decode, Encode, MismatchError, Parts, Shape
from alchemiser.domain.journal.writers import MISFITS, writer
from alchemiser.domain.values.errors import InvalidValueError

TAG = "type"
"""The key under which a member of a union carries its class name."""


class ObjectShape:
    """The two directions of one dataclass; `fill` completes it, so that a type may hold itself."""

    __slots__ = ("_decoders", "_encoders", "_keys", "_kind", "_names", "_parts", "parts", "write")

    def __init__(self, kind: type[object], names: Sequence[str], *, tagged: bool) -> None:
        """Prepare the shape of `kind`, a dataclass whose constructor takes `names`."""
        parts: dict[str, str | None] = dict.fromkeys(names)
        if tagged:
            parts[TAG] = quote(kind.__name__)
        self._kind = kind
        self._keys = frozenset(parts)
        self._names = sorted(names)
        self._parts = sorted(parts.items())
        self.parts: Parts | None = None
        self.write: Encode = self.encode
        self._encoders: list[Encode] = []
        self._decoders: list[tuple[str, Decode]] = []

    def fill(self, shape_of: Callable[[str], Shape]) -> None:
        """Take the shape of each field from `shape_of(name)`."""
        shapes = {name: shape_of(name) for name in self._names}
        self.parts = Parts(self._kind, self._parts, shapes)
        self.write = writer(Shape(self.encode, self.decode, parts=self.parts))
        self._encoders = [shape.encode for shape in shapes.values()]
        self._decoders = [(name, shape.decode) for name, shape in shapes.items()]

    def encode(self, value: object) -> str:
        """Return the canonical JSON of `value`.

        Raises:
            MismatchError: When it is not of this type, or a field is not of its type.
        """
        try:
            return self.write(value)
        except MISFITS:
            # The fast way keeps no account of where it is, so the place is found by going again.
            raise self._unfit(value) from None

    def _unfit(self, value: object) -> MismatchError:
        """Return why `value` cannot be written."""
        if type(value) is not self._kind:
            return MismatchError(f"must be a {self._kind.__name__}, not a {type(value).__name__}")
        held = [getattr(value, name) for name in self._names]
        names = [f".{name}" for name in self._names]
        return MismatchError(*_blame(names, self._encoders, held))

    def decode(self, value: object) -> object:
        """Return the instance that parsed JSON describes.

        Raises:
            MismatchError: When a key is missing or unknown, or a value is not of its type.
        """
        if not isinstance(value, dict) or value.keys() != self._keys:
            raise MismatchError(self._misfit(value))
        arguments: dict[str, object] = {}
        name = ""
        try:
            for name, decode in self._decoders:
                arguments[name] = decode(value[name])
        except MismatchError as error:
            raise error.under(f".{name}") from None
        try:
            return self._kind(**arguments)
        except (InvalidValueError, ArithmeticError, TypeError, ValueError) as error:
            raise MismatchError(str(error).rstrip(".")) from error

    def _misfit(self, value: object) -> str:
        if not isinstance(value, dict):
            return f"must be an object with the keys {sorted(self._keys)}"
        missing, unknown = sorted(self._keys - value.keys()), sorted(value.keys() - self._keys)
        return f"lacks the keys {missing}" if missing else f"has the unknown keys {unknown}"


def optional(shape: Shape) -> Shape:
    """Return `shape` or null."""
    some_encode, some_decode = shape.encode, shape.decode

    def encode(value: object) -> str:
        return "null" if value is None else some_encode(value)

    def decode(value: object) -> object:
        return None if value is None else some_decode(value)

    plain = None if shape.plain is None else replace(shape.plain, or_none=True)
    return Shape(encode, decode, plain)


def one_of(shapes: dict[type[object], ObjectShape]) -> Shape:
    """Return the shape of a union of dataclasses, told apart by their tags."""
    named = {kind.__name__: shape for kind, shape in shapes.items()}

    def encode(value: object) -> str:
        shape = shapes.get(type(value))
        if shape is None:
            msg = f"must be one of {sorted(named)}, not a {type(value).__name__}"
            raise MismatchError(msg)
        return shape.encode(value)

    def decode(value: object) -> object:
        tag = value.get(TAG) if isinstance(value, dict) else None
        if not isinstance(tag, str) or tag not in named:
            msg = f"must be an object whose {TAG!r} is one of {sorted(named)}"
            raise MismatchError(msg)
        return named[tag].decode(value)

    return Shape(encode, decode)


def series(shape: Shape) -> Shape:
    """Return the shape of a tuple of any length, all of one shape."""
    item = shape.encode

    def encode(value: object) -> str:
        held = _items(value, tuple, None)
        try:
            return "[" + ",".join(map(item, held)) + "]"
        except MismatchError:
            raise MismatchError(*_blame(_places(held), repeat(item), held)) from None

    def decode(value: object) -> object:
        return _decoded(repeat(shape.decode), _items(value, list, None))

    return Shape(encode, decode, item=shape)


def row(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a tuple with one shape a place."""
    encoders = [shape.encode for shape in shapes]
    decoders = [shape.decode for shape in shapes]

    def encode(value: object) -> str:
        held = _items(value, tuple, len(shapes))
        try:
            return "[" + ",".join(map(call, encoders, held)) + "]"
        except MismatchError:
            raise MismatchError(*_blame(_places(held), encoders, held)) from None

    def decode(value: object) -> object:
        return _decoded(decoders, _items(value, list, len(shapes)))

    return Shape(encode, decode, places=shapes)


def _items(value: object, kind: type[Sequence[object]], length: int | None) -> Sequence[object]:
    if not isinstance(value, kind) or length not in (None, len(value)):
        size = "any number of" if length is None else length
        msg = f"must be a {kind.__name__} of {size} items, not {value!r:.80}"
        raise MismatchError(msg)
    return value


def _places(held: Sequence[object]) -> list[str]:
    return [f"[{index}]" for index in range(len(held))]


def _decoded(decoders: Iterable[Decode], held: Sequence[object]) -> tuple[object, ...]:
    items: list[object] = []
    try:
        items.extend(decode(part) for decode, part in zip(decoders, held, strict=False))
    except MismatchError as error:
        raise error.under(f"[{len(items)}]") from None
    return tuple(items)


def _blame(
    places: Sequence[str], encoders: Iterable[Encode], held: Sequence[object]
) -> tuple[str, str]:
    parts = zip(places, encoders, held, strict=False)
    tried = ((place, _mismatch(encode, part)) for place, encode, part in parts)
    return next((error.reason, place + error.path) for place, error in tried if error is not None)


def _mismatch(encode: Encode, part: object) -> MismatchError | None:
    try:
        encode(part)
    except MismatchError as error:
        return error
    return None
