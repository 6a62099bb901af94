"""Values that are made fast are made no otherwise."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.domain.books.ledger import Book, Posting
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import ExecutionReport, NewOrderSingle
from alchemiser.domain.orders.order import Order, Traded
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.testing.builders import an_order

MADE_FAST = (
    AccountSnapshot,
    ExecutionReport,
    NewOrderSingle,
    Order,
    PlannedOrder,
    Posting,
    RiskContext,
    Traded,
)


def made() -> type[Any]:
    """Return a class with every kind of field, anew."""

    @dataclass(frozen=True, slots=True)
    class Example:
        first: int
        second: str = "two"
        many: list[int] = field(default_factory=list)
        named: int = field(default=4, kw_only=True)
        kept: int = field(init=False, default=5)
        grown: dict[str, int] = field(init=False, default_factory=dict)
        worked_out: int = field(init=False)

        def __post_init__(self) -> None:
            if self.first < 0:
                msg = "first must not be negative."
                raise InvalidValueError(msg)
            object.__setattr__(self, "worked_out", self.first * 2)

    return Example


PLAIN, FAST = made(), quickly(made())
MAKE = maker(FAST)


def told(value: object) -> list[object]:
    return [getattr(value, row.name) for row in fields(value)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "named"),
    [((1,), {}), ((1, "b"), {"named": 9}), ((), {"first": 3, "many": [1]}), ((2, "c", [3]), {})],
)
def test_it_holds_what_the_usual_constructor_would(
    given: tuple[object, ...], named: dict[str, object]
) -> None:
    for fast in (FAST(*given, **named), MAKE(*given, **named)):
        assert told(fast) == told(PLAIN(*given, **named))
        assert type(fast) is FAST
        assert fast == FAST(*given, **named)


def test_what_is_made_anew_is_made_for_each() -> None:
    assert FAST(1).many is not FAST(1).many
    assert MAKE(1).many is not MAKE(1).many


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1, "b", [], 4), {}), ((1,), {"other": 2}), ((1,), {"kept": 2})]
)
def test_what_the_usual_constructor_refuses_is_refused(
    given: tuple[object, ...], named: dict[str, object]
) -> None:
    for kind in (PLAIN, FAST, MAKE):
        with pytest.raises(TypeError):
            kind(*given, **named)


@pytest.mark.parametrize("kind", [FAST, MAKE])
def test_checks_are_made(kind: Callable[[int], object]) -> None:
    with pytest.raises(InvalidValueError, match="must not be negative"):
        kind(-1)


@pytest.mark.parametrize("kind", [NewOrderSingle, maker(NewOrderSingle)])
def test_nothing_can_be_set_or_deleted_afterwards(kind: Callable[..., NewOrderSingle]) -> None:
    asked = an_order()
    order = kind(**{row.name: getattr(asked, row.name) for row in fields(asked)})

    assert order == asked
    with pytest.raises(FrozenInstanceError):
        order.price = Decimal(1)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del order.price
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        order.other = 1  # type: ignore[attr-defined]


def test_what_may_be_set_still_may_be() -> None:
    book = maker(Book)(cash=Decimal(3))

    assert book == Book(cash=Decimal(3))
    assert type(book) is Book
    book.cash = Decimal(4)
    assert book.cash == 4


def test_it_is_replaced_copied_and_pickled_like_any_other() -> None:
    order = an_order()

    assert replace(order, price=order.price) == order
    assert copy.deepcopy(order) == order
    assert pickle.loads(pickle.dumps(order)) == order  # noqa: S301 - our own
    assert {order: 1}[replace(order)] == 1


@pytest.mark.parametrize("kind", MADE_FAST)
def test_values_of_the_order_path_are_made_fast(kind: type[object]) -> None:
    assert "OPEN" in kind.__init__.__globals__
