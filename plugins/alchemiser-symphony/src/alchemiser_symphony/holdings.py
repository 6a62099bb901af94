"""What each block means in the rule language, whichever form it was written in."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from alchemiser.rules import (
    Condition,
    Metric,
    Node,
    asset,
    bottom,
    choose,
    equals,
    group,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from alchemiser_symphony.blocks import Item, RefusedError

COMPARISONS: Final[dict[str, Callable[[Metric, Metric | Decimal], Condition]]] = {
    ">": Metric.__gt__,
    "<": Metric.__lt__,
    ">=": Metric.__ge__,
    "<=": Metric.__le__,
    "=": equals,
}
MIRRORED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "="}
"""What each comparison becomes when its sides change places."""


def held(ticker: str) -> Item:
    """Hold one symbol."""
    return _one(asset(ticker))


def equal(items: Sequence[Item]) -> Item:
    """Hold every item of the list equally; a list inside it joins it."""
    return _one(_equally(items))


def specified(weights: Sequence[Decimal], lists: Sequence[Sequence[Item]]) -> Item:
    """Hold each list, in equal parts, at its own weight."""
    return _one(weight_specified(*zip(weights, map(_equally, lists), strict=True)))


def inverse(window: int, items: Sequence[Item]) -> Item:
    """Hold the items in inverse proportion to their volatility; a lone item as it is."""
    if len(items) == 1 and not items[0].several:
        return _one(items[0].alone)
    return _one(weight_inverse_volatility(window, *(item.listed for item in items)))


def ranked(*, highest: bool, count: int | None, by: Metric, items: Sequence[Item]) -> Item:
    """Hold the best items equally; `count` None holds every one that has a score."""
    best = top if highest else bottom
    candidates = [item.listed for item in items]
    return _one(best(len(candidates) if count is None else count, by=by, of=candidates))


def conditional(asked: Condition, then: Sequence[Item], otherwise: Sequence[Item]) -> Item:
    """Let one of two lists join the list around."""
    branches = (then, otherwise)
    return Item(
        alone=when(asked, _equally(then), _equally(otherwise)),
        listed=choose(asked, *([item.listed for item in items] for items in branches)),
        several=any(len(items) != 1 or items[0].several for items in branches),
    )


def named(name: str, items: Sequence[Item]) -> Item:
    """Hold one item under a name; a blank name names nothing.

    Raises:
        RefusedError: When there are several.
    """
    body = single(items)
    return _one(group(name, body) if name.strip() else body)


def single(items: Sequence[Item]) -> Node:
    """Return the one portfolio that `items` are.

    Raises:
        RefusedError: When there are several.
    """
    if len(items) != 1 or items[0].several:
        msg = "its body is a list of several: put the list into equal weights"
        raise RefusedError(msg)
    return items[0].alone


def _one(node: Node) -> Item:
    return Item(alone=node, listed=node)


def _equally(items: Sequence[Item]) -> Node:
    if len(items) == 1:
        return items[0].alone
    return weight_equal(*(item.listed if item.several else item.alone for item in items))
