"""Symphonies as nested forms: their text, their size, and the rule tree they mean.

A form is what the text of a Composer export is made of. A list `( )` is a tuple here, a vector
`[ ]` a list, a map `{ }` a dict; a `Name` is a symbol or keyword, a str a quoted text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Union

from alchemiser import rules
from alchemiser.rules import Condition, Metric, Node


@dataclass(frozen=True, slots=True)
class Name:
    """Stand for a symbol or keyword, which is written without quotes."""

    text: str


Map = dict[Name, "Form"]
Form = Union[str, int, float, Name, "tuple[Form, ...]", "list[Form]", Map]
Call = tuple[Form, ...]

NOTHING: Final = Name("nil")
WINDOW: Final = Name(":window")


def call(operator: str, *arguments: Form) -> Call:
    """Return the call form of `operator`."""
    return (Name(operator), *arguments)


def text_of(form: Form) -> str:
    """Return the text of `form` as exports are laid out: indented by depth, one item a line."""
    return "".join(_written(form, 0))


def size_of(form: Form) -> int:
    """Count atoms, lists, vectors and maps."""
    return 1 + sum(map(size_of, _inside(form)))


def depth_of(form: Form) -> int:
    """Return how deep lists, vectors and maps nest; an atom counts 0."""
    if not isinstance(form, (tuple, list, dict)):
        return 0
    return 1 + max(map(depth_of, _inside(form)), default=0)


def rule_tree(form: Form) -> Node:
    """Return the rule tree that a symphony, or a node inside one, means.

    Raises:
        KeyError: When it is no node.
    """
    operator, *arguments = _call(form)
    assert isinstance(operator, Name)
    return _NODES[operator.text](*arguments)


def _written(form: Form, depth: int) -> Iterator[str]:
    if isinstance(form, dict):
        pairs = (f"{key.text} {text_of(value)}" for key, value in form.items())
        yield "{" + ", ".join(pairs) + "}"
    elif isinstance(form, (tuple, list)):
        open_, close = "()" if isinstance(form, tuple) else "[]"
        yield open_
        for place, item in enumerate(form):
            if place:
                yield "\n" + " " * (depth + 1) if isinstance(item, (tuple, list)) else " "
            yield from _written(item, depth + 1)
        yield close
    elif isinstance(form, Name):
        yield form.text
    else:
        yield f'"{form}"' if isinstance(form, str) else str(form)


def _inside(form: Form) -> list[Form]:
    if isinstance(form, dict):
        return [part for pair in form.items() for part in pair]
    return list(form) if isinstance(form, (tuple, list)) else []


def _call(form: Form) -> Call:
    assert isinstance(form, tuple), form
    return form


def _text(form: Form) -> str:
    assert isinstance(form, str), form
    return form


def _number(form: Form) -> float:
    assert isinstance(form, (int, float)), form
    return form


def _whole(form: Form) -> int:
    assert isinstance(form, int), form
    return form


def _items(form: Form) -> list[Node]:
    assert isinstance(form, list), form
    return list(map(rule_tree, form))


def _one(form: Form) -> Node:
    [node] = _items(form)
    return node


def _metric(form: Form) -> Metric:
    operator, *arguments = _call(form)
    assert isinstance(operator, Name)
    name = arguments[0] if arguments and isinstance(arguments[0], str) else None
    if operator.text == "current-price":
        return rules.price(name)
    settings = arguments[-1]
    assert isinstance(settings, dict)
    return _METRICS[operator.text](name, _whole(settings[WINDOW]))


def _condition(form: Form) -> Condition:
    operator, left, right = _call(form)
    assert isinstance(operator, Name)
    other = _metric(right) if isinstance(right, tuple) else _number(right)
    return _ORDERS[operator.text](_metric(left), other)


def _filter(score: Form, select: Form, candidates: Form) -> Node:
    operator, count = _call(select)
    best = rules.top if operator == Name("select-top") else rules.bottom
    return best(_whole(count), by=_metric(score), of=_items(candidates))


def _specified(*arguments: Form) -> Node:
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    return rules.weight_specified(*((_number(w), rule_tree(node)) for w, node in pairs))


_METRICS: Final[Mapping[str, Callable[[str | None, int], Metric]]] = {
    "rsi": rules.rsi,
    "moving-average-price": rules.sma,
    "exponential-moving-average-price": rules.ema,
    "moving-average-return": rules.moving_average_return,
    "cumulative-return": rules.cumulative_return,
    "stdev-return": rules.stdev_return,
    "stdev-price": rules.stdev_price,
    "max-drawdown": rules.max_drawdown,
}
_ORDERS: Final[Mapping[str, Callable[[Metric, Metric | float], Condition]]] = {
    ">": Metric.__gt__,
    "<": Metric.__lt__,
    ">=": Metric.__ge__,
    "<=": Metric.__le__,
}
_NODES: Final[Mapping[str, Callable[..., Node]]] = {
    "defsymphony": lambda _name, _settings, body: rule_tree(body),
    "asset": lambda symbol, _name: rules.asset(_text(symbol)),
    "group": lambda name, body: rules.group(_text(name), _one(body)),
    "if": lambda asked, then, other: rules.when(_condition(asked), _one(then), _one(other)),
    "weight-equal": lambda items: rules.weight_equal(*_items(items)),
    "weight-specified": _specified,
    "weight-inverse-volatility": lambda window, items: rules.weight_inverse_volatility(
        _whole(window), *_items(items)
    ),
    "filter": _filter,
}
