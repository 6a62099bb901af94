"""Nodes that choose among several items: rankings, and the lists that join the list around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from alchemiser.domain.rules.expressions import Condition, Metric
from alchemiser.domain.rules.logic import check_conditions
from alchemiser.domain.rules.nodes import Asset, Node, check_items, core
from alchemiser.domain.rules.terms import Term, check_whole
from alchemiser.domain.values.errors import InvalidValueError


@dataclass(frozen=True, slots=True, eq=False)
class Ranking(Node):
    """Hold the best of several candidates equally.

    A candidate that is undecided, or whose score is unknown, drops out; with none left the node is
    undecided, with too few it holds those there are. Ties go to the candidate whose first symbol
    today comes first in the alphabet, then to the earlier one. A symbol listed twice counts once.
    Where a `Choice` among the candidates is undecided, its items drop out.

    Attributes:
        highest: Whether the highest scores are the best.
        count: How many are held, at least 1.
        by: The score; of anything but a bare symbol it is measured on the candidate's own stream.
        candidates: In order.
    """

    highest: bool
    count: int
    by: Metric
    candidates: tuple[Node, ...]

    def check(self) -> None:
        """Refuse what cannot be ranked, and drop repeated symbols.

        Raises:
            InvalidValueError: When there is nothing to rank, the count is below 1, the score names
                a symbol, or it is of prices and a candidate has none.
        """
        check_items("a ranking", self.candidates)
        check_whole(self.count, "the number of candidates to hold", smallest=1)
        _check_measure(self.by)
        if any(isinstance(candidate, Each) for candidate in self.candidates):
            msg = "a ranking takes single candidates: put the items of the list there themselves."
            raise InvalidValueError(msg)
        members = [item for each in self.candidates for item in listed(each)]
        if self.by.needs_symbol() and not all(isinstance(core(each), Asset) for each in members):
            msg = f"{self.by.text()} is of prices, so it ranks single symbols only."
            raise InvalidValueError(msg)
        object.__setattr__(self, "candidates", _without_repeated_symbols(self.candidates))

    def children(self) -> tuple[Node, ...]:
        """Return the candidates."""
        return self.candidates


@dataclass(frozen=True, slots=True, eq=False)
class Each(Node):
    """Let what a ranking chose join the surrounding list one by one.

    Attributes:
        source: The ranking.
    """

    source: Ranking

    IS_LIST: ClassVar[bool] = True

    def children(self) -> tuple[Node, ...]:
        """Return the ranking."""
        return (self.source,)


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Node):
    """Let one of two lists join the surrounding list item by item.

    Attributes:
        condition: Which of them.
        then: What joins where the condition is true.
        otherwise: What joins where it is false.
    """

    condition: Condition
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]

    IS_LIST: ClassVar[bool] = True

    def check(self) -> None:
        """Refuse what is neither true nor false, and empty lists.

        Raises:
            InvalidValueError: When the condition is none, or one of the lists is empty.
        """
        check_conditions(self.condition)
        check_items("a list of choose", self.then)
        check_items("a list of choose", self.otherwise)

    def children(self) -> tuple[Node, ...]:
        """Return the items of both lists."""
        return (*self.then, *self.otherwise)

    def parts(self) -> tuple[Term, ...]:
        """Return the condition and the items of both lists."""
        return (self.condition, *self.then, *self.otherwise)


def listed(item: Node) -> Iterator[Node]:
    """Yield every item that `item` of a list may put into it: itself, unless it is a list."""
    stack = [item]
    while stack:
        node = stack.pop()
        if isinstance(node, Each):
            yield from node.source.candidates
        elif isinstance(node, Choice):
            stack.extend(reversed(node.children()))
        else:
            yield node


def _check_measure(by: object) -> None:
    if not isinstance(by, Metric) or by.name is not None:
        msg = "a ranking is by one metric without a symbol, such as by=rsi(window=10)."
        raise InvalidValueError(msg)


def _without_repeated_symbols(candidates: tuple[Node, ...]) -> tuple[Node, ...]:
    first = {node: place for place, node in reversed(list(enumerate(candidates)))}
    return tuple(
        node
        for place, node in enumerate(candidates)
        if not isinstance(node, Asset) or first[node] == place
    )
