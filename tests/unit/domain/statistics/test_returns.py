"""What returns compound to, and by which year."""

from datetime import date

import numpy as np
import pytest

from alchemiser.domain.statistics.returns import (
    cagr_by_calendar,
    cagr_by_sessions,
    returns_of,
    total_return,
    wealth,
)
from alchemiser.domain.values.errors import InvalidValueError

DOUBLED = np.full(504, 2 ** (1 / 504) - 1)


def test_wealth_begins_with_one_dollar() -> None:
    assert wealth([0.1, -0.5, 0.2]) == pytest.approx(np.array([1, 1.1, 0.55, 0.66]))
    assert total_return([0.1, -0.5, 0.2]) == pytest.approx(-0.34)


def test_doubling_in_504_sessions_is_a_root_of_two_a_year_of_sessions() -> None:
    assert cagr_by_sessions(DOUBLED) == pytest.approx(2**0.5 - 1)


def test_doubling_in_days_is_measured_in_days() -> None:
    """730 days from one new year's eve to the next but one, 731 with a leap day."""
    grown = cagr_by_calendar(DOUBLED, date(2021, 12, 31), date(2023, 12, 31))
    leap = cagr_by_calendar(DOUBLED, date(2022, 12, 31), date(2024, 12, 31))

    assert grown == pytest.approx(2 ** (365.25 / 730) - 1)
    assert leap == pytest.approx(2 ** (365.25 / 731) - 1)


def test_time_that_does_not_pass_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="takes no time"):
        cagr_by_calendar(DOUBLED, date(2024, 1, 2), date(2024, 1, 2))


def test_growth_without_bounds_is_not_defined() -> None:
    """One session that makes a dollar a hundred, every session of a year."""
    assert np.isnan(cagr_by_sessions([99.0, 99.0]))
    assert np.isnan(cagr_by_calendar([1e300, 1e300], date(2024, 1, 2), date(2024, 1, 4)))


def test_what_is_earned_on_debts_is_no_return() -> None:
    """BT-08: by hand; a debt that doubles has not earned 100 %."""
    owing = returns_of(np.array([100.0, 110.0, -11.0, -22.0, 5.0, 10.0]))
    gone = returns_of(np.array([100.0, 50.0, 0.0, 0.0]))

    assert owing == pytest.approx([0.1, -1.1, 0, 0, 0])
    assert gone.tolist() == [-0.5, -1, 0]
    assert np.isnan(returns_of(np.array([0.0, 0.0, 5.0]))).all()
    assert np.isnan(returns_of(np.array([100.0, np.nan, 5.0]))).all()
    assert returns_of(np.array([100.0])).shape == (0,)
