"""When a book is brought back to its target."""

from datetime import date
from decimal import Decimal

import pytest

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.rebalance import EVERY_SESSION, Frequency, Rebalance


@pytest.mark.parametrize(
    ("frequency", "last", "day", "due"),
    [
        ("daily", "2024-12-30", "2024-12-31", True),
        ("daily", "2024-12-31", "2024-12-31", False),
        ("weekly", "2024-12-30", "2025-01-03", False),  # one ISO week over the turn of the year
        ("weekly", "2025-01-03", "2025-01-06", True),
        ("monthly", "2024-01-02", "2024-01-31", False),
        ("monthly", "2024-01-31", "2024-02-01", True),
        ("monthly", "2023-12-29", "2024-01-02", True),
        ("quarterly", "2024-01-02", "2024-03-28", False),
        ("quarterly", "2024-03-28", "2024-04-01", True),
        ("quarterly", "2024-10-01", "2025-01-02", True),
        ("yearly", "2024-01-02", "2024-12-31", False),
        ("yearly", "2024-12-31", "2025-01-02", True),
        ("yearly", "2022-06-01", "2025-01-02", True),  # long switched off
    ],
)
def test_rebalancing_is_due_once_a_period(frequency: str, last: str, day: str, due: bool) -> None:
    rule = Rebalance(frequency=Frequency(frequency))

    assert rule.is_due(date.fromisoformat(day), date.fromisoformat(last)) is due
    assert rule.is_due(date.fromisoformat(day), None)


def test_a_name_is_taken_for_the_frequency_it_names() -> None:
    assert Rebalance(frequency="weekly").frequency is Frequency.WEEKLY  # type: ignore[arg-type]
    assert Rebalance() == EVERY_SESSION


@pytest.mark.parametrize("threshold", ["-0.01", "1", "7"])
def test_a_threshold_outside_its_range_is_refused(threshold: str) -> None:
    with pytest.raises(InvalidValueError, match="from 0 to below 1"):
        Rebalance(threshold=Decimal(threshold))


def test_an_unknown_frequency_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="daily, weekly, monthly, quarterly, yearly"):
        Rebalance(frequency="hourly")  # type: ignore[arg-type]
