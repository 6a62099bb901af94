"""Algorithms that go across the spread: at once, step by step, or at last."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import (
    Answer,
    Place,
    Progress,
    Stop,
    Wait,
    patience,
)
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.numbers import ZERO

STANDING_MAX: Final = Algorithm.PASSIVE.children_max() - 1
"""Orders that stand at the own side of the book before the one that crosses, at most."""
_place: Final = maker(Place)
UNFILLED: Final = Stop(reason="nobody took all of it within its price bound")


@dataclass(frozen=True, slots=True)
class MarketableLimit:
    """Send everything once, at the plan's limit."""

    settings: AlgorithmSettings

    def next(self, progress: Progress) -> Answer:
        """Return the one order, or that it was not filled in time."""
        return UNFILLED if progress.steps else across(progress, self.settings)

    def ends_at(self, progress: Progress) -> datetime:
        """Return the beginning: a market that cannot be traded in is not waited for."""
        return progress.begun_at


@dataclass(frozen=True, slots=True)
class WalkTheBook:
    """Offer a better price step by step, each on a fresh quote, and at last the plan's limit."""

    settings: AlgorithmSettings

    def next(self, progress: Progress) -> Answer:
        """Return the next step, which waits as long as spread and volatility make it worth it."""
        if progress.is_exhausted():
            return UNFILLED
        walk = self.settings.walk
        if progress.steps >= len(walk) or progress.now >= self.ends_at(progress):
            return across(progress, self.settings)
        price = progress.price(walk[progress.steps])
        if price == progress.planned.limit_price:
            return across(progress, self.settings)
        return Place(
            quantity=progress.leaves,
            price=price,
            expire_time=progress.now + patience(progress, self.settings),
        )

    def ends_at(self, progress: Progress) -> datetime:
        """Return when it goes across at the latest."""
        longest = progress.begun_at + timedelta(seconds=self.settings.walk_seconds_max)
        return min(longest, _before_end(progress, self.settings.order_seconds_max))


@dataclass(frozen=True, slots=True)
class Passive:
    """Stand at the own side of the book, follow it a few times, and cross before the end."""

    settings: AlgorithmSettings

    def next(self, progress: Progress) -> Answer:
        """Return an order at the own touch until it is time to cross, then one across."""
        if progress.is_exhausted():
            return UNFILLED
        crossing, price = _before_end(progress, self.settings.cross_seconds), progress.price(ZERO)
        if progress.now >= crossing or price == progress.planned.limit_price:
            return replace(across(progress, self.settings), expire_time=progress.end_at)
        stretch = (crossing - progress.begun_at) / min(self.settings.slices, STANDING_MAX)
        if progress.last is not None and progress.now < progress.last[1] + stretch:
            # The venue has ended the last one unasked, and would end the same again.
            return Wait(until=min(progress.last[1] + stretch, crossing))
        return Place(
            quantity=progress.leaves,
            price=price,
            expire_time=min(progress.now + stretch, crossing),
        )

    def ends_at(self, progress: Progress) -> datetime:
        """Return the end: until then it may still go across."""
        return progress.end_at


def across(progress: Progress, settings: AlgorithmSettings) -> Place:
    """Return an order for all that is left at the plan's limit."""
    longest = progress.now + timedelta(seconds=settings.order_seconds_max)
    return _place(quantity=progress.leaves, price=progress.planned.limit_price, expire_time=longest)


def _before_end(progress: Progress, seconds: int) -> datetime:
    """Return so long before the end, and not before the beginning."""
    return max(progress.begun_at, progress.end_at - timedelta(seconds=seconds))
