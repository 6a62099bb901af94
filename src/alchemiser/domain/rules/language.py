"""The author's words for what is held; a string stands for the asset of that symbol."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from alchemiser.domain.rules.choosing import Choice, Each, Ranking
from alchemiser.domain.rules.expressions import (
    Compare,
    Comparison,
    Condition,
    Metric,
    Number,
    compare,
)
from alchemiser.domain.rules.logic import AllOf, AnyOf, AtLeast, Lasting, Not
from alchemiser.domain.rules.nodes import (
    Asset,
    Group,
    Node,
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


def choose(
    condition: Condition, then: Iterable[Node | str], otherwise: Iterable[Node | str]
) -> Choice:
    """Let the items of one of two lists join the surrounding list one by one.

    Raises:
        InvalidValueError: When `condition` is none, a list is empty, or an item is neither a node
            nor a ticker.
    """
    return Choice(condition, _nodes(then), _nodes(otherwise))


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


def at_least(count: int, *operands: Condition) -> AtLeast:
    """Hold when at least `count` operands do; decided once the undecided ones cannot matter.

    Raises:
        InvalidValueError: When `count` is not from 1 to the number of operands, or one of them is
            not a condition.
    """
    return AtLeast(count, operands)


def lasting(condition: Condition, sessions: int) -> Lasting:
    """Hold when the condition did at each of the last `sessions`, the present one included.

    Raises:
        InvalidValueError: When it is not a condition, or `sessions` is below 1.
    """
    return Lasting(sessions, condition)


def across(windows: Iterable[int], condition: Callable[[int], Condition]) -> tuple[Condition, ...]:
    """Return one condition a horizon, to be joined by `and_`, `or_` or `at_least`.

    `at_least(2, *across((20, 60, 120), lambda n: cumulative_return("SPY", n) > 0))`
    """
    return tuple(map(condition, windows))


def equals(left: Metric, right: Metric | Number) -> Compare:
    """Hold when both sides are the same number to 12 significant digits.

    Raises:
        InvalidValueError: When a side is neither a metric of a symbol nor a number.
    """
    return compare(left, Comparison.EQUAL, right)


def in_state(metric: Metric, state: str) -> Compare:
    """Hold when a metric of states is in this one: `in_state(trend("SPY"), "up")`.

    Raises:
        InvalidValueError: When `metric` has no such state.
    """
    codes = {label: code for code, label in metric.measure.labels.items()}
    if state not in codes:
        known = f"its states are {', '.join(codes)}" if codes else "it has no states"
        msg = f"{metric.text()} is never {state!r}: {known}."
        raise InvalidValueError(msg)
    return compare(metric, Comparison.EQUAL, codes[state])


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
