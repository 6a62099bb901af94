"""The blocks of the s-expression form: one function an operator, nothing guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import partial
from types import MappingProxyType
from typing import Final

from alchemiser.rules import Metric
from alchemiser_symphony import arguments, holdings
from alchemiser_symphony.blocks import Block, Builder, Built, Parts, RefusedError
from alchemiser_symphony.forms import Form, Kind
from alchemiser_symphony.measures import MEASURES

NEVER_DEFINED: Final = frozenset({"ma", "volatility"})
"""Operators that the language names and that have no meaning."""

Given = Sequence[Form]
Lists = tuple[tuple["Expression", ...], ...]


class Role(Enum):
    """Name what a place in the file should hold."""

    HOLDING = auto()
    TEST = auto()
    MEASURE = auto()
    """Of a symbol."""
    SCORE = auto()
    """Of whatever is ranked."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Be one form in its role; implements Source."""

    form: Form
    role: Role = Role.HOLDING

    @property
    def place(self) -> str:
        """The line and the column."""
        return self.form.place

    @property
    def called(self) -> str:
        """The operator of a call; of anything else what is written, or what it is."""
        return self.form.called

    def read(self) -> Block:
        """Return the block that stands there."""
        name, given = self.form.operator(), self.form.items[1:]
        operator = _OPERATORS[self.role].get(name)
        if operator is None:
            inside = tuple(one for one in _listed(self.form.items) if _is_holding(one.form))
            return Block(kind=name or self.form.kind.value, inside=(inside,), check=self._refuse)
        lists = operator.inside(given)
        return Block(kind=name, inside=lists, check=partial(operator.check, name, given, lists))

    def _refuse(self) -> Builder:
        """Refuse whatever has no meaning at this place.

        Raises:
            RefusedError: Always.
        """
        name, wish = self.form.operator(), _WISHES[self.role]
        if not name:
            nested = self.form.kind is Kind.VECTOR and self.role is Role.HOLDING
            what = "a list directly inside a list" if nested else self.form.kind.value
            raise RefusedError(f"{what} stands where {wish} is expected")
        if name in NEVER_DEFINED:
            raise RefusedError(f"the operator {name} has no meaning")
        if name in arguments.SELECTIONS or name in operators():
            raise RefusedError(f"{name} stands where {wish} is expected")
        raise RefusedError(f"the operator {name} is unknown")


@dataclass(frozen=True, slots=True)
class Operator:
    """Describe one operator.

    Attributes:
        check: Returns what builds it of its name, its arguments and the lists inside it.
        inside: Finds the lists inside its arguments.
    """

    check: Callable[[str, Given, Lists], Builder]
    inside: Callable[[Given], Lists] = lambda _: ()


def _asset(_: str, given: Given, __: Lists) -> Builder:
    """Take a ticker and perhaps a name, or nil."""
    arguments.count(given, 1, 2, "a ticker and perhaps a name")
    ticker = arguments.text(given[0], "the ticker")
    if len(given) > 1 and not (given[1].kind is Kind.SYMBOL and given[1].text == "nil"):
        arguments.text(given[1], "the name")
    return lambda _: holdings.held(ticker)


def _group(_: str, given: Given, lists: Lists) -> Builder:
    """Take a name and one body."""
    arguments.count(given, 2, 2, "a name and one body")
    name = arguments.text(given[0], "the name")
    _filled(lists[0])
    return lambda parts: holdings.named(name, parts.items())


def _equal(_: str, __: Given, lists: Lists) -> Builder:
    """Take any number of bodies, in a list or not."""
    _filled(lists[0])
    return lambda parts: holdings.equal(parts.items())


def _specified(_: str, given: Given, lists: Lists) -> Builder:
    """Take weights and bodies by turns.

    Raises:
        RefusedError: When they do not take turns.
    """
    if not given or len(given) % 2:
        msg = f"{len(given) or 'no'} arguments are given: it takes a weight and a body by turns"
        raise RefusedError(msg)
    weights = [arguments.number(weight, "a weight") for weight in given[::2]]
    for items in lists:
        _filled(items)
    return lambda parts: holdings.specified(weights, list(map(parts.items, range(len(weights)))))


def _inverse(_: str, given: Given, lists: Lists) -> Builder:
    """Take a window and any number of bodies, in a list or not."""
    arguments.count(given, 2, None, "a window and what is held")
    window = arguments.size(given[0], "the window", 2)
    _filled(lists[0])
    return lambda parts: holdings.inverse(window, parts.items())


def _filter(_: str, given: Given, lists: Lists) -> Builder:
    """Take a measure, perhaps a selection, and a list."""
    arguments.count(given, 2, 3, "a measure, perhaps a selection, and a list")
    highest, most = arguments.selection(given[1]) if given[2:] else (True, None)
    _filled(lists[1])
    return lambda parts: holdings.ranked(
        highest=highest, count=most, by=parts.metrics()[0], items=parts.items(1)
    )


def _if(_: str, given: Given, lists: Lists) -> Builder:
    """Take a test and two branches."""
    arguments.count(given, 3, 3, "a test and two branches")
    _filled(lists[1], "its first branch")
    _filled(lists[2], "its second branch")
    return lambda parts: holdings.conditional(parts.conditions()[0], parts.items(1), parts.items(2))


def _compare(operator: str, given: Given, lists: Lists) -> Builder:
    """Take two measures, or a measure and a number on either side.

    Raises:
        RefusedError: When both sides are numbers.
    """
    arguments.count(given, 2, 2, "two sides")
    constants = [Decimal(form.text) for form in given if form.kind is Kind.NUMBER]
    if not lists[0]:
        msg = "two numbers are compared"
        raise RefusedError(msg)
    name = holdings.MIRRORED[operator] if given[0].kind is Kind.NUMBER else operator

    def build(parts: Parts) -> Built:
        first, *rest = parts.metrics()
        other: Metric | Decimal = rest[0] if rest else constants[0]
        return holdings.COMPARISONS[name](first, other)

    return build


def _measure(operator: str, given: Given, _: Lists) -> Builder:
    """Take a ticker and perhaps a map of windows."""
    arguments.count(given, 1, 2, "a ticker and perhaps a map of windows")
    ticker = arguments.text(given[0], "the ticker")
    windows = arguments.windows(operator, given[1:])
    return lambda _: MEASURES[operator].of(ticker, windows)


def _score(operator: str, given: Given, _: Lists) -> Builder:
    """Take at most a map of windows."""
    arguments.count(given, 0, 1, "at most a map of windows, for it is of every candidate")
    windows = arguments.windows(operator, given)
    return lambda _: MEASURES[operator].of(None, windows)


def _filled(items: Sequence[Expression], what: str = "it") -> None:
    """Refuse an empty list.

    Raises:
        RefusedError: When there is nothing in it.
    """
    if not items:
        raise RefusedError(f"{what} holds nothing")


def _listed(given: Given) -> tuple[Expression, ...]:
    """Return every argument as what is held, the items of a vector one by one."""
    return tuple(
        Expression(item)
        for form in given
        for item in (form.items if form.kind is Kind.VECTOR else (form,))
    )


def _in_roles(given: Given, role: Role) -> tuple[Expression, ...]:
    return tuple(Expression(form, role) for form in given)


def operators() -> frozenset[str]:
    """Return every operator that means something in some place."""
    return frozenset(name for known in _OPERATORS.values() for name in known)


def _is_holding(form: Form) -> bool:
    return form.operator() in _OPERATORS[Role.HOLDING]


_COMPARE: Final = Operator(
    _compare,
    lambda given: (
        _in_roles([form for form in given if form.kind is not Kind.NUMBER], Role.MEASURE),
    ),
)
_OPERATORS: Final = MappingProxyType[Role, dict[str, Operator]]({
    Role.HOLDING: {
        "asset": Operator(_asset),
        "group": Operator(_group, lambda given: (_listed(given[1:]),)),
        "weight-equal": Operator(_equal, lambda given: (_listed(given),)),
        "weight-specified": Operator(
            _specified, lambda given: tuple(_listed([body]) for body in given[1::2])
        ),
        "weight-inverse-volatility": Operator(_inverse, lambda given: (_listed(given[1:]),)),
        "filter": Operator(
            _filter,
            lambda given: (_in_roles(given[:1], Role.SCORE), _listed(given[1:][-1:])),
        ),
        "if": Operator(
            _if,
            lambda given: (
                _in_roles(given[:1], Role.TEST),
                _listed(given[1:2]),
                _listed(given[2:]),
            ),
        ),
    },
    Role.TEST: dict.fromkeys(holdings.COMPARISONS, _COMPARE),
    Role.MEASURE: dict.fromkeys(MEASURES, Operator(_measure)),
    Role.SCORE: dict.fromkeys(MEASURES, Operator(_score)),
})
_WISHES: Final = MappingProxyType({
    Role.HOLDING: "something to hold",
    Role.TEST: "a comparison",
    Role.MEASURE: "a measure or a number",
    Role.SCORE: "a measure",
})
