"""What machine code is called with: one word for each array and number, in their order.

An array is the address of its object: where its numbers lie, and how many, stands there at places
that numpy promises to C (`PyArrayObject`). So a call takes a quarter of a microsecond an array;
asking each for its address takes as much again eight times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from struct import Struct

import numpy as np

_WORD = object.__basicsize__ // 8
DATA, LENGTHS, STRIDES = _WORD, _WORD + 2, _WORD + 3
"""At which word (0-based) of an array its numbers, lengths and strides are told."""

_dtype, _dimensions = attrgetter("dtype"), attrgetter("ndim")
_is_plain = attrgetter("flags.carray")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Turn arguments of the types of an example into words.

    Attributes:
        kinds: The type of each of M arrays and numbers.
        places: Which of them (0-based) are arrays, those that may be written to first.
        written: How many arrays may be written to.
        dtypes: What each array consists of.
        dimensions: How many dimensions each has.
        form: The words.
    """

    kinds: tuple[type, ...]
    places: tuple[int, ...]
    written: int
    dtypes: list[np.dtype[np.generic]]
    dimensions: list[int]
    form: Struct

    @classmethod
    def of(cls, example: Sequence[object]) -> "Words":
        """Return the words of what is of the types of `example`.

        Raises:
            TypeError: When that holds anything but arrays, numbers and named tuples of these.
        """
        leaves = _flat(example)
        kinds = tuple(map(type, leaves))
        if not set(kinds) <= {np.ndarray, float, int, bool}:
            msg = "a loop takes arrays, numbers and named tuples of these."
            raise TypeError(msg)
        found = {place: one for place, one in enumerate(leaves) if isinstance(one, np.ndarray)}
        places = sorted(found, key=lambda place: not found[place].flags.writeable)
        arrays = [found[place] for place in places]
        return cls(
            kinds=kinds,
            places=tuple(places),
            written=sum(one.flags.writeable for one in arrays),
            dtypes=[one.dtype for one in arrays],
            dimensions=[one.ndim for one in arrays],
            form=Struct("".join("d" if kind is float else "q" for kind in kinds)),
        )

    def __str__(self) -> str:
        arrays = zip(self.dtypes, self.dimensions, self.places, strict=True)
        told = (f"{dtype.str} {dimensions} {place}" for dtype, dimensions, place in arrays)
        return ", ".join((self.form.format, str(self.written), *told))

    def __call__(self, arguments: Sequence[object]) -> bytes:
        """Return the words of `arguments`, which have to be kept for as long as these are used.

        Raises:
            TypeError: When they are not of the types of the example, or an array does not lie in
                rows, one after the other.
        """
        leaves = _flat(arguments)
        arrays = [leaves[place] for place in self.places if place < len(leaves)]
        if not (self._are_of_kinds(leaves) and self._lie_in_rows(arrays)):
            msg = "machine code takes what its example has: the same types, and arrays in rows."
            raise TypeError(msg)
        for place, one in zip(self.places, arrays, strict=True):
            leaves[place] = id(one)
        return self.form.pack(*leaves)

    def _are_of_kinds(self, leaves: Sequence[object]) -> bool:
        kinds = tuple(map(type, leaves))
        return kinds == self.kinds or (
            len(kinds) == len(self.kinds) and all(map(isinstance, leaves, self.kinds))
        )

    def _lie_in_rows(self, arrays: Sequence[object]) -> bool:
        return (
            [*map(_dtype, arrays)] == self.dtypes
            and [*map(_dimensions, arrays)] == self.dimensions
            and all(map(_is_plain, arrays[: self.written]))
            and all(map(_is_in_rows, arrays[self.written :]))
        )


def _is_in_rows(array: object) -> bool:
    """Return whether an array can be read number after number; it may be written to or not."""
    return isinstance(array, np.ndarray) and array.flags.c_contiguous and array.flags.aligned


def _flat(arguments: Sequence[object]) -> list[object]:
    """Return arrays and numbers, also of named tuples, in the order in which they are handed on."""
    leaves: list[object] = []
    for one in arguments:
        if isinstance(one, tuple):
            leaves.extend(one)
        else:
            leaves.append(one)
    return leaves
