"""Falls from a peak: how deep, how long, and how often."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.statistics.drawdowns import (
    Drawdown,
    drawdown_quantiles,
    drawdowns,
    episodes,
    longest_drawdown,
    max_drawdown,
)
from alchemiser.domain.statistics.returns import wealth
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import three

PATH = [100, 90, 99, 100, 110, 88, 99, 77, 100, 110, 105]
"""Down and just back, up, down in two steps and just back, and down at the end."""

RETURNS = np.array(PATH[1:], dtype=np.float64) / PATH[:-1] - 1

returns_of_sessions = st.lists(st.integers(-9_000, 9_000), min_size=1, max_size=60).map(
    lambda rows: np.array(rows, dtype=np.float64) / 10_000
)


def test_fall_is_measured_from_the_highest_so_far_and_the_start_is_one() -> None:
    falls = [0.1, 0.01, 0, 0, 0.2, 0.1, 0.3, 1 / 11, 0, 5 / 110]

    assert drawdowns(RETURNS) == pytest.approx(np.array(falls))
    assert max_drawdown(RETURNS) == pytest.approx(0.3)
    assert longest_drawdown(RETURNS) == 4
    assert drawdown_quantiles(RETURNS, [0, 0.5, 1]) == pytest.approx(
        np.array([0, (5 / 110 + 1 / 11) / 2, 0.3])
    )


def test_every_fall_is_listed_with_its_rows() -> None:
    """BT-08."""
    found = episodes(RETURNS)

    rows = [(one.first, one.trough, one.recovered, one.sessions) for one in found]
    assert rows == [(0, 0, 2, 2), (4, 6, 8, 4), (9, 9, None, 1)]
    assert [one.depth for one in found] == pytest.approx([0.1, 0.3, 5 / 110])


@given(returns_of_sessions)
def test_list_of_falls_and_figures_agree(returns: Floats) -> None:
    found = episodes(returns)

    assert max((one.depth for one in found), default=0) == max_drawdown(returns)
    assert max((one.sessions for one in found), default=0) == longest_drawdown(returns)
    assert sum(one.sessions for one in found) == np.count_nonzero(drawdowns(returns))
    assert all(_holds_together(one, returns) for one in found)


def _holds_together(one: Drawdown, returns: Floats) -> bool:
    path = wealth(returns)
    end = len(returns) if one.recovered is None else one.recovered
    return bool(
        one.first <= one.trough < end == one.first + one.sessions
        and path[one.trough + 1] == path[one.first + 1 : end + 1].min()
        and path[one.first] >= path[: one.first + 1].max() * (1 - 1e-12)
    )


@given(returns_of_sessions)
def test_a_path_that_never_falls_has_no_drawdown(returns: Floats) -> None:
    rising = np.abs(returns)

    assert max_drawdown(rising) == 0
    assert longest_drawdown(rising) == 0
    assert episodes(rising) == ()


@given(returns_of_sessions)
def test_drawdowns_lie_between_nothing_and_everything_and_do_not_shrink_with_time(
    returns: Floats,
) -> None:
    found = drawdowns(returns)

    assert ((found >= 0) & (found <= 1)).all()
    deepest = [float(max_drawdown(returns[:n])) for n in range(1, len(returns) + 1)]
    assert deepest == sorted(deepest)


def test_rounding_is_no_drawdown() -> None:
    back_and_forth = np.tile([0.1, 1 / 1.1 - 1, 0.1], 1)

    assert drawdowns(back_and_forth)[2] == 0


def test_several_series_have_no_one_list() -> None:
    with pytest.raises(InvalidValueError, match="one series"):
        episodes(three())


def test_quantiles_of_no_session_are_not_defined() -> None:
    assert np.isnan(drawdown_quantiles(np.empty((0, 3)), [0.5, 1.0])).all()
    assert drawdown_quantiles(np.empty((0, 3)), [0.5, 1.0]).shape == (2, 3)
