"""How much symbols trade and swing, as known when each session begins."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators.kernels import ratio, shift
from alchemiser.domain.market.indicators.windows import sample_deviation, window_sum
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats, decimal_from_float, round_significant

SESSIONS: Final = 20
"""What volatility and volume are measured over."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiquidityTable:
    """Tell liquidity as of the beginning of sessions: nothing of a session is in its own row.

    Attributes:
        sessions: T sessions, ascending.
        symbols: N tickers, sorted.
        volatility: float64 (T, N), deviation of the last `SESSIONS` daily returns, a fraction; NaN
            where one of them is not known.
        volume: float64 (T, N), whole shares of an average day of as many sessions, at the last
            close; NaN where it is not known.
    """

    sessions: tuple[date, ...]
    symbols: tuple[Symbol, ...]
    volatility: Floats
    volume: Floats

    @classmethod
    def of(cls, panel: BarPanel, prices: Floats) -> "LiquidityTable":
        """Measure `panel`, and one session more than it has: the one after its last.

        Args:
            panel: Bars.
            prices: float64 (T, N), closes on the basis that shares are counted on.
        """
        closes = _known(panel.close)
        returns = ratio(closes, shift(closes, 1)) - 1.0
        volume = np.full_like(closes, np.nan)
        if panel.volume is not None:
            dollars = window_sum(_known(panel.volume) * closes, SESSIONS) / SESSIONS
            volume = np.floor(round_significant(ratio(dollars, _known(prices))))
        return cls(
            sessions=panel.sessions,
            symbols=panel.symbols,
            volatility=_from_the_next_on(round_significant(sample_deviation(returns, SESSIONS))),
            volume=_from_the_next_on(volume),
        )

    def rows(self, days: Sequence[date]) -> "LiquidityTable":
        """Return what is known as each of `days` begins; each is one of the sessions."""
        rows = [bisect_left(self.sessions, day) for day in days]
        return LiquidityTable(
            sessions=tuple(days),
            symbols=self.symbols,
            volatility=self.volatility[rows],
            volume=self.volume[rows],
        )

    def liquidity(self, name: Symbol, day: date) -> Liquidity:
        """Return what is known of `name` as `day` begins; nothing of what the table lacks."""
        row, column = bisect_left(self.sessions, day), bisect_left(self.symbols, name)
        if column == len(self.symbols) or self.symbols[column] != name:
            return Liquidity()
        volatility, volume = self.volatility[row, column], self.volume[row, column]
        return Liquidity(
            volatility=None if np.isnan(volatility) else decimal_from_float(float(volatility)),
            daily_volume=Decimal(int(volume)) if volume > 0 else None,
        )


def _known(values: Floats) -> Floats:
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _from_the_next_on(values: Floats) -> Floats:
    return np.concatenate((np.full((1, values.shape[1]), np.nan), values))
