"""A view reads metrics as an observer of its session did, whatever comes after it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules import view as view_module
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import InvalidValueError, UndecidedError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.rules import (
    atr,
    correlation,
    cumulative_return,
    liquidity_state,
    percentile,
    price,
    rsi,
    sma,
    zscore,
)
from tests.unit.domain.rules.panels import NAN, metrics_of, panel_of, random_panel

PANEL = panel_of({"A": [5.0, 6.0, 4.0, 7.0], "B": [NAN, 3.0, NAN, 2.0]}, blocked={"A": [2]})
COLUMNS = ("close", "high", "low", "volume")

LATER: dict[str, Callable[[Floats], Floats]] = {
    "huge": lambda rows: np.full_like(rows, 1.7e308),
    "tiny": lambda rows: np.full_like(rows, 5e-324),
    "missing": lambda rows: np.full_like(rows, NAN),
    "without bound": lambda rows: np.full_like(rows, -np.inf),
    "nothing": np.zeros_like,
    "negative": lambda rows: -rows,
    "backwards": lambda rows: rows[::-1].copy(),
}


def told(view: MarketView, metric: Metric) -> float | str:
    """Return what the view says, or why it does not."""
    try:
        return view.reading(metric)
    except UndecidedError as error:
        return str(error)


def with_later(panel: BarPanel, row: int, change: Callable[[Floats], Floats]) -> BarPanel:
    """Return `panel` with every row after `row` changed."""
    changed = {}
    for name in COLUMNS:
        array = getattr(panel, name).copy()
        array[row + 1 :] = change(array[row + 1 :])
        changed[name] = array
    return replace(panel, **changed)


def with_oddities(panel: BarPanel, seed: int) -> BarPanel:
    """Return `panel` with some closes that are infinite, zero or below."""
    draw, closes = np.random.default_rng(seed), panel.close.copy()
    rows = draw.integers(0, len(closes), 3)
    closes[rows, draw.integers(0, closes.shape[1], 3)] = draw.choice([np.inf, 0.0, -3.0, 1e-9], 3)
    return replace(panel, close=closes)


@given(seed=st.integers(0, 10**6), metric=metrics_of("ABCDE"), odd=st.booleans())
def test_views_that_share_readings_say_what_a_panel_that_ends_there_says(
    seed: int, metric: Metric, odd: bool
) -> None:
    """BT-02: to the bit, and in the words of what is missing."""
    panel = random_panel(seed)
    panel = with_oddities(panel, seed) if odd else panel
    shared, rows = Readings(panel), range(len(panel.sessions))

    found = [told(MarketView(panel, row, shared), metric) for row in rows]

    assert found == [told(MarketView(panel, row), metric) for row in rows]
    assert found == [told(MarketView(panel.until(row), row), metric) for row in rows]


@given(
    seed=st.integers(0, 10**6),
    metric=metrics_of("ABCDE"),
    row=st.integers(0, 34),
    later=st.sampled_from(sorted(LATER)),
)
def test_no_reading_tells_of_later_sessions(
    seed: int, metric: Metric, row: int, later: str
) -> None:
    """BT-02: nor do warnings, which are errors here, or what numpy raises when it is asked to."""
    panel = random_panel(seed)
    known = told(MarketView(panel.until(row), row), metric)
    other = with_later(panel, row, LATER[later])

    with np.errstate(all="raise"):
        found = told(MarketView(other, row, Readings(other)), metric)

    assert found == known


@given(seed=st.integers(0, 10**6), metric=metrics_of("ABCDE"))
def test_a_view_reads_what_a_rule_compares(seed: int, metric: Metric) -> None:
    panel = random_panel(seed)
    evaluator = TreeEvaluator(panel)

    for row in range(0, len(panel.sessions), 5):
        found = told(MarketView(panel, row, evaluator.readings), metric)
        rule = evaluator.value(metric, row)
        assert (isinstance(found, str) and rule is None) or found == rule


def test_a_series_of_years_reads_the_same_at_each_of_its_sessions() -> None:
    """BT-02: beyond what fits into one pass of a recurrence, with a gap and a late start."""
    draw = np.random.default_rng(11)
    closes = 100 * np.exp(np.cumsum(draw.normal(0, 0.02, (1_500, 2)), axis=0))
    closes[700, 0], closes[:400, 1] = NAN, NAN
    panel = panel_of({"A": closes[:, 0].tolist(), "B": closes[:, 1].tolist()})
    asked = (rsi("A", 14), rsi("B", 14), sma("A", 200), percentile(rsi("B", 10), 60))
    shared = Readings(panel)

    for row in (13, 14, 399, 413, 414, 475, 699, 700, 713, 714, 715, 899, 900, 1_300, 1_499):
        for metric in asked:
            alone = told(MarketView(panel, row), metric)
            assert told(MarketView(panel, row, shared), metric) == alone


@pytest.mark.parametrize(
    ("metric", "row", "reason"),
    [
        (sma("A", 2), 0, r"SMA\(A, 2\) takes 2 unbroken bars and A has 1 on 2021-03-01"),
        (price("A"), 2, "A is blocked by the data gate on 2021-03-03"),
        (price("B"), 0, "B has no bar yet on 2021-03-01"),
        (price("B"), 2, "B has no bar on 2021-03-03"),
        (correlation("A", "B", 2), 3, r"takes 3 unbroken bars and A has 1"),
    ],
)
def test_a_view_says_why_it_cannot_tell(metric: Metric, row: int, reason: str) -> None:
    """ST-04."""
    for shared in (None, Readings(PANEL)):
        with pytest.raises(UndecidedError, match=reason):
            MarketView(PANEL, row, shared).reading(metric)


@pytest.mark.parametrize(
    ("metric", "error"),
    [
        (sma("C", 2), "C is not in view: declare it in the strategy's requirements"),
        (correlation("A", "C", 2), "C is not in view"),
        (sma(window=2), r'SMA\(2\) is compared without a symbol: write sma\("SPY"'),
        ("A", r"a view reads metrics such as rsi\(.*, not 'A'"),
        (np.ones(3), "a view reads metrics such as"),
    ],
)
def test_a_view_reads_metrics_of_symbols_in_view_only(metric: Metric, error: str) -> None:
    with pytest.raises(InvalidValueError, match=error):
        MarketView(PANEL, 1).reading(metric)


def test_whatever_a_metric_is_measured_of_counts_as_read() -> None:
    """ST-04."""
    panel = random_panel(4)
    shared = Readings(panel)

    for _ in range(2):
        view = MarketView(panel, 30, shared)
        told(view, percentile(correlation("B", "D", 3), 4))
        assert view.reads() == ("B", "D")
        told(view, atr("C", 3))
        assert view.reads() == ("B", "C", "D")


def test_a_metric_is_worked_out_once_for_all_views() -> None:
    shared = Readings(PANEL)
    assert MarketView(PANEL, 1, shared).reading(sma("A", 2)) == 5.5
    before = shared.remembered()

    assert MarketView(PANEL, 3, shared).reading(cumulative_return("A", 1)) == 75.0
    assert shared.remembered() > before
    after = shared.remembered()
    assert MarketView(PANEL, 3, shared).reading(sma("A", 2)) == 5.5
    assert shared.remembered() == after


def test_what_does_not_fit_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = random_panel(9)
    shared, first = Readings(panel), rsi("A", 3)
    told(MarketView(panel, 20, shared), first)
    monkeypatch.setattr(view_module, "REMEMBERED_MAX", shared.bytes() - 1)
    remembered = shared.remembered()

    for window in range(2, 40):  # the longest of them are not defined
        for metric in (zscore(rsi("A", 3), window), liquidity_state("B", window, 3), first):
            alone = told(MarketView(panel, 30), metric)
            assert told(MarketView(panel, 30, shared), metric) == alone

    assert shared.remembered() == remembered
    assert shared.asked() == (first,)


def test_readings_of_other_bars_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="shares the readings of the panel that it shows"):
        MarketView(PANEL, 1, Readings(PANEL.until(1)))


def test_nobody_can_write_into_what_is_remembered() -> None:
    shared = Readings(PANEL)
    values, names = shared.named(price("A"))

    assert names == (Symbol("A"),)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 9.0


def test_a_view_ends_with_its_session_however_it_is_asked() -> None:
    view = MarketView(PANEL, 1, Readings(PANEL))

    assert view.as_of == view.sessions[-1] == PANEL.sessions[1]
    assert view.close("A").tolist() == [5.0, 6.0]
    assert not view.close("A").flags.writeable
    assert view.panel(["A"]).close.shape == (2, 2)
    assert view.symbols == ("A", "B")
