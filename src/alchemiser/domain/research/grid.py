"""Sets of parameters: every combination of the values of some axes."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod
from typing import Final

from alchemiser.domain.values.errors import InvalidValueError

SETS_MAX: Final = 100_000
"""Combinations of one grid, at most."""

Value = bool | int | Decimal | str
"""What a parameter may be set to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Name a parameter and what it is set to.

    Attributes:
        strategy: Whose parameter it is.
        name: Its name.
        values: What it is set to, in order, each once.
    """

    strategy: str
    name: str
    values: tuple[Value, ...]

    @property
    def label(self) -> str:
        """Return what it is called in tables."""
        return f"{self.strategy}.{self.name}"


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one combination: for each axis, in their order, its value."""

    values: tuple[tuple[str, str, Value], ...] = ()

    def of(self, strategy: str) -> dict[str, Value]:
        """Return the parameters of one strategy."""
        return {name: value for owner, name, value in self.values if owner == strategy}

    def among(self, strategies: AbstractSet[str]) -> "Point":
        """Return the parameters of some strategies."""
        return Point(tuple(one for one in self.values if one[0] in strategies))

    def __str__(self) -> str:
        """Return the values with their names, and whose they are where there are several."""
        several = len({owner for owner, _, _ in self.values}) > 1
        told = (f"{owner}.{name}" if several else name for owner, name, _ in self.values)
        values = (value for _, _, value in self.values)
        named = (f"{name}={value}" for name, value in zip(told, values, strict=True))
        return ", ".join(named) or "as it is"


def grid(axes: tuple[Axis, ...]) -> tuple[Point, ...]:
    """Return all combinations, the last axis changing first; of no axis, one that sets nothing.

    Raises:
        InvalidValueError: When a parameter has two axes, or there are too many combinations.
    """
    labels = [axis.label for axis in axes]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        msg = f"{twice} is given twice: write all its values in one --param."
        raise InvalidValueError(msg)
    count = prod(len(axis.values) for axis in axes)
    if count > SETS_MAX:
        msg = f"{count:,} combinations are more than {SETS_MAX:,}: take fewer values."
        raise InvalidValueError(msg)
    return tuple(
        Point(tuple((axis.strategy, axis.name, v) for axis, v in zip(axes, values, strict=True)))
        for values in product(*(axis.values for axis in axes))
    )


def values_of(text: str) -> tuple[Value, ...]:
    """Return what `text` lists: values parted by commas, each may be a range `first:last:step`.

    A range holds its last value when a step reaches it; numbers keep their decimals. Between whole
    numbers the step may be left out, and is one.

    Raises:
        InvalidValueError: When there is none, one stands twice, or a range does not end.
    """
    found: list[Value] = []
    for part in text.split(","):
        found += _range(part) if ":" in part else [_value(part.strip())]
    if "" in found:
        msg = f"{text!r} lists no value somewhere: write values parted by commas, such as 5,10,20."
        raise InvalidValueError(msg)
    twice = next((one for place, one in enumerate(found) if one in found[:place]), None)
    if twice is not None:
        msg = f"the value {twice} stands twice in {text!r}: name each once."
        raise InvalidValueError(msg)
    return tuple(found)


def _range(text: str) -> list[Value]:
    parts = [_value(part.strip()) for part in text.split(":")]
    numbers = [part for part in parts if isinstance(part, int | Decimal)]
    usual = (2, 3)
    if len(parts) not in usual or len(numbers) < len(parts):
        msg = f"{text!r} is no range: write first:last:step with numbers, such as 5:50:5."
        raise InvalidValueError(msg)
    if len(numbers) < 3 and not all(isinstance(number, int) for number in numbers):  # noqa: PLR2004
        msg = f"{text!r} has no step: write first:last:step, such as 0.1:0.9:0.1."
        raise InvalidValueError(msg)
    first, last, step = (*numbers, 1)[:3]
    span, stride = Decimal(last - first), Decimal(step)
    if not stride or span * stride < 0:
        msg = f"{text!r} does not go from its first to its last value: check the step."
        raise InvalidValueError(msg)
    if abs(span) >= abs(stride) * SETS_MAX:
        msg = f"{text!r} has more than {SETS_MAX:,} values: take a longer step."
        raise InvalidValueError(msg)
    return [first + step * number for number in range(int(span // stride) + 1)]


def _value(text: str) -> Value:
    if text in {"true", "false"}:
        return text == "true"
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return int(text) if text.lstrip("+-").isdigit() else number
