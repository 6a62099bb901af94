"""Made-up bars, and what may be done to panels of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
import pytest

from alchemiser.application.certification.panels import (
    PRICES,
    beside,
    hidden,
    made_up,
    since,
    weekdays_after,
    weekdays_until,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import COLUMNS, panel_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from tests.unit.application.certification.small_market import (
    CHANCE,
    DAYS,
    LAST,
    NAMES,
    bits,
    breaches,
    volumes,
    whole_market,
)

LONG: Final = weekdays_until(date(2021, 6, 30), 1_500)
BLOCK: Final = 12
"""Sessions that prices stand still in rough markets, at least."""


class Constant:
    """Draw the same numbers again and again; implements ChancePort."""

    def __init__(self, uniform: float, normal: float) -> None:
        self._uniform, self._normal = uniform, normal

    def uniform(self, stream: str, count: int) -> Floats:
        """Return the one."""
        del stream
        return np.full(count, self._uniform)

    def normal(self, stream: str, count: int) -> Floats:
        """Return the other."""
        del stream
        return np.full(count, self._normal, dtype=np.float64)


def still_rows(panel: BarPanel) -> np.ndarray:
    """Return which rows close like the one before, by symbol."""
    return np.asarray(panel.close[1:] == panel.close[:-1])


def longest_run(still: Iterable[bool]) -> int:
    """Return how many sessions in a row are still."""
    best = run = 0
    for is_still in still:
        run = run + 1 if is_still else 0
        best = max(best, run)
    return best


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize("stream", ["main", "other", "strangers/0"])
def test_made_up_bars_are_bars_in_every_weather(stream: str, rough: bool) -> None:
    """ST-04: whatever a strategy is refused for, bars that cannot be must not be the reason."""
    panel = made_up(CHANCE, stream, LONG, NAMES, rough=rough)

    assert breaches(panel) == []
    assert set(panel_columns(panel)) == set(COLUMNS)
    assert all(np.isfinite(array).all() for array in panel_columns(panel).values())


@pytest.mark.parametrize("name", PRICES)
def test_prices_are_whole_cents(name: str) -> None:
    """ST-04."""
    prices = panel_columns(whole_market())[name]

    assert np.array_equal(prices, np.round(prices, 2))
    assert prices.min() >= 0.01


def test_even_what_falls_for_ever_costs_a_cent() -> None:
    """ST-04: a price of zero would be no price."""
    panel = made_up(Constant(0.6, -6), "main", DAYS, NAMES)

    assert breaches(panel) == []
    assert (panel.close[-1] == 0.01).all()


@pytest.mark.parametrize(("normal", "close"), [(-8, 135 * 0.7), (8, 135 * 1.45)])
def test_no_session_moves_further_than_markets_have(normal: float, close: float) -> None:
    """ST-04: three times the market would be below zero on the worst of days."""
    panel = made_up(Constant(0.4, normal), "main", DAYS, NAMES)

    assert panel.close[0] == pytest.approx(np.full(len(NAMES), close), abs=0.005)


def test_sessions_open_between_the_close_before_and_their_own() -> None:
    """ST-04."""
    bars = panel_columns(whole_market())
    before, close, opened = bars["close"][:-1], bars["close"][1:], bars["open"][1:]

    assert (opened >= np.minimum(before, close)).all()
    assert (opened <= np.maximum(before, close)).all()
    assert (opened != close).mean() > 0.5
    assert (bars["open"][0] == bars["close"][0]).all()


def test_highs_and_lows_are_a_hundredth_away_at_most() -> None:
    """ST-04."""
    bars = panel_columns(whole_market())
    top, bottom = np.maximum(bars["open"], bars["close"]), np.minimum(bars["open"], bars["close"])
    above, below = bars["high"] / top - 1, 1 - bars["low"] / bottom

    for part in (above, below):
        assert (part * top <= 0.01 * top + 0.0051).all()
        assert part.max() > 0.009
        assert 0.004 < part.mean() < 0.006
    assert not np.allclose(above, below, atol=1e-3)


def test_shares_are_whole_and_the_trading_basis_is_the_signal_basis() -> None:
    """ST-04."""
    panel = whole_market()
    sizes = volumes(panel)

    assert np.array_equal(sizes, np.rint(sizes))
    assert sizes.min() >= 500_000
    assert sizes.max() <= 1_500_000
    assert np.array_equal(panel_columns(panel)["raw_close"], panel.close)


def test_the_same_stream_is_the_same_market_and_another_is_another() -> None:
    """ST-04, BT-10."""
    assert bits(whole_market()) == bits(whole_market())
    mine, other = bits(whole_market()), bits(whole_market("other"))
    assert all(mine[name] != other[name] for name in mine)


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize("others", [(), ("AAA", "ZZZ"), ("SOXL", "SPY")])
def test_bars_of_a_symbol_depend_on_no_other(others: tuple[str, ...], rough: bool) -> None:
    """ST-04: whether strangers are in view must be all that differs when they are."""
    panel = made_up(CHANCE, "main", DAYS, map(Symbol, ("TLT", *others)), rough=rough)
    place = panel.symbols.index(Symbol("TLT"))

    for name, array in panel_columns(whole_market(rough=rough)).items():
        column = panel_columns(panel)[name][:, place]
        assert np.array_equal(column, array[:, NAMES.index(Symbol("TLT"))]), name


@pytest.mark.parametrize("rough", [False, True])
def test_later_sessions_change_no_earlier_bar(rough: bool) -> None:
    """BT-02: made-up bars of a longer market begin as those of a shorter one."""
    longer = made_up(CHANCE, "main", (*DAYS, *weekdays_after(DAYS[-1], 50)), NAMES, rough=rough)

    assert bits(longer, slice(len(DAYS))) == bits(whole_market(rough=rough))


def test_bars_know_nothing_of_the_calendar() -> None:
    """ST-04: what knows dates must find nothing of them in the prices."""
    other = made_up(CHANCE, "main", weekdays_until(date(2050, 3, 1), len(DAYS)), NAMES)

    assert bits(other) == bits(whole_market())


def test_symbols_stand_in_order_and_each_once() -> None:
    panel = made_up(CHANCE, "main", DAYS, [*NAMES[::-1], NAMES[0]])

    assert panel.symbols == NAMES
    assert panel.sessions == DAYS
    assert bits(panel) == bits(whole_market())


def test_market_without_symbols_has_sessions_and_no_bars() -> None:
    """ST-04: a strategy that names no symbol holds cash, and is tried like any other."""
    panel = made_up(CHANCE, "main", DAYS, [])

    assert panel.symbols == ()
    assert {array.shape for array in panel_columns(panel).values()} == {(len(DAYS), 0)}


def test_symbols_follow_the_market_some_of_them_the_other_way_round() -> None:
    """ST-04."""
    names = [Symbol(f"A{first}{second}") for first in "ABCDE" for second in "ABCDE"]
    closes = made_up(CHANCE, "main", LONG, names).close
    alike = np.corrcoef(np.diff(np.log(closes), axis=0).T)

    assert alike.min() < -0.8
    assert np.sort(alike[~np.eye(len(names), dtype=bool)])[-1] > 0.8


def test_prices_stay_where_prices_are() -> None:
    """ST-04: what drifts away for years would only ever be tried far from where it trades."""
    closes = made_up(CHANCE, "main", LONG, NAMES).close

    assert closes.max() < 100_000
    assert (closes[0] > 8).all()
    assert (closes[0] < 500).all()


def test_rough_prices_stand_still_for_weeks_all_at_once() -> None:
    """ST-04: a deviation of zero divides what did not expect it."""
    still = still_rows(made_up(CHANCE, "main", LONG, NAMES, rough=True))
    calm = still_rows(made_up(CHANCE, "main", LONG, NAMES))

    assert longest_run(map(all, still.tolist())) >= BLOCK
    assert 0.15 < still.all(axis=1).mean() < 0.35
    assert longest_run(map(any, calm.tolist())) < BLOCK


def test_rough_twins_are_alike_to_the_last_bit() -> None:
    """ST-04: what ranks has to rank what is equal."""
    rough, calm = panel_columns(whole_market(rough=True)), panel_columns(whole_market())

    for name in COLUMNS:
        twins = {rough[name][:, place].tobytes() for place in (0, 2, 3)}
        assert len(twins) == 1, name
        assert len({column.tobytes() for column in rough[name].T}) == 3, name
        assert len({column.tobytes() for column in calm[name].T}) == 5, name


def test_hidden_cells_have_no_bar_and_no_other_cell_changes() -> None:
    market = whole_market()
    before = bits(market)
    cells = np.zeros(market.close.shape, dtype=bool)
    cells[5, 1] = cells[LAST, 4] = True

    for name, array in panel_columns(hidden(market, cells)).items():
        assert np.array_equal(np.isnan(array), cells), name
        assert np.array_equal(array[~cells], panel_columns(market)[name][~cells]), name
    assert bits(market) == before


def test_columns_that_a_panel_lacks_it_lacks_afterwards() -> None:
    closes = BarPanel(sessions=DAYS, symbols=NAMES, close=whole_market().close)
    nothing = np.zeros(closes.close.shape, dtype=bool)

    assert set(panel_columns(hidden(closes, nothing))) == {"close"}
    assert set(panel_columns(since(closes, 5))) == {"close"}


@pytest.mark.parametrize("row", [0, 1, 60, LAST])
def test_panel_since_a_row_begins_with_it(row: int) -> None:
    market = whole_market()
    blocked = np.zeros(market.close.shape, dtype=bool)
    blocked[row, 3] = True

    later = since(replace(market, blocked=blocked), row)

    assert later.sessions == DAYS[row:]
    assert bits(later) == bits(market, slice(row, None))
    assert later.blocked is not None
    assert later.blocked.shape == later.close.shape
    assert later.blocked[0, 3]
    assert since(market, row).blocked is None


def test_beside_each_other_every_symbol_keeps_its_bars() -> None:
    """ST-04."""
    market = whole_market()
    strangers = made_up(CHANCE, "more", DAYS, map(Symbol, ("ZZZ", "AAA", "SPXL")))

    both, turned = beside(market, strangers), beside(strangers, market)

    assert both.symbols == ("AAA", "AGG", "SOXL", "SPXL", "SPY", "TLT", "TQQQ", "ZZZ")
    assert both.sessions == DAYS
    assert bits(both) == bits(turned)
    for part in (market, strangers):
        for place, name in enumerate(part.symbols):
            column = both.symbols.index(name)
            for kind, array in panel_columns(part).items():
                assert np.array_equal(panel_columns(both)[kind][:, column], array[:, place])


def test_column_that_either_market_lacks_neither_has() -> None:
    closes = BarPanel(sessions=DAYS, symbols=(Symbol("IEF"),), close=np.ones((len(DAYS), 1)))

    assert set(panel_columns(beside(whole_market(), closes))) == {"close"}
    assert set(panel_columns(beside(closes, whole_market()))) == {"close"}


@pytest.mark.parametrize("shift", range(7))
@pytest.mark.parametrize("count", [1, 2, 5, 6, 23, 300])
def test_weekdays_are_those_of_the_calendar(shift: int, count: int) -> None:
    """The oracle is numpy's calendar of business days."""
    day = date(2024, 2, 26) + timedelta(days=shift)
    start = np.datetime64(day, "D")
    after = np.busday_offset(start, np.arange(1, count + 1), roll="backward")

    assert weekdays_after(day, count) == tuple(after.tolist())
    if day.weekday() < 5:
        until = np.busday_offset(start, np.arange(1 - count, 1))
        assert weekdays_until(day, count) == tuple(until.tolist())


def test_weekdays_before_and_after_meet() -> None:
    days = (*weekdays_until(date(2024, 6, 28), 50), *weekdays_after(date(2024, 6, 28), 50))

    assert {(after - before).days for before, after in pairwise(days)} == {1, 3}
    assert weekdays_after(date(2024, 6, 28), 0) == ()
