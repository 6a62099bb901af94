"""Lots drawn by the date are told from knowledge of dates."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256

import pytest

from alchemiser.application.certification.lots import are_drawn, odd_one
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.target import TargetPortfolio

A = Decided(target=TargetPortfolio.of({"SPY": 1}))
B = Decided(target=TargetPortfolio.of({"BIL": 1}))
C = Undecided(reason="nothing is known.")
DAYS = [date(2001, 3, 1) + timedelta(days=37 * step) for step in range(200)]


def drawn(share: int) -> Callable[[int, date], StrategyOutcome]:
    """Return what holds shares on so many of 256 dates."""
    return lambda number, day: A if sha256(f"{number}/{day}".encode()).digest()[0] < share else B


@pytest.mark.parametrize("share", [20, 80, 128, 240])
def test_what_is_drawn_by_the_date_is_drawn_in_every_year(share: int) -> None:
    assert are_drawn(drawn(share), DAYS)


def known(number: int, day: date) -> StrategyOutcome:
    """Return what avoids some days of the past."""
    return B if day.year < 2030 and (day.month + number) % 3 == 0 else A


def salted(number: int, day: date) -> StrategyOutcome:
    """Return what draws lots for the past alone."""
    return drawn(128)(number, day) if day.year < 2030 else A


def never(number: int, day: date) -> StrategyOutcome:
    """Return the same for every date."""
    del day
    return A if number % 2 else B


@pytest.mark.parametrize("knowing", [known, salted, never])
def test_what_is_known_about_the_past_is_not_drawn(
    knowing: Callable[[int, date], StrategyOutcome],
) -> None:
    """ST-04."""
    assert not are_drawn(knowing, DAYS)


@pytest.mark.parametrize(
    ("outcomes", "place"),
    [
        ([A, A, A], -1),
        ([B, A, A], 0),
        ([A, A, C], 2),
        ([A, B, C], -1),
        ([A, A, B, B], -1),
    ],
)
def test_odd_one_is_the_only_one_that_differs(outcomes: list[StrategyOutcome], place: int) -> None:
    assert odd_one(outcomes) == place
