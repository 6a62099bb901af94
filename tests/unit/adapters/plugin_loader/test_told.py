"""What a process names is told to it as it would find it, and nothing that it sends is trusted."""

import json
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.plugin_loader.processes.told import METRICS_MAX, Heard, Told
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.rules import correlation, price, rsi, sma, zscore
from tests.unit.domain.rules.panels import NAN, metrics_of, panel_of, random_panel

DECLARED = frozenset(map(Symbol, "ABCDE"))
PANEL = panel_of({"A": [5.0, NAN, 4.0, 7.0], "B": [3.0, 2.0, 6.0, 4.5]})


def hears(view: MarketView, metric: Metric) -> float | str:
    """Return what a strategy hears."""
    try:
        return view.reading(metric)
    except (InvalidValueError, UndecidedError) as error:
        return str(error)


@given(seed=st.integers(0, 10**6), metrics=st.lists(metrics_of("ABCDE"), min_size=1, max_size=3))
def test_a_process_hears_what_it_would_find(seed: int, metrics: list[Metric]) -> None:
    """BT-02: to the bit, in numbers that went through JSON, and in reasons."""
    panel, told, process = random_panel(seed), Told(), Heard()
    shared = Readings(panel)

    for row in range(len(panel.sessions)):
        values = json.loads(json.dumps(told.values(MarketView(panel, row, shared))))
        readings = process.readings(panel.until(row), values)
        view = MarketView(readings.panel, row, readings)
        found = [hears(view, metric) for metric in metrics]
        assert found == [hears(MarketView(panel, row), metric) for metric in metrics]
        told.add(json.loads(json.dumps(process.new(readings))), DECLARED)

    assert len(told.values(MarketView(panel, 0))) == len(set(metrics))


def test_what_is_told_is_not_worked_out() -> None:
    process = Heard()
    asked = process.readings(PANEL, [])
    MarketView(PANEL, 3, asked).reading(price("B"))
    assert process.new(asked) == ['["price","B"]']

    told = process.readings(PANEL, [9.25])

    assert MarketView(PANEL, 3, told).reading(price("B")) == 9.25
    assert process.new(told) == []


def test_what_cannot_be_told_is_left_to_the_process() -> None:
    """A session without a bar; a symbol that is no longer there."""
    told, other = Told(), panel_of({"B": [3.0, 2.0]})
    told.add(['["price","A"]', '["sma","B",2]'], DECLARED)

    assert told.values(MarketView(PANEL, 1)) == [None, 2.5]
    assert told.values(MarketView(other, 1)) == [None, 2.5]


@pytest.mark.parametrize(
    "metric",
    [sma("A", 100_001), zscore(rsi("A", 10), 99_900), sma("A", 10**200)],
)
def test_a_process_works_out_itself_what_looks_back_too_far(metric: Metric) -> None:
    process = Heard()
    readings = process.readings(PANEL, [])
    hears(MarketView(PANEL, 3, readings), metric)

    assert readings.asked() == (metric,)
    assert process.new(readings) == []


def test_a_process_names_no_more_than_it_may() -> None:
    process, told = Heard(), Told()
    for first in (1, 51):
        readings = process.readings(PANEL, told.values(MarketView(PANEL, 3)))
        for window in range(first, first + 50):
            hears(MarketView(PANEL, 3, readings), sma("B", window))
        told.add(process.new(readings), DECLARED)

    assert len(told.values(MarketView(PANEL, 3))) == METRICS_MAX
    with pytest.raises(InvalidValueError, match="names at most 64 metrics"):
        told.add(['["price","B"]'], DECLARED)


def nested(depth: int) -> str:
    """Return the name of a metric of a metric of a metric, and so on."""
    return '["zscore",' * depth + '["price","A"]' + ",2]" * depth


@pytest.mark.parametrize(
    "names",
    [
        None,
        "price",
        {"price": "A"},
        [["price", "A"]],
        [None],
        ["price"],
        ["[" * 150],
        ["1"],
        ['["price","Z"]'],
        ['["price",null]'],
        ['["price","a b"]'],
        ['["sma","A"]'],
        ['["sma","A",0]'],
        ['["sma","A",true]'],
        ['["sma","A",1e3]'],
        ['["sma","A",NaN]'],
        ['["sma","A",100001]'],
        [f'["sma","A",{10**150}]'],
        ['["correlation","A",5,"Z"]'],
        ['["rain","A",5]'],
        [nested(40)],
        ['["price","A"]', 7],
        ['["price","A"]'] * 65,
    ],
)
def test_what_is_no_name_of_a_metric_is_refused(names: object) -> None:
    """RS-17."""
    with pytest.raises(InvalidValueError):
        Told().add(names, DECLARED)


def test_a_metric_of_metrics_is_told() -> None:
    told = Told()
    told.add([nested(3), '["correlation","A",2,"B"]'], DECLARED)
    told.add([], DECLARED)
    draw = np.random.default_rng(2)
    panel = panel_of({name: draw.uniform(5, 9, 30).tolist() for name in "AB"})

    inner = zscore(zscore(zscore(price("A"), 2), 2), 2)
    expected = [hears(MarketView(panel, 29), one) for one in (inner, correlation("A", "B", 2))]
    assert [value for value in told.values(MarketView(panel, 29)) if value is not None] == [
        value for value in expected if isinstance(value, float)
    ]


def test_names_stay_in_their_order() -> None:
    """The values that are told belong to them by their places alone."""
    process, told, windows = Heard(), Told(), count(2)
    for _ in range(6):
        view = MarketView(PANEL, 3)
        readings = process.readings(PANEL, told.values(view))
        asked = [sma("B", next(windows)), price("B"), sma("B", 1)]
        shown = MarketView(PANEL, 3, readings)
        assert [hears(shown, one) for one in asked] == [hears(view, one) for one in asked]
        told.add(process.new(readings), DECLARED)
