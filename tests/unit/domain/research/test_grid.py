"""Parameters take every combination of their values, in the order they were written."""

from decimal import Decimal

import pytest

from alchemiser.domain.research.grid import Axis, Point, Value, grid, values_of
from alchemiser.domain.values.errors import InvalidValueError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5", (5,)),
        ("5,10,20", (5, 10, 20)),
        (" 5 , 10", (5, 10)),
        ("5:20:5", (5, 10, 15, 20)),
        ("1:3", (1, 2, 3)),
        ("0.1:0.3:0.1", (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))),
        ("5:18:5", (5, 10, 15)),
        ("3:1:-1", (3, 2, 1)),
        ("1,4:6,9", (1, 4, 5, 6, 9)),
        ("true,false", (True, False)),
        ("fixed,adaptive", ("fixed", "adaptive")),
        ("-3,+4,0.50", (-3, 4, Decimal("0.50"))),
        ("nan,inf", ("nan", "inf")),
    ],
)
def test_values_are_read(text: str, values: tuple[Value, ...]) -> None:
    assert values_of(text) == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "lists no value somewhere"),
        ("5,,6", "lists no value somewhere"),
        ("5,5", "the value 5 stands twice"),
        ("1:3,2", "the value 2 stands twice"),
        ("1:2:3:4", "is no range"),
        ("a:b", "is no range"),
        ("1:", "is no range"),
        ("5:1", "does not go from its first to its last"),
        ("1:5:0", "does not go from its first to its last"),
        ("0:1000000000", "has more than 100,000 values: take a longer step"),
        ("0.000001:0.9:0.000001", "has more than 100,000 values: take a longer step"),
        ("0:1e40:0.00001", "has more than 100,000 values"),
        ("1:0:1e-40", "does not go from its first to its last"),
        ("0.1:0.9", r"has no step: write first:last:step"),
        ("0:1e9", "has no step"),
    ],
)
def test_what_lists_nothing_is_refused(text: str, told: str) -> None:
    with pytest.raises(InvalidValueError, match=told):
        values_of(text)


def test_every_combination_stands_once_the_last_axis_first() -> None:
    axes = (
        Axis(strategy="a", name="x", values=(1, 2)),
        Axis(strategy="b", name="y", values=("p", "q")),
    )

    points = grid(axes)

    assert [str(point) for point in points] == [
        "a.x=1, b.y=p",
        "a.x=1, b.y=q",
        "a.x=2, b.y=p",
        "a.x=2, b.y=q",
    ]
    assert points[1].of("a") == {"x": 1}
    assert points[1].of("b") == {"y": "q"}
    assert points[1].of("c") == {}


def test_parameters_of_one_strategy_need_not_name_it() -> None:
    assert str(Point((("a", "x", 1), ("a", "y", 2)))) == "x=1, y=2"
    assert str(Point()) == "as it is"


def test_no_axis_sets_nothing() -> None:
    assert grid(()) == (Point(),)


def test_a_parameter_has_one_axis() -> None:
    axis = Axis(strategy="a", name="x", values=(1,))

    with pytest.raises(InvalidValueError, match=r"a\.x is given twice"):
        grid((axis, axis))


def test_a_grid_has_an_end() -> None:
    axes = tuple(Axis(strategy="a", name=name, values=tuple(range(100))) for name in "xyz")

    with pytest.raises(InvalidValueError, match="1,000,000 combinations are more than 100,000"):
        grid(axes)
