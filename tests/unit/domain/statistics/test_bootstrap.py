"""History drawn anew from itself."""

from decimal import Decimal

import numpy as np
import pytest

from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.domain.statistics.bootstrap import (
    Interval,
    interval,
    redrawn,
    stationary_rows,
    usual_block,
)
from alchemiser.domain.statistics.moments import deviation
from alchemiser.domain.statistics.returns import mean
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import three


def draws(sessions: int, times: int, stream: str = "draws") -> Floats:
    return uniform(7, stream, 2 * sessions * times).reshape(2, sessions, times)


def test_rows_follow_one_another_until_a_block_begins() -> None:
    """By hand: five sessions, blocks of two; one begins where the first number is below a half."""
    begins = [0.9, 0.9, 0.4, 0.5, 0.1]
    places = [0.7, 0.0, 0.9, 0.0, 0.2]

    rows = stationary_rows(np.array([begins, places])[:, :, np.newaxis], 2)

    assert rows[:, 0].tolist() == [3, 4, 4, 0, 1]


def test_blocks_have_the_length_that_was_asked_for_on_average() -> None:
    rows = stationary_rows(draws(500, 200), 8)

    follows = (rows[1:] - rows[:-1]) % 500 == 1
    assert ((rows >= 0) & (rows < 500)).all()
    # One block in 500 begins by chance right behind the one before.
    assert follows.mean() == pytest.approx(7 / 8 + 1 / 8 / 500, abs=0.004)


def test_blocks_of_one_session_are_the_plain_bootstrap() -> None:
    rows = stationary_rows(draws(40, 1_000), 1)

    assert rows.tolist() == (draws(40, 1_000)[1] * 40).astype(int).tolist()


def test_standard_error_is_that_of_the_mean_and_blocks_see_what_sessions_have_in_common() -> None:
    """An average of 20 neighbours moves slowly: its mean is less certain than it looks."""
    plain = normal(7, "plain", 1_000) * 0.01
    slow = np.convolve(normal(7, "slow", 1_019) * 0.01, np.ones(20) / 20, mode="valid")
    single = stationary_rows(draws(1_000, 1_000), 1)
    blocks = stationary_rows(draws(1_000, 1_000, "blocks"), 40)

    naive = [float(deviation(one)) / 1_000**0.5 for one in (plain, slow)]

    assert deviation(mean(redrawn(plain, single))) == pytest.approx(naive[0], rel=0.08)
    assert deviation(mean(redrawn(slow, single))) == pytest.approx(naive[1], rel=0.08)
    assert deviation(mean(redrawn(slow, blocks))) > 2.5 * naive[1]


def test_interval_holds_the_truth_as_often_as_it_says() -> None:
    """400 worlds of 60 normal sessions, the mean known: 95 % of intervals, within chance."""
    worlds = normal(7, "worlds", 400 * 60).reshape(400, 60) * 0.01 + 0.002
    rows = stationary_rows(draws(60, 400), 1)

    found = [interval(mean(redrawn(world, rows))) for world in worlds]

    held = sum(one.low <= 0.002 <= one.high for one in found)
    assert 366 <= held <= 391


def test_interval_cuts_the_same_off_at_both_ends() -> None:
    assert interval(np.arange(101.0), Decimal("0.9")) == Interval(low=5.0, high=95.0)


def test_interval_of_what_is_not_always_defined_is_not_defined() -> None:
    for figures in ([1.0, np.nan], []):
        found = interval(np.array(figures))
        assert np.isnan([found.low, found.high]).all()


def test_block_grows_with_the_cube_root_of_history() -> None:
    assert usual_block(1_000) == pytest.approx(10)
    assert usual_block(0) == usual_block(1) == 1


def test_odd_arguments_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="shape"):
        stationary_rows(np.zeros((3, 5, 2)), 2)
    with pytest.raises(InvalidValueError, match="at least one session"):
        stationary_rows(draws(5, 2), 0.5)
    with pytest.raises(InvalidValueError, match="one series of 5 returns"):
        redrawn(three(5), stationary_rows(draws(5, 2), 2))
    with pytest.raises(InvalidValueError, match="one series of 5 returns"):
        redrawn(three(6)[:, 0], stationary_rows(draws(5, 2), 2))
    with pytest.raises(InvalidValueError, match="a confidence lies"):
        interval(np.arange(3.0), Decimal("0.05"))


def test_no_session_gives_no_rows() -> None:
    assert stationary_rows(np.empty((2, 0, 7)), 3).shape == (0, 7)


def test_an_interval_is_rounded_as_every_figure_is() -> None:
    """BT-10: it is printed, compared and part of reports."""
    found = interval(np.arange(1, 8) / 7)

    assert (found.low, found.high) == (0.164285714286, 0.978571428571)
