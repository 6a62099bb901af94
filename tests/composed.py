"""Composer's two ways of writing one symphony: forms, and the JSON that says the same."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.benchmarks.forms import WINDOW, Form, Name

Export = dict[str, Any]

_FUNCTIONS: Final = {
    "rsi": "relative-strength-index",
    "stdev-return": "standard-deviation-return",
    "stdev-price": "standard-deviation-price",
}
_COMPARATORS: Final = {">": "gt", "<": "lt", ">=": "gte", "<=": "lte", "=": "eq"}


def asset(ticker: str, **more: object) -> Export:
    """Return a block that holds one symbol, with what editors leave beside it."""
    return {"id": "0f", "step": "asset", "ticker": ticker, "exchange": "XNAS"} | more


def export_of(form: Form) -> Export:
    """Return the JSON export that says what a symphony, or a block inside one, says as a form."""
    operator, *arguments = _call(form)
    assert isinstance(operator, Name)
    return _STEPS[operator.text](*arguments)


def flat(asked: Form) -> Export:
    """Return the keys of a comparison as they stand on its branch."""
    operator, left, right = _call(asked)
    assert isinstance(operator, Name)
    keys = {"comparator": _COMPARATORS[operator.text]} | _side("lhs", left)
    if isinstance(right, tuple):
        return keys | _side("rhs", right)
    return keys | {"rhs-fixed-value?": True, "rhs-val": str(right)}


def text(export: object) -> bytes:
    """Return an export as a file has it."""
    return json.dumps(export).encode()


def _root(name: Form, settings: Form, body: Form) -> Export:
    assert isinstance(settings, dict)
    given = {key.text: value for key, value in settings.items()}
    frequency = given.get(":rebalance-frequency", Name(":none"))
    assert isinstance(frequency, Name)
    root = {"step": "root", "name": name, "description": "", "children": [export_of(body)]}
    root["rebalance"] = frequency.text.removeprefix(":")
    if ":rebalance-threshold" in given:
        root["rebalance-corridor-width"] = given[":rebalance-threshold"]
    return root


def _equal(*bodies: Form) -> Export:
    return {"step": "wt-cash-equal", "children": [one for body in bodies for one in _all(body)]}


def _specified(*arguments: Form) -> Export:
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    children = [
        export_of(node) | {"weight": {"num": str(weight), "den": "1"}} for weight, node in pairs
    ]
    return {"step": "wt-cash-specified", "children": children}


def _if(asked: Form, then: Form, otherwise: Form) -> Export:
    first = {"step": "if-child", "is-else-condition?": False, "children": _all(then)} | flat(asked)
    last = {"step": "if-child", "is-else-condition?": True, "children": _all(otherwise)}
    return {"step": "if", "children": [first, last]}


def _filter(score: Form, select: Form, body: Form) -> Export:
    operator, count = _call(select)
    assert isinstance(operator, Name)
    side = _side("sort-by", score)
    return {
        "step": "filter",
        "select?": True,
        "select-fn": operator.text.removeprefix("select-"),
        "select-n": str(count),
        "sort-by?": True,
        "sort-by-fn": side["sort-by-fn"],
        "sort-by-fn-params": side["sort-by-fn-params"],
        "children": _all(body),
    }


def _side(side: str, measure: Form) -> Export:
    operator, *arguments = _call(measure)
    assert isinstance(operator, Name)
    keys: Export = {f"{side}-fn": _FUNCTIONS.get(operator.text, operator.text)}
    if arguments and isinstance(arguments[0], str):
        keys[f"{side}-val"] = arguments[0]
    windows = arguments[-1] if arguments and isinstance(arguments[-1], dict) else {}
    keys[f"{side}-fn-params"] = {"window": windows[WINDOW]} if WINDOW in windows else {}
    return keys


def _all(form: Form) -> list[Export]:
    return list(map(export_of, form)) if isinstance(form, list) else [export_of(form)]


def _call(form: Form) -> tuple[Form, ...]:
    assert isinstance(form, tuple), form
    return form


_STEPS: Final[Mapping[str, Callable[..., Export]]] = {
    "defsymphony": _root,
    "asset": lambda ticker, _=None: asset(ticker),
    "group": lambda name, body: {"step": "group", "name": name, "children": _all(body)},
    "weight-equal": _equal,
    "weight-specified": _specified,
    "weight-inverse-volatility": lambda window, body: {
        "step": "wt-inverse-vol",
        "window-days": window,
        "children": _all(body),
    },
    "filter": _filter,
    "if": _if,
}
