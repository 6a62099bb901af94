"""The common ground of everything a rule tree is made of: values that are equal by content."""

import json
from dataclasses import dataclass, field, fields
from decimal import Decimal
from hashlib import sha256
from typing import Union

from alchemiser.domain.values.errors import InvalidValueError

Plain = Union[str, int, None, "list[Plain]"]


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Stand for one immutable part of a rule tree.

    Two terms are equal when their content is. Content is compared by a digest made once from the
    digests of the parts, so that comparing and hashing cost the same in a tree of any depth.

    Attributes:
        key: SHA-256 over the kind of term and its content, 32 bytes.
    """

    key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.check()
        content = [_plain(getattr(self, each.name)) for each in fields(self) if each.init]
        text = json.dumps([type(self).__name__, *content])
        object.__setattr__(self, "key", sha256(text.encode()).digest())

    def check(self) -> None:
        """Refuse content outside the term's range; called once, before the key is made."""

    def parts(self) -> tuple["Term", ...]:
        """Return the terms directly below this one, in order."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def postorder(*roots: Term) -> list[Term]:
    """Return every different term at and below `roots` once, parts before what they are part of.

    Walks without recursion, so that depth costs nothing but memory.
    """
    order: list[Term] = []
    seen: set[bytes] = set()  # a term's own hash would ask for its key each time
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        term, entered = stack.pop()
        if entered:
            order.append(term)
        elif term.key not in seen:
            seen.add(term.key)
            stack.append((term, True))
            stack.extend([(part, False) for part in reversed(term.parts())])
    return order


def check_whole(value: object, what: str, *, smallest: int) -> None:
    """Refuse a number that is not whole or too small.

    Raises:
        InvalidValueError: When `value` is no int of at least `smallest`.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
        msg = f"{what} is a whole number of at least {smallest}, not {value!r}."
        raise InvalidValueError(msg)


def _plain(value: object) -> Plain:
    match value:
        case Term():
            return value.key.hex()
        case tuple():
            return [_plain(item) for item in value]
        case Decimal():
            return str(value)
        case str() | int() | None:
            return value
        case _:
            msg = f"a rule cannot hold {value!r}."
            raise TypeError(msg)
