"""Telling what is drawn by the date, as lots are, from what is known about certain dates."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from alchemiser.application.certification.outcomes import same
from alchemiser.application.certification.years import cousins
from alchemiser.domain.portfolio.consolidation import StrategyOutcome

ENOUGH: Final = 8
LABELS: Final = 8


def are_drawn(ask: Callable[[int, date], StrategyOutcome], days: Iterable[date]) -> bool:
    """Say whether decisions depend on dates of which nobody can know anything, too.

    Of several years with the same calendar, on the same bars, one may be the only one that is
    decided otherwise. What is seeded by the date makes any of them the odd one; what is known about
    the past makes it the one that has passed.

    Args:
        ask: Returns what is decided on the bars of that number, as if it were that date.
        days: Dates that have passed, one for each number.
    """
    passed = unknown = 0
    for number, day in enumerate(days):
        years = (day.year, *cousins(day.year)[: LABELS - 1])
        alone = odd_one([ask(number, day.replace(year=year)) for year in years])
        passed += alone == 0
        unknown += alone > 0
        if passed + unknown == ENOUGH:
            break
    return unknown > passed


def odd_one(outcomes: Sequence[StrategyOutcome]) -> int:
    """Return the place of the only outcome that differs from all others, which are alike, or -1."""
    for place, one in enumerate(outcomes):
        others = [*outcomes[:place], *outcomes[place + 1 :]]
        if not same(one, others[0]) and all(same(others[0], other) for other in others):
            return place
    return -1
