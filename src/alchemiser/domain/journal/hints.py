"""From the type hints of a dataclass to its shape, compiled once."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import Literal, NewType, Union, get_args, get_origin, get_type_hints

from alchemiser.domain.journal.composites import TAG, ObjectShape, one_of, optional, row, series
from alchemiser.domain.journal.scalars import SCALARS, literals, members
from alchemiser.domain.journal.shapes import Shape
from alchemiser.domain.values.errors import InvalidValueError


class Compiler:
    """Compile one root type and all that it holds; a type met again is the same shape."""

    def __init__(self) -> None:
        self._objects: dict[tuple[type[object], bool], ObjectShape] = {}

    def dataclass(self, kind: type[object], *, tagged: bool = False) -> ObjectShape:
        """Return the shape of `kind`, with its name under `type` when it is `tagged`.

        Raises:
            InvalidValueError: When `kind` is no dataclass or a field has no canonical text.
        """
        if not is_dataclass(kind):
            msg = f"{kind.__name__} is not a dataclass, so it cannot be recorded."
            raise InvalidValueError(msg)
        key = (kind, tagged)
        if key not in self._objects:
            names = [field.name for field in fields(kind) if field.init]
            if tagged and TAG in names:
                msg = f"{kind.__name__} stands in a union: rename its field {TAG!r}."
                raise InvalidValueError(msg)
            shape = self._objects[key] = ObjectShape(kind, names, tagged=tagged)
            shape.fill(partial(self._field, kind, get_type_hints(kind)))
        return self._objects[key]

    def _field(self, kind: type[object], hints: dict[str, object], name: str) -> Shape:
        try:
            return self._shape(hints[name])
        except _UnrecordableError as error:
            msg = (
                f"field {name!r} of {kind.__name__} is {error}, which has no canonical text: use "
                "str, int, bool, Decimal, date, datetime, StrEnum, tuple or a dataclass."
            )
            raise InvalidValueError(msg) from None

    def _shape(self, hint: object) -> Shape:
        while isinstance(hint, NewType):
            hint = hint.__supertype__
        if hint in SCALARS:
            return SCALARS[hint]
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            return self._union(arguments)
        if origin is tuple:
            return self._tuple(arguments)
        if origin is Literal:
            return literals(arguments)
        return self._named(hint)

    def _named(self, hint: object) -> Shape:
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return members(hint)
        if isinstance(hint, type) and is_dataclass(hint):
            shape = self.dataclass(hint)
            return Shape(shape.encode, shape.decode, parts=shape.parts)
        raise _UnrecordableError(getattr(hint, "__name__", hint))

    def _union(self, arguments: tuple[object, ...]) -> Shape:
        kinds = [kind for kind in arguments if kind is not NoneType]
        shape = self._shape(kinds[0]) if len(kinds) == 1 else self._tagged(kinds)
        return shape if len(kinds) == len(arguments) else optional(shape)

    def _tagged(self, kinds: list[object]) -> Shape:
        classes = [kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)]
        if len(classes) != len(kinds):
            msg = "a union of others than dataclasses and None"
            raise _UnrecordableError(msg)
        return one_of({kind: self.dataclass(kind, tagged=True) for kind in classes})

    def _tuple(self, arguments: tuple[object, ...]) -> Shape:
        if arguments[1:] == (...,):
            return series(self._shape(arguments[0]))
        return row([self._shape(argument) for argument in arguments])


class _UnrecordableError(Exception):
    """Carry in words a hint that has no canonical text."""
