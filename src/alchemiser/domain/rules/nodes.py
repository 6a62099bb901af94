"""What a rule tree is built of: every node decides on weights that sum to one, or is undecided.

A list of children is weighted as it stands. A child may stand for a *list* instead of a portfolio:
what it holds joins the list around it, item by item.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from alchemiser.domain.rules.expressions import Condition, Metric
from alchemiser.domain.rules.logic import check_conditions
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.rules.terms import Term, check_whole, postorder
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import ONE, ZERO, positive

WEIGHTS_TOLERANCE: Final = Decimal("1e-6")


class Node(Term):
    """Stand for a portfolio that depends on the session."""

    __slots__ = ()

    IS_LIST: ClassVar[bool] = False
    """Whether it stands for a list that joins the list around it."""

    def children(self) -> tuple["Node", ...]:
        """Return the nodes directly below this one, in order."""
        return ()

    def parts(self) -> tuple[Term, ...]:
        """Return the terms directly below this one, in order."""
        return self.children()


@dataclass(frozen=True, slots=True, eq=False)
class Asset(Node):
    """Hold one symbol; undecided without a price."""

    name: Symbol

    def check(self) -> None:
        """Refuse what is not a ticker.

        Raises:
            InvalidValueError: When the name is not an upper-case US ticker.
        """
        symbol(self.name)


@dataclass(frozen=True, slots=True, eq=False)
class WeightEqual(Node):
    """Hold every item of the list equally; undecided while one of them is."""

    items: tuple[Node, ...]

    def check(self) -> None:
        """Refuse an empty list.

        Raises:
            InvalidValueError: When there is nothing to weigh.
        """
        check_items("weight_equal", self.items)

    def children(self) -> tuple[Node, ...]:
        """Return the items."""
        return self.items


@dataclass(frozen=True, slots=True, eq=False)
class WeightSpecified(Node):
    """Hold every item at its own weight; undecided while one of them is.

    Attributes:
        weights: One an item, above zero; they sum to 1 within 1e-6 and are divided by their sum.
        items: What is held.
    """

    weights: tuple[Decimal, ...]
    items: tuple[Node, ...]

    def check(self) -> None:
        """Refuse weights that do not make a whole.

        Raises:
            InvalidValueError: When a weight is not above zero, they do not sum to 1, or a list
                stands where one item is expected.
        """
        check_items("weight_specified", self.items)
        if len(self.weights) != len(self.items) or any(item.IS_LIST for item in self.items):
            msg = "weight_specified takes one weight an item: weight each list inside it first."
            raise InvalidValueError(msg)
        total = sum((positive(weight, "a specified weight") for weight in self.weights), ZERO)
        if abs(total - ONE) > WEIGHTS_TOLERANCE:
            msg = f"specified weights must sum to 1, not {total}."
            raise InvalidValueError(msg)

    def children(self) -> tuple[Node, ...]:
        """Return the items."""
        return self.items


@dataclass(frozen=True, slots=True, eq=False)
class WeightInverseVolatility(Node):
    """Hold every item in inverse proportion to its volatility.

    The volatility is the sample standard deviation of daily returns, of a symbol or of an item's
    own stream. An item that is undecided, or whose volatility is unknown or zero, drops out; with
    none left the node is undecided. A single item passes through unchanged.

    Attributes:
        window: Daily returns to measure, at least 2.
        items: What is held.
    """

    window: int
    items: tuple[Node, ...]

    def check(self) -> None:
        """Refuse an empty list and a window without a deviation.

        Raises:
            InvalidValueError: When there is nothing to weigh, or the window is below 2.
        """
        check_items("weight_inverse_volatility", self.items)
        check_whole(self.window, "the window of weight_inverse_volatility", smallest=2)

    def children(self) -> tuple[Node, ...]:
        """Return the items."""
        return self.items

    def is_alone(self) -> bool:
        """Say whether there is a single item, which passes through unmeasured."""
        return len(self.items) == 1 and not self.items[0].IS_LIST

    def volatility(self) -> Metric:
        """Return what is measured of each item."""
        return Metric(MeasureKind.STDEV_RETURN, None, (self.window,))


@dataclass(frozen=True, slots=True, eq=False)
class When(Node):
    """Hold one of two branches; only the one taken can make the node undecided."""

    condition: Condition
    then: Node
    otherwise: Node

    def check(self) -> None:
        """Refuse what is neither true nor false, and lists.

        Raises:
            InvalidValueError: When the condition is none, or a branch is not one node.
        """
        check_conditions(self.condition)
        _check_single("a branch of when", self.then)
        _check_single("a branch of when", self.otherwise)

    def children(self) -> tuple[Node, ...]:
        """Return the two branches."""
        return (self.then, self.otherwise)

    def parts(self) -> tuple[Term, ...]:
        """Return the condition and the two branches."""
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """Give a node a name to be explained by; nothing else depends on the name."""

    name: str
    body: Node

    def check(self) -> None:
        """Refuse a group without a name or with a list for a body.

        Raises:
            InvalidValueError: When the name is empty, or the body is not one node.
        """
        if not self.name.strip():
            msg = "a group needs a name."
            raise InvalidValueError(msg)
        _check_single("the body of a group", self.body)

    def children(self) -> tuple[Node, ...]:
        """Return the body."""
        return (self.body,)


def core(node: Node) -> Node:
    """Return `node` without the names around it: what its stream is remembered by."""
    while isinstance(node, Group):
        node = node.body
    return node


def symbols_of(tree: Node) -> tuple[Symbol, ...]:
    """Return the symbols that `tree` may hold, sorted, each once."""
    return tuple(sorted(term.name for term in postorder(tree) if isinstance(term, Asset)))


def check_items(what: str, items: tuple[Node, ...]) -> None:
    """Refuse an empty list.

    Raises:
        InvalidValueError: When there is no item; `what` says where.
    """
    if not items:
        msg = f"{what} takes one or more nodes or symbols."
        raise InvalidValueError(msg)


def _check_single(what: str, node: Node) -> None:
    if node.IS_LIST:
        msg = f"{what} is one node or symbol: join several by weight_equal."
        raise InvalidValueError(msg)
