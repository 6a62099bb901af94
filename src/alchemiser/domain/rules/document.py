"""The canonical form of a rule tree: a flat table of its terms, and the hash of its content.

A tree shares equal parts, so the table lists every different term once, parts before what they
are part of, the root last; a part is named by its place in the table. The form grows with the
number of different terms and never with depth, and equal trees have equal bytes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Final, NoReturn, Union

from alchemiser.domain.rules.choosing import Choice, Each, Ranking
from alchemiser.domain.rules.expressions import Compare, Comparison, Condition, Metric
from alchemiser.domain.rules.logic import AllOf, AnyOf, AtLeast, Lasting, Not
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.rules.nodes import (
    Asset,
    Group,
    Node,
    WeightEqual,
    WeightInverseVolatility,
    WeightSpecified,
    When,
)
from alchemiser.domain.rules.terms import Term, postorder
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import decimal_from_float

Json = Union[str, int, None, "list[Json]", "dict[str, Json]"]
Document = dict[str, Json]

LANGUAGE: Final = 1
"""The version of the rule language that documents are written in."""


def to_document(tree: Node) -> Document:
    """Return the canonical form of `tree`: dicts, lists, text, whole numbers, booleans and null."""
    terms = postorder(tree)
    places = {term: place for place, term in enumerate(terms)}
    return {"language": LANGUAGE, "terms": [_written(term, places) for term in terms]}


def from_document(document: Mapping[str, Json]) -> Node:
    """Return the tree that `to_document` wrote.

    Raises:
        InvalidValueError: When it is no canonical document of this version of the language.
    """
    entries = document.get("terms")
    if document.get("language") != LANGUAGE or not isinstance(entries, list):
        _refuse(f"it is not of language {LANGUAGE}")
    terms: list[Term] = []
    for entry in entries:
        terms.append(_read(entry, terms))
    tree = terms[-1] if terms else None
    if not isinstance(tree, Node) or canonical_json(tree) != _json(document):
        _refuse("it is not in canonical form")
    return tree


def canonical_json(tree: Node) -> str:
    """Return the canonical form as JSON text in ASCII: sorted keys, no blanks."""
    return _json(to_document(tree))


def metric_text(metric: Metric) -> str:
    """Return one metric as JSON text, from which `metric_of` makes it again."""
    return json.dumps(_plain(metric, {}), separators=(",", ":"))


def metric_of(text: str) -> Metric:
    """Return the metric that `metric_text` has written.

    Raises:
        InvalidValueError: When `text` is no metric.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        _refuse(f"{text!r} is no metric")
    return _metric(value)


@lru_cache(maxsize=64)  # every decision names its tree by it
def content_hash(tree: Node) -> str:
    """Return the SHA-256 of the canonical JSON, hexadecimal."""
    return sha256(canonical_json(tree).encode()).hexdigest()


def _json(document: Mapping[str, Json]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _written(term: Term, places: Mapping[Term, int]) -> Json:
    parts = {
        each.name: _plain(getattr(term, each.name), places) for each in fields(term) if each.init
    }
    return {"term": _NAMES[type(term)], **parts}


def _plain(value: object, places: Mapping[Term, int]) -> Json:
    match value:
        case Metric(kind=kind, name=name, windows=windows, inner=inner, other=other):
            subject = name if inner is None else _plain(inner, places)
            return [kind.value, subject, *windows, *([] if other is None else [other])]
        case Term():
            return places[value]
        case tuple():
            return [_plain(item, places) for item in value]
        case Decimal():
            return f"{value:f}"
        case int():
            return value
        case _:
            return str(value)


def _refuse(why: str) -> NoReturn:
    msg = f"the rule document cannot be read: {why}; write it anew with to_document."
    raise InvalidValueError(msg)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of the table, whose fields are read with the type they should have."""

    fields: Mapping[str, Json]
    terms: Sequence[Term]

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        return value if isinstance(value, str) else _refuse(f"{key} {value!r} is no text")

    def whole(self, key: str) -> int:
        return _whole(self.fields.get(key))

    def flag(self, key: str) -> bool:
        return bool(self.whole(key))

    def items(self, key: str) -> "list[Json]":
        return _list(self.fields.get(key))

    def node(self, key: str) -> Node:
        return self._node(self.fields.get(key))

    def nodes(self, key: str) -> tuple[Node, ...]:
        return tuple(map(self._node, self.items(key)))

    def ranking(self, key: str) -> Ranking:
        found = self.node(key)
        return found if isinstance(found, Ranking) else _refuse(f"{key} is no ranking")

    def condition(self, key: str) -> Condition:
        return self._condition(self.fields.get(key))

    def conditions(self, key: str) -> tuple[Condition, ...]:
        return tuple(map(self._condition, self.items(key)))

    def metric(self, key: str) -> Metric:
        return _metric(self.fields.get(key))

    def operand(self, key: str) -> Metric | Decimal:
        value = self.fields.get(key)
        return _metric(value) if isinstance(value, list) else _number(value)

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        return tuple(map(_number, self.items(key)))

    def _node(self, value: Json) -> Node:
        found = self._term(value)
        return found if isinstance(found, Node) else _refuse(f"term {value} is no node")

    def _condition(self, value: Json) -> Condition:
        found = self._term(value)
        return found if isinstance(found, Condition) else _refuse(f"term {value} is no condition")

    def _term(self, value: Json) -> Term:
        place = _whole(value)
        if not 0 <= place < len(self.terms):
            _refuse(f"term {place} is used before it is written")
        return self.terms[place]


def _read(entry: Json, terms: Sequence[Term]) -> Term:
    name = entry.get("term") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(name, str) or name not in _READERS:
        _refuse(f"{entry!r} is no term")
    return _READERS[name](_Entry(entry, terms))


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else _refuse(f"{value!r} is no whole number")


def _list(value: Json) -> "list[Json]":
    return value if isinstance(value, list) else _refuse(f"{value!r} is no list")


def _number(value: Json) -> Decimal:
    try:
        return decimal_from_float(float(value if isinstance(value, str) else ""))
    except ValueError:
        _refuse(f"{value!r} is no number")


def _metric(value: Json) -> Metric:
    match value:
        case [str(kind), subject, *windows] if kind in set(MeasureKind):
            other = windows.pop() if windows and isinstance(windows[-1], str) else None
            inner = _metric(subject) if isinstance(subject, list) else None
            return Metric(
                MeasureKind(kind),
                _subject(subject) if inner is None else inner.name,
                tuple(map(_whole, windows)),
                inner,
                _subject(other),
            )
        case _:
            _refuse(f"{value!r} is no metric")


def _subject(value: Json) -> Symbol | None:
    if value is not None and not isinstance(value, str):
        _refuse(f"{value!r} is no symbol")
    return None if value is None else symbol(value)


def _comparison(text: str) -> Comparison:
    return Comparison(text) if text in set(Comparison) else _refuse(f"{text!r} compares nothing")


_NAMES: Final[Mapping[type[Term], str]] = {
    Asset: "asset",
    WeightEqual: "weight_equal",
    WeightSpecified: "weight_specified",
    WeightInverseVolatility: "weight_inverse_volatility",
    Ranking: "ranking",
    When: "when",
    Group: "group",
    Each: "each",
    Choice: "choose",
    Compare: "compare",
    AllOf: "and",
    AnyOf: "or",
    AtLeast: "at_least",
    Lasting: "lasting",
    Not: "not",
}
_READERS: Final[Mapping[str, Callable[[_Entry], Term]]] = {
    "asset": lambda entry: Asset(symbol(entry.text("name"))),
    "weight_equal": lambda entry: WeightEqual(entry.nodes("items")),
    "weight_specified": lambda entry: WeightSpecified(
        entry.numbers("weights"), entry.nodes("items")
    ),
    "weight_inverse_volatility": lambda entry: WeightInverseVolatility(
        entry.whole("window"), entry.nodes("items")
    ),
    "ranking": lambda entry: Ranking(
        entry.flag("highest"), entry.whole("count"), entry.metric("by"), entry.nodes("candidates")
    ),
    "when": lambda entry: When(
        entry.condition("condition"), entry.node("then"), entry.node("otherwise")
    ),
    "group": lambda entry: Group(entry.text("name"), entry.node("body")),
    "each": lambda entry: Each(entry.ranking("source")),
    "choose": lambda entry: Choice(
        entry.condition("condition"), entry.nodes("then"), entry.nodes("otherwise")
    ),
    "compare": lambda entry: Compare(
        entry.metric("left"), _comparison(entry.text("comparison")), entry.operand("right")
    ),
    "and": lambda entry: AllOf(entry.conditions("operands")),
    "or": lambda entry: AnyOf(entry.conditions("operands")),
    "at_least": lambda entry: AtLeast(entry.whole("count"), entry.conditions("operands")),
    "lasting": lambda entry: Lasting(entry.whole("sessions"), entry.condition("operand")),
    "not": lambda entry: Not(entry.condition("operand")),
}
