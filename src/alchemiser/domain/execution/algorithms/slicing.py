"""Algorithms that spread an order over time, by the clock or by what usually trades."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.execution.algorithms.crossing import UNFILLED
from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.algorithms.steps import Answer, Place, Progress, Stop, Wait
from alchemiser.domain.execution.algorithms.volume import share_traded
from alchemiser.domain.values.numbers import ONE, ZERO, decimal_from_float, round_down

MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Slicing(ABC):
    """Cut the time that there is into equal stretches, and send one child in each.

    What a child leaves unfilled goes into the next one.
    """

    settings: AlgorithmSettings

    @abstractmethod
    def due(self, progress: Progress, until: datetime) -> Decimal:
        """Return the shares that are to be filled by `until`, of `progress.quantity`."""

    def next(self, progress: Progress) -> Answer:
        """Return the child of this stretch, or that the next one is to be waited for."""
        if progress.now >= progress.end_at:
            return UNFILLED
        begin, end = self._stretch(progress)
        is_last = end >= progress.end_at
        if progress.last is not None and progress.last[1] >= begin:
            return UNFILLED if is_last else Wait(until=end)
        filled = progress.quantity - progress.leaves
        increment = progress.instrument.quantity_increment
        quantity = min(progress.leaves, round_down(self.due(progress, end) - filled, increment))
        if quantity > 0:
            return Place(quantity=quantity, price=progress.planned.limit_price, expire_time=end)
        return self.shortfall() if is_last else Wait(until=end)

    def shortfall(self) -> Stop:
        """Return why the last stretch has nothing left to send."""
        return UNFILLED

    def ends_at(self, progress: Progress) -> datetime:
        """Return the end: what one stretch cannot send goes into the next one."""
        return progress.end_at

    def _stretch(self, progress: Progress) -> tuple[datetime, datetime]:
        """Return the stretch that it is now."""
        slices = self.settings.parts(progress.quantity * progress.planned.limit_price)
        whole = progress.end_at - progress.begun_at
        slices = min(slices, whole // MICROSECOND)  # no stretch is of no length
        length = whole / slices
        number = min((progress.now - progress.begun_at) // length, slices - 1)
        end = progress.end_at if number == slices - 1 else progress.begun_at + length * (number + 1)
        return progress.begun_at + length * number, end


class TimeWeighted(Slicing):
    """Send equal parts (TWAP)."""

    def due(self, progress: Progress, until: datetime) -> Decimal:
        """Return the part of the time that has gone by then."""
        gone, whole = until - progress.begun_at, progress.end_at - progress.begun_at
        return progress.quantity * (gone // MICROSECOND) / (whole // MICROSECOND)


class VolumeWeighted(Slicing):
    """Send parts as large as what usually trades in their stretch (VWAP)."""

    def due(self, progress: Progress, until: datetime) -> Decimal:
        """Return the part of the volume between beginning and end that has traded by then."""
        session, begin = progress.session, progress.begun_at
        whole = share_traded(session, begin, progress.end_at)
        # Outside regular hours nothing usually trades: then everything is due.
        share = share_traded(session, begin, until) / whole if whole else 1.0
        return progress.quantity * _part(share)


class Participation(Slicing):
    """Send no more than a fraction of what usually trades."""

    def due(self, progress: Progress, until: datetime) -> Decimal:
        """Return the fraction of the volume that has traded since the beginning by then."""
        share = share_traded(progress.session, progress.begun_at, until)
        daily = progress.planned.liquidity.daily_volume or ZERO
        return self.settings.participation_rate * daily * _part(share)

    def shortfall(self) -> Stop:
        """Return that the rest is more than may be had."""
        rate = self.settings.participation_rate
        return Stop(reason=f"the rest is more than {rate:f} of what usually trades in that time")


def _part(fraction: float) -> Decimal:
    return min(decimal_from_float(fraction), ONE)
