"""Other futures: what has passed stays to the last bit, what follows differs as it is told."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pytest

from alchemiser.application.certification.futures import APPENDED, FUTURES
from alchemiser.application.certification.panels import PRICES
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from tests.unit.application.certification.small_market import (
    CHANCE,
    DAYS,
    HOLES,
    LAST,
    bits,
    breaches,
    holed_market,
    volumes,
    whole_market,
)

ROWS: Final = (0, 1, 57, LAST - 1, LAST)
CUT: Final = 57
DRAWN: Final = frozenset({
    "when other sessions follow",
    "when later prices are scaled",
    "when later sessions are shuffled",
    "when more sessions follow",
})


def future(what: str, row: int = CUT, stream: str = "future") -> BarPanel:
    return FUTURES[what](holed_market(), row, CHANCE, stream)


def factors(other: BarPanel, row: int = CUT) -> Mapping[str, np.ndarray]:
    """Return by how much each number after `row` is multiplied."""
    mine, theirs = panel_columns(holed_market()), panel_columns(other)
    return {name: theirs[name][row + 1 :] / mine[name][row + 1 :] for name in mine}


@pytest.mark.parametrize("what", FUTURES)
@pytest.mark.parametrize("row", ROWS)
def test_what_has_passed_stays_to_the_last_bit(what: str, row: int) -> None:
    """BT-02."""
    market = holed_market()
    before = bits(market)

    other = FUTURES[what](market, row, CHANCE, "future")

    assert bits(other, slice(row + 1)) == bits(market, slice(row + 1))
    assert other.sessions[: row + 1] == DAYS[: row + 1]
    assert other.symbols == market.symbols
    assert bits(market) == before


@pytest.mark.parametrize("what", FUTURES)
@pytest.mark.parametrize("row", [0, 57, LAST - 10])
def test_what_follows_is_another_future(what: str, row: int) -> None:
    """BT-02: a change that changes nothing would prove nothing."""
    assert bits(future(what, row), slice(row + 1, None)) != bits(
        holed_market(), slice(row + 1, None)
    )


@pytest.mark.parametrize("what", FUTURES)
@pytest.mark.parametrize("row", ROWS)
def test_bars_are_bars_in_every_future(what: str, row: int) -> None:
    """BT-02: a strategy must not be refused for failing on what no market shows."""
    assert breaches(future(what, row)) == []


@pytest.mark.parametrize("what", sorted(FUTURES.keys() - {"when more sessions follow"}))
def test_after_the_last_session_nothing_can_differ(what: str) -> None:
    """BT-02."""
    assert bits(future(what, LAST)) == bits(holed_market())


@pytest.mark.parametrize("what", FUTURES)
def test_stream_alone_determines_the_future(what: str) -> None:
    """BT-02, BT-10."""
    assert bits(future(what)) == bits(future(what))
    assert (bits(future(what, stream="another")) != bits(future(what))) is (what in DRAWN)


def test_other_sessions_move_whole_bars_and_every_session_anew() -> None:
    """BT-02."""
    changed = factors(future("when other sessions follow"))

    for name in PRICES:
        np.testing.assert_allclose(changed[name], changed["close"], rtol=1e-12)
    sizes = changed["close"]
    assert np.nanmin(np.abs(sizes[1:] / sizes[:-1] - 1)) > 0
    assert np.nanmin(np.abs(sizes[:, 0] / sizes[:, 2] - 1)) > 0
    steps = np.log(sizes[1:] / sizes[:-1])
    assert 0.03 < np.nanstd(steps) < 0.07
    np.testing.assert_array_equal(volumes(future("when other sessions follow")), _volumes())


def test_other_sessions_begin_with_the_first_one_that_follows() -> None:
    """BT-02: tomorrow's bar is what most look-ahead reads."""
    first = factors(future("when other sessions follow"))["close"][0]

    assert (np.abs(np.log(first[np.isfinite(first)])) > 1e-4).all()


def test_scaling_multiplies_each_symbol_by_a_size_of_its_own() -> None:
    """BT-02."""
    other = future("when later prices are scaled")
    sizes = factors(other)["close"]

    assert (np.nanmax(sizes, axis=0) / np.nanmin(sizes, axis=0) < 1 + 1e-12).all()
    each = np.nanmean(sizes, axis=0)
    assert len(np.unique(np.round(each, 6))) == len(each)
    assert ((each > np.exp(-1)) & (each < np.exp(1))).all()
    for name in PRICES:
        np.testing.assert_allclose(factors(other)[name], sizes, rtol=1e-12)
    np.testing.assert_array_equal(volumes(other), _volumes())


@pytest.mark.parametrize("row", [0, 30, LAST - 1])
def test_mirrored_rises_are_falls_of_the_same_size(row: int) -> None:
    """BT-02."""
    market, other = whole_market(), FUTURES["when later rises are falls"]
    now = market.close[row]

    later = other(market, row, CHANCE, "future").close[row + 1 :]

    np.testing.assert_allclose(later / now, now / market.close[row + 1 :], rtol=1e-12)


def test_without_a_price_to_mirror_at_the_future_stays() -> None:
    """BT-02: a symbol that has no bar at the cut has nothing to mirror its later bars at."""
    other = future("when later rises are falls")

    np.testing.assert_array_equal(other.close[:, 1], holed_market().close[:, 1])
    assert (other.close[CUT + 1 :, 0] != holed_market().close[CUT + 1 :, 0]).all()


def test_shuffled_sessions_are_the_same_ones_in_another_order() -> None:
    """BT-02."""
    mine, theirs = _rows(holed_market()), _rows(future("when later sessions are shuffled"))

    assert theirs != mine
    assert sorted(theirs) == sorted(mine)
    assert future("when later sessions are shuffled").sessions == DAYS


def test_reversed_sessions_run_backwards() -> None:
    """BT-02."""
    assert _rows(future("when later sessions run backwards")) == _rows(holed_market())[::-1]


def test_missing_bars_are_missing_in_every_column() -> None:
    """BT-02."""
    other = future("when later bars are missing")

    assert other.sessions == DAYS
    assert all(np.isnan(array[CUT + 1 :]).all() for array in panel_columns(other).values())


@pytest.mark.parametrize("row", ROWS)
def test_without_later_sessions_the_panel_ends_with_the_cut(row: int) -> None:
    """BT-02."""
    assert future("when no later session is there", row).sessions == DAYS[: row + 1]


@pytest.mark.parametrize("row", ROWS)
def test_appended_sessions_go_on_after_the_last_bar(row: int) -> None:
    """BT-02: even the last session may have a future."""
    market = whole_market()

    other = FUTURES["when more sessions follow"](market, row, CHANCE, "future")

    assert bits(other, slice(len(DAYS))) == bits(market)
    assert len(other.sessions) == len(DAYS) + APPENDED
    assert other.sessions[len(DAYS)] == date(2021, 7, 1)
    moves = np.log(other.close[len(DAYS) :] / other.close[LAST:-1])
    assert 0.02 < moves.std() < 0.04
    assert (moves != 0).all()
    assert (volumes(other)[len(DAYS) :] == volumes(market)[-1]).all()


def test_symbol_that_has_stopped_stays_away_in_appended_sessions() -> None:
    """BT-02."""
    stopped = {column for row, column in HOLES if row == LAST}
    later = future("when more sessions follow").close[len(DAYS) :]

    assert {column for column in range(5) if np.isnan(later[:, column]).all()} == stopped


def _volumes() -> np.ndarray:
    return volumes(holed_market())


def _rows(panel: BarPanel) -> list[tuple[bytes, ...]]:
    """Return every bar of each session after the cut."""
    columns = panel_columns(panel).values()
    return [tuple(a[row].tobytes() for a in columns) for row in range(CUT + 1, len(DAYS))]
