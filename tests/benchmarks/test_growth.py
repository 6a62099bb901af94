"""`make bench-growth` tells the cost of a cell only of what ended alike, and draws all of it."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.bench_growth import ENGINES, Engine, Size, curves, flatness, measured
from tests.benchmarks.growth_plot import Curve, Point, drawn
from tests.benchmarks.peers.contest import Contender, Course, Turn
from tests.benchmarks.peers.told import Told


def course(name: str, seconds: list[float], *, ends: float = 7.0) -> Course:
    """Return turns of one that is ours when its name says so."""
    module = "ours_weights" if name.startswith("ours") else "other"
    turns = [
        Turn(told=Told(seconds=one, figures=(ends,), memory=1), process=one) for one in seconds
    ]
    contender = Contender(name=name, module=module, kind="whole")
    return Course(contender=contender, turns=turns)


def test_a_cell_costs_the_median_of_all_rounds_and_nothing_where_the_end_differs() -> None:
    courses = [
        course("ours, compiled", [0.0126, 0.0063, 0.0252]),
        course("backtrader", [1.0], ends=7.1),
        course("NautilusTrader", [2.52]),
    ]
    size = Size(symbols=50, years=10, courses=courses)

    assert size.nanoseconds("ours, compiled") == pytest.approx((100, 50, 200))
    assert size.nanoseconds("backtrader") is None
    assert [one.name for one in curves([size])] == ["ours, compiled", "NautilusTrader"]


def test_sizes_within_a_fifth_of_the_median_are_counted() -> None:
    curve = Curve("ours", tuple(Point(1, 1, one) for one in (7.9, 8.1, 10.0, 11.9, 12.1)))

    assert flatness(curve) == (
        "ours: 7.9 to 12.1 ns, median 10.0; 3 of 5 sizes within a fifth of it"
    )


def test_everyone_takes_a_turn_in_every_round_that_is_theirs() -> None:
    ours = Engine(name="ours, arrays", module="ours_weights", words=("whole",), kind="whole")
    seldom = Engine(
        name="ours, once", module="ours_weights", words=("whole",), kind="whole", rounds=1
    )
    small = Size(symbols=12, years=1)  # no limit binds

    assert list(measured([small], [ours, seldom], 2)) == [1, 2]

    assert [len(one.turns) for one in small.courses] == [2, 1]
    assert small.nanoseconds("ours, arrays") is not None


def test_the_exact_engine_trades_what_the_arrays_trade() -> None:
    """Both end with the same equity but for prices that are rounded against who trades (BT-03).

    Trading costs some tenth of the equity in that year, five cents of a hundred dollars at a time;
    half a cent more each time is less than the half of a hundredth that is allowed here.
    """
    arrays = next(one for one in ENGINES if one.name == "ours, arrays")
    exact = replace(next(one for one in ENGINES if one.name == "ours, exact"), rounds=1)
    size = Size(symbols=12, years=1)  # no limit binds

    assert list(measured([size], [arrays, exact], 1)) == [1]

    ends = {one.contender.name: one.figures for one in size.courses}
    assert ends["ours, exact"] == pytest.approx(ends["ours, arrays"], rel=5e-3)
    assert size.nanoseconds("ours, exact") is not None


def test_the_picture_stands_alone_and_shows_every_size() -> None:
    made = [
        Curve("ours", tuple(Point(n * t, n, 9.0 + t / n) for n in (30, 300) for t in (252, 2_520))),
        Curve("other <2", (Point(7_560, 30, 250_000.0),)),
    ]

    picture = ET.fromstring(drawn(made, "a machine & its versions"))  # noqa: S314 - ours

    space = "{http://www.w3.org/2000/svg}"
    circles = picture.findall(f"{space}circle")
    assert len(circles) == 5
    words = [one.text for one in picture.findall(f"{space}text")]
    assert {"ours", "other <2", "a machine & its versions", "100,000"} <= set(words)
    heights = [float(one.attrib["cy"]) for one in circles]
    assert heights[4] < min(heights[:4]), "what costs more stands higher"
    assert not [one for one in picture.iter() if any("href" in name for name in one.attrib)]


def test_every_kind_has_one_of_ours_to_be_compared_with() -> None:
    kinds = {one.kind for one in ENGINES if one.module.startswith("ours")}

    assert {one.kind for one in ENGINES} == kinds
