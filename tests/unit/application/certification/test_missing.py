"""Markets with something missing really lack what they say, and nothing else."""

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import pytest

from alchemiser.application.certification import missing
from alchemiser.application.certification.panels import made_up
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.portfolio.consolidation import Failed
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.target import TargetPortfolio
from tests.unit.application.certification.in_memory import a_bench
from tests.unit.application.certification.small_market import (
    CHANCE,
    DAYS,
    LAST,
    NAMES,
    bits,
    whole_market,
)

SHORT: Final = "with a short history"
GAPS: Final = "with gaps"
LATE: Final = "with symbols that begin late"
NEVER: Final = "without bars of some symbols"
STOPPED: Final = "on the day a symbol stops"
CLOSES: Final = "with closes only"
BLOCKED: Final = "with blocked symbols"
ROUGH: Final = "where prices stand still or are alike"
PROVISIONAL: Final = "on a bar that has only a close"
EVERY: Final = (SHORT, GAPS, LATE, NEVER, STOPPED, CLOSES, BLOCKED, ROUGH, PROVISIONAL)
HOLED: Final = (GAPS, LATE, NEVER, STOPPED)


@cache
def markets(cuts: int = 160) -> dict[str, tuple[BarPanel, list[int]]]:
    found = missing.panels(a_bench(cuts=cuts), whole_market())
    return {what: (panel, rows) for what, panel, rows in found}


def gone(what: str) -> np.ndarray:
    return np.isnan(markets()[what][0].close)


def test_nine_kinds_of_want_are_tried() -> None:
    """ST-04."""
    assert tuple(markets()) == EVERY


@pytest.mark.parametrize("what", HOLED)
def test_missing_bar_is_missing_in_every_column_and_the_others_stay(what: str) -> None:
    """ST-04."""
    cells = gone(what)

    assert cells.any()
    assert not cells.all()
    for name, array in panel_columns(markets()[what][0]).items():
        assert np.array_equal(np.isnan(array), cells), name
        assert np.array_equal(array[~cells], panel_columns(whole_market())[name][~cells]), name


@pytest.mark.parametrize("what", EVERY)
def test_sessions_and_symbols_stay(what: str) -> None:
    """ST-04: nothing but bars is missing."""
    assert markets()[what][0].sessions == DAYS
    assert markets()[what][0].symbols == NAMES


def test_short_history_is_the_whole_market_at_its_first_sessions() -> None:
    """ST-04."""
    panel, rows = markets()[SHORT]

    assert bits(panel) == bits(whole_market())
    assert rows[:5] == [0, 1, 2, 5, 19]


def test_gaps_are_single_bars_and_whole_weeks() -> None:
    """ST-04."""
    cells = gone(GAPS)
    weeks = [
        cells[start : start + 7, place]
        for start in range(0, LAST - 6, 7)
        for place in range(len(NAMES))
    ]

    assert 0.12 < cells.mean() < 0.28
    assert sum(week.all() for week in weeks) > 5  # of 85, one in ten
    assert any(week.sum() == 1 for week in weeks)
    assert len({column.tobytes() for column in cells.T}) == len(NAMES)


def test_symbols_that_begin_late_begin_each_on_its_day_and_never_stop() -> None:
    """ST-04."""
    begins = gone(LATE).sum(axis=0)

    assert len(set(begins.tolist())) == len(NAMES)
    for place, begin in enumerate(begins):
        assert gone(LATE)[:begin, place].all()
        assert not gone(LATE)[begin:, place].any()


@pytest.mark.parametrize(("names", "without"), [(NAMES, 3), (NAMES[:4], 2), (NAMES[:1], 1)])
def test_half_of_the_symbols_never_have_a_bar(names: tuple[Symbol, ...], without: int) -> None:
    """ST-04."""
    whole = made_up(CHANCE, "main", DAYS, names)
    found = {what: panel for what, panel, _ in missing.panels(a_bench(), whole)}
    share = np.isnan(found[NEVER].close).mean(axis=0)

    assert sorted(share) == [0.0] * (len(names) - without) + [1.0] * without


def test_symbols_stop_in_the_last_two_thirds() -> None:
    """ST-04."""
    cells = gone(STOPPED)

    assert not cells[: LAST // 3 + 1].any()
    assert 0.2 < cells[LAST // 3 + 2 :].mean() < 0.4


def test_closes_are_all_that_is_left() -> None:
    """ST-04."""
    panel = markets()[CLOSES][0]

    assert set(panel_columns(panel)) == {"close"}
    assert np.array_equal(panel.close, whole_market().close)


def test_blocked_symbols_have_bars_that_may_not_be_read() -> None:
    """ST-04."""
    panel = markets()[BLOCKED][0]

    assert bits(panel) == bits(whole_market())
    assert panel.blocked is not None
    assert 0.12 < panel.blocked.mean() < 0.28
    assert all(market.blocked is None for what, (market, _) in markets().items() if what != BLOCKED)


def test_rough_market_has_prices_that_stand_still_and_twins() -> None:
    """ST-04."""
    closes = markets()[ROUGH][0].close

    assert (closes[1:] == closes[:-1]).all(axis=1).sum() >= 11
    assert np.array_equal(closes[:, 0], closes[:, 2])


def test_last_bar_may_have_a_close_and_nothing_else() -> None:
    """ST-04: before the close, a session has a price and no bar."""
    panel, rows = markets()[PROVISIONAL]
    absent = {name for name, array in panel_columns(panel).items() if np.isnan(array[-1]).all()}

    assert rows == [LAST]
    assert panel.provisional
    assert absent == {"open", "high", "low", "volume"}
    assert bits(panel, slice(LAST)) == bits(whole_market(), slice(LAST))
    assert np.array_equal(panel.close, whole_market().close)
    assert sum(market.provisional for market, _ in markets().values()) == 1


@pytest.mark.parametrize(("cuts", "count"), [(1, 6), (96, 6), (160, 10), (1_600, 100)])
def test_more_cuts_ask_more(cuts: int, count: int) -> None:
    """ST-04."""
    counts = {what: len(rows) for what, (_, rows) in markets(cuts).items()}

    assert counts == dict.fromkeys(EVERY, count) | {SHORT: count + 5, PROVISIONAL: 1}


@pytest.mark.parametrize("what", EVERY)
def test_rows_asked_about_are_there(what: str) -> None:
    """ST-04."""
    first = LAST // 3 if what in {GAPS, CLOSES, BLOCKED, ROUGH} else 0
    rows = markets(32_000)[what][1]

    assert min(rows) == (LAST if what == PROVISIONAL else first)
    assert max(rows) == LAST


def test_market_without_symbols_lacks_nothing() -> None:
    """ST-04: a strategy that holds cash names no symbol; trying it warns of nothing."""
    found = list(missing.panels(a_bench(), made_up(CHANCE, "main", DAYS, [])))

    assert tuple(what for what, _, _ in found) == EVERY
    assert all(panel.close.shape == (len(DAYS), 0) for _, panel, _ in found)


def test_failing_is_all_that_is_found() -> None:
    """ST-04: a strategy may be undecided for want of data, and nothing else."""
    day = date(2024, 7, 1)

    assert missing.finding(day, GAPS, Decided(target=TargetPortfolio.of({"SPY": 1}))) == ""
    assert missing.finding(day, GAPS, Undecided(reason="SPY has too few bars.")) == ""
    assert missing.finding(day, CLOSES, Failed(reason="it divided by zero.")) == (
        "as of 2024-07-01, with closes only, it failed: it divided by zero."
    )
