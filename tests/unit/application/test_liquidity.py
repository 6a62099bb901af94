"""Bars are read once for each symbol where the last session is known, and each day where not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from alchemiser.application.liquidity import PastLiquidity
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.fakes import FakeMarket

SPY = Symbol("SPY")
DAYS = tuple(date(2024, 1, 1) + timedelta(days=row) for row in range(40))


@dataclass
class Bars(FakeMarket):
    """Has bars up to the day that is asked for, and counts the questions."""

    asked: list[date] = field(default_factory=list)

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        self.asked.append(through)
        days = tuple(day for day in DAYS if day <= through)
        close = np.array([[50.0 + row % 3] for row in range(len(days))])
        return BarPanel(
            sessions=days, symbols=tuple(symbols), close=close, volume=1000 * close, raw_close=close
        )


def test_a_backtest_reads_bars_once_and_knows_no_more_than_day_by_day() -> None:
    """BT-02: bars after a session change nothing that is known as it begins."""
    once, daily = Bars(), Bars()
    whole, slow = PastLiquidity(once, DAYS[-1]), PastLiquidity(daily)

    for day in DAYS[1:]:
        assert whole(SPY, day) == slow(SPY, day)

    assert whole(SPY, DAYS[30]).daily_volume is not None
    assert once.asked == [DAYS[-1]]
    assert daily.asked == list(DAYS[:-1])
