"""Composer's JSON form as plain values: read strictly, every place known."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Union

from alchemiser_symphony.blocks import Place, RefusedError
from alchemiser_symphony.forms import CALLED_MAX, UnreadableError
from alchemiser_symphony.measures import wanted, whole

LEVELS_MAX: Final = 640
"""How deep brackets may nest: a block takes two levels, one of them for its children."""

Json = Union[None, bool, str, Decimal, "list[Json]", "Mapping[str, Json]"]
Object = Mapping[str, Json]

IGNORED: Final = frozenset({
    "asset-class", "asset-classes", "benchmark", "benchmarks", "children-count", "collapsed",
    "collapsed-specified-weight", "color", "comment", "copied-from", "created-at", "description",
    "dollar-volume", "emoji", "exchange", "has-marketcap", "hashtag", "hashtags", "hidden", "icon",
    "id", "last-backtest-at", "last-updated-at", "name", "notes", "owner", "owner-id", "position",
    "price", "public", "share-with-everyone", "sid", "sparkgraph-color", "sparkgraph-url",
    "suppress-description", "suppress-incomplete-warnings", "symphony-id", "tags", "updated-at",
    "user-id", "version", "version-id", "weight", "weight-method",
})  # fmt: skip
"""Keys that say nothing about what is held, spelt with "-" for "_" and without a final "?".

A weight counts only where it is asked for; editors leave it behind elsewhere.
"""

EXPONENT_MAX: Final = 100
"""The largest power of ten in a number that may mean something."""

SHOWN_MAX: Final = 5
"""How many unknown keys reports repeat."""

_MARKS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_NUMBER: Final = re.compile(
    r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?"
)
_LISTING: Final = re.compile(r"EQUITIES::(.+)//USD")


class Twice(dict[str, Json]):
    """Hold an object that names a key twice, so that nobody can tell what it means."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Name one place in a JSON value.

    Attributes:
        step: The last step of the path to it, such as `.children[2]`.
        before: The place that the step starts from.
    """

    step: str = "$"
    before: "Spot | None" = None

    def at(self, step: str) -> "Spot":
        """Return the place that `step` leads to."""
        return Spot(step, self)

    @property
    def path(self) -> str:
        """The whole path, such as `$.children[0].children[2]`."""
        steps: list[str] = []
        spot: Spot | None = self
        while spot is not None:
            steps.append(spot.step)
            spot = spot.before
        return "".join(reversed(steps))


def json_of(text: str) -> Json:
    """Return the value that `text` writes.

    Raises:
        UnreadableError: Where it is no JSON or nests too deeply.
    """
    _check_levels(text)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=lambda _: None,
        )
    except json.JSONDecodeError as error:
        reason = f"this is no JSON ({error.msg})"
        raise UnreadableError(reason, line=error.lineno, column=error.colno, text="JSON") from None
    return value


def check_keys(value: Object, known: Iterable[str], at: Place | None = None) -> None:
    """Refuse keys that may mean something and are not known.

    Raises:
        RefusedError: When there are any, or one is named twice; `at` is nearer than the block.
    """
    if isinstance(value, Twice):
        msg = "a key is named twice"
        raise RefusedError(msg, at=at)
    own = {"step", "children", *known}
    strange = [key for key in value if key not in own and _plain(key) not in IGNORED]
    if strange:
        noun = "key is" if len(strange) == 1 else "keys are"
        names = ", ".join(key[:CALLED_MAX] for key in strange[:SHOWN_MAX])
        raise RefusedError(f"the {noun} unknown: {names}", at=at)


def number(value: Json) -> Decimal | None:
    """Return a number, written as one or as a text, or None when it is none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if not isinstance(value, Decimal) or abs(value.adjusted()) > EXPONENT_MAX:
        return None
    return value


def size(value: Json, what: str, smallest: int) -> int:
    """Return a window or a count.

    Raises:
        RefusedError: When it is no whole number, or too small or too large.
    """
    found = number(value)
    fits = None if found is None else whole(found, smallest=smallest)
    if fits is None:
        raise RefusedError(f"{what} is {wanted(smallest)}, not {shown(value)}")
    return fits


def ticker(value: Json, what: str) -> str:
    """Return a ticker, without the listing that some exports write around it.

    Raises:
        RefusedError: When it is no text.
    """
    if not isinstance(value, str):
        raise RefusedError(f"{what} is a ticker, not {shown(value)}")
    listing = _LISTING.fullmatch(value)
    return listing[1] if listing else value


def listed(value: Json) -> "list[Json]":
    """Return the items of a list; none of anything else."""
    return value if isinstance(value, list) else []


def called(value: Json, otherwise: str) -> str:
    """Return what the file calls something, for reports."""
    return value[:CALLED_MAX] if isinstance(value, str) and value else otherwise


def shown(value: Json) -> str:
    """Return `value` in a few words."""
    match value:
        case None:
            return "missing"
        case bool():
            return str(value).lower()
        case Decimal():
            return str(value)[:CALLED_MAX]
        case str():
            return repr(value[:CALLED_MAX])
        case list():
            return "a list"
        case _:
            return "an object"


def _check_levels(text: str) -> None:
    """Refuse brackets that nest too deeply.

    Raises:
        UnreadableError: At the first that does.
    """
    level = 0
    for mark in _MARKS.finditer(text):
        level += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark.group(), 0)
        if level > LEVELS_MAX:
            start = mark.start()
            raise UnreadableError(
                f"brackets nest more than {LEVELS_MAX} levels here",
                line=text.count("\n", 0, start) + 1,
                column=start - text.rfind("\n", 0, start),
                text=mark.group(),
            )


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Twice(found)


def _plain(key: str) -> str:
    return key.replace("_", "-").removesuffix("?")
