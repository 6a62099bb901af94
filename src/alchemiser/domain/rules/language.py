"""The author's words for what is held; a string stands for the asset of that symbol."""

from collections.abc import Iterable
from decimal import Decimal

from alchemiser.domain.rules.expressions import AllOf, AnyOf, Condition, Metric, Not, Number
from alchemiser.domain.rules.nodes import (
    Asset,
    Each,
    Group,
    Node,
    Ranking,
    WeightEqual,
    WeightInverseVolatility,
    WeightSpecified,
    When,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import symbol
from alchemiser.domain.values.numbers import decimal_from_float


def asset(name: str) -> Asset:
    """Hold one symbol.

    Raises:
        InvalidValueError: When `name` is not an upper-case US ticker.
    """
    return Asset(symbol(name))


def weight_equal(*items: Node | str) -> WeightEqual:
    """Hold every item equally; an item named twice counts twice.

    Raises:
        InvalidValueError: When there is no item, or one is neither a node nor a ticker.
    """
    return WeightEqual(_nodes(items))


def weight_specified(*pairs: tuple[Number, Node | str]) -> WeightSpecified:
    """Hold each item at its weight: `weight_specified((0.75, "UVXY"), (0.25, "BTAL"))`.

    Raises:
        InvalidValueError: When a weight is not above zero, they do not sum to 1 within 1e-6, or
            an item is neither a node nor a ticker.
    """
    weights = tuple(_weight(weight) for weight, _ in pairs)
    return WeightSpecified(weights, _nodes(item for _, item in pairs))


def weight_inverse_volatility(window: int, *items: Node | str) -> WeightInverseVolatility:
    """Hold every item in inverse proportion to its volatility over `window` daily returns.

    A ranking is one item; `each(top(…))` makes its choice as many.

    Raises:
        InvalidValueError: When `window` is below 2, there is no item, or one is neither a node
            nor a ticker.
    """
    return WeightInverseVolatility(window, _nodes(items))


def top(count: int, *, by: Metric, of: Iterable[Node | str]) -> Ranking:
    """Hold the `count` candidates with the highest score equally.

    Raises:
        InvalidValueError: When `count` is below 1, there is no candidate, one is neither a node
            nor a ticker, or `by` names a symbol.
    """
    return Ranking(highest=True, count=count, by=by, candidates=_nodes(of))


def bottom(count: int, *, by: Metric, of: Iterable[Node | str]) -> Ranking:
    """Hold the `count` candidates with the lowest score equally.

    Raises:
        InvalidValueError: When `count` is below 1, there is no candidate, one is neither a node
            nor a ticker, or `by` names a symbol.
    """
    return Ranking(highest=False, count=count, by=by, candidates=_nodes(of))


def each(source: Ranking) -> Each:
    """Let what a ranking chose join the surrounding list one by one.

    Raises:
        InvalidValueError: When `source` is not made by `top` or `bottom`.
    """
    return _each(source)


def when(condition: Condition, then: Node | str, otherwise: Node | str) -> When:
    """Hold `then` where the condition is true and `otherwise` where it is false.

    Raises:
        InvalidValueError: When `condition` is none, or a branch is neither a node nor a ticker.
    """
    return When(condition, _node(then), _node(otherwise))


def group(name: str, body: Node | str) -> Group:
    """Give `body` a name by which it is explained.

    Raises:
        InvalidValueError: When `name` is empty, or `body` is neither a node nor a ticker.
    """
    return Group(name, _node(body))


def and_(*operands: Condition) -> AllOf:
    """Hold when every operand does; one false operand decides, whatever is undecided.

    Raises:
        InvalidValueError: When there is no operand, or one is not a condition.
    """
    return AllOf(operands)


def or_(*operands: Condition) -> AnyOf:
    """Hold when some operand does; one true operand decides, whatever is undecided.

    Raises:
        InvalidValueError: When there is no operand, or one is not a condition.
    """
    return AnyOf(operands)


def not_(operand: Condition) -> Not:
    """Hold when the operand is false.

    Raises:
        InvalidValueError: When the operand is not a condition.
    """
    return Not(operand)


def _each(source: object) -> Each:
    if not isinstance(source, Ranking):
        msg = "each() takes what top() or bottom() chose."
        raise InvalidValueError(msg)
    return Each(source)


def _weight(weight: Number) -> Decimal:
    return decimal_from_float(float(weight))


def _nodes(items: Iterable[object]) -> tuple[Node, ...]:
    if isinstance(items, str):
        msg = f"a list of nodes or symbols is wanted, not the text {items!r}."
        raise InvalidValueError(msg)
    return tuple(map(_node, items))


def _node(item: object) -> Node:
    if isinstance(item, str):
        return asset(item)
    if not isinstance(item, Node):
        msg = f"{item!r} is neither a node of the rule language nor a ticker."
        raise InvalidValueError(msg)
    return item
