"""What the bars up to one session tell of a symbol, as far as sizes and exits rest on it."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators.kernels import ratio, run_lengths, shift
from alchemiser.domain.market.indicators.smoothing import smoothed
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.rules.measures import MEMORY
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, Floats, decimal_from_float, round_down

_liquidity: Final = maker(Liquidity)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """Read a panel as of one row, and nothing after it.

    A bar is not known where it is missing, not above zero or blocked; nor is any bar of a symbol
    that is blocked as of the row. Figures have twelve significant digits.

    Attributes:
        panel: The bars.
        row: The last row of closes, 0-based.
        closed: The last row of volumes, highs and lows; -1 when no session has closed.
    """

    panel: BarPanel
    row: int
    closed: int
    _returns: dict[int, list[list[float]]] = field(init=False, repr=False, default_factory=dict)

    @classmethod
    def of(cls, panel: BarPanel, row: int, *, provisional: bool = False) -> "Past":
        """Return the past of `panel` as of its row `row`.

        Where that session is `provisional`, its own volume and range are not read, although the
        panel may hold them.

        Raises:
            InvalidValueError: When the panel has no such row.
        """
        if not 0 <= row < len(panel.sessions):
            msg = f"row {row} is not one of the panel's {len(panel.sessions)} sessions."
            raise InvalidValueError(msg)
        open_still = provisional or (panel.provisional and row == len(panel.sessions) - 1)
        return cls(panel=panel, row=row, closed=row - 1 if open_still else row)

    def closes(self, name: Symbol, count: int) -> Floats:
        """Return up to `count` closes that end with the row, oldest first, NaN where not known.

        Empty when the panel does not hold `name`.
        """
        return self._values(self.panel.close, name, self.row, count)

    def returns(self, name: Symbol, sessions: int) -> list[float] | None:
        """Return the last daily returns, fractions, or None when one of them is not known."""
        column = self.panel.column(name)
        if column is None:
            return None
        returns = self._all_returns(sessions)[column]
        return None if len(returns) < sessions or any(map(math.isnan, returns)) else returns

    def _all_returns(self, sessions: int) -> list[list[float]]:
        """Return up to so many daily returns of each symbol, NaN where one is not known."""
        if sessions not in self._returns:
            closes = self._known(self.panel.close, self.row, sessions + 1, None)
            self._returns[sessions] = (ratio(closes[1:], closes[:-1]) - 1.0).T.tolist()
        return self._returns[sessions]

    def deviation(self, name: Symbol, sessions: int) -> Decimal | None:
        """Return the sample deviation of the last daily returns, a fraction, or None likewise."""
        returns = self.returns(name, sessions)
        return None if returns is None else decimal_from_float(sample_deviation(returns))

    def daily_dollars(self, name: Symbol, sessions: int) -> Decimal | None:
        """Return the mean of dollars traded in the last closed sessions.

        None when one of them is not known, which a volume of zero is not either.
        """
        if self.panel.volume is None:
            return None
        closes = self._values(self.panel.close, name, self.closed, sessions)
        traded = self._values(self.panel.volume, name, self.closed, sessions) * closes
        if len(traded) < sessions or np.isnan(traded).any():
            return None
        return decimal_from_float(math.fsum(traded.tolist()) / sessions)

    def liquidity(self, name: Symbol, sessions: int) -> Liquidity:
        """Return how much `name` has traded and swung in the last sessions."""
        dollars = self.daily_dollars(name, sessions)
        price = None if dollars is None else self.price(name)
        shares = None if dollars is None or price is None else round_down(dollars / price, ONE)
        return _liquidity(volatility=self.deviation(name, sessions), daily_volume=shares)

    def price(self, name: Symbol) -> Decimal | None:
        """Return the last close on the trading basis, dollars, or None when it is not known."""
        prices = self.panel.close if self.panel.raw_close is None else self.panel.raw_close
        return _only(self._values(prices, name, self.row, 1))

    def range_share(self, name: Symbol, window: int) -> Decimal | None:
        """Return Wilder's average true range as a fraction of the last close.

        A bar without high or low has the change of the close as its true range. The first bar of
        a stretch has none, other than in the indicator: a close alone tells no range. So
        `window` + 1 bars in a row are needed, and None is returned below that.
        """
        count = MEMORY * window + 1
        closes = self._values(self.panel.close, name, self.closed, count)
        high, low = (
            closes if array is None else self._values(array, name, self.closed, count)
            for array in (self.panel.high, self.panel.low)
        )
        ranged, before = ~np.isnan(high) & ~np.isnan(low), shift(closes, 1)
        top = np.maximum(np.where(ranged, high, closes), before)
        bottom = np.minimum(np.where(ranged, low, closes), before)
        true_range = np.where(np.isnan(closes), np.nan, top - bottom)
        average = smoothed(true_range, run_lengths(true_range), window, 1.0 / window)[-1:]
        return _only(ratio(average, self.closes(name, len(average))))

    def _values(self, array: Floats, name: Symbol, last: int, count: int) -> Floats:
        column = self.panel.column(name)
        return np.empty(0) if column is None else self._known(array, last, count, column)

    def _known(self, array: Floats, last: int, count: int, column: int | None) -> Floats:
        """Return the last rows of one column, or of all of them; NaN where one is not known."""
        rows, blocked = slice(max(last + 1 - count, 0), last + 1), self.panel.blocked
        columns = slice(None) if column is None else column
        values = array[rows, columns]
        known = np.isfinite(values) & (values > 0)
        if blocked is not None:
            known &= ~(blocked[rows, columns] | blocked[self.row, columns])
        return np.where(known, values, np.nan)


class Liquidities(Mapping[Symbol, Liquidity]):
    """Tell how much symbols trade and swing: measured when it is asked, each symbol once.

    A decision knows the quotes of many symbols and trades a few of them.
    """

    def __init__(self, past: Past, symbols: Collection[Symbol], sessions: int) -> None:
        """Measure `symbols` over the last `sessions` of `past`."""
        self._past = past
        self._symbols = symbols
        self._sessions = sessions
        self._known: dict[Symbol, Liquidity] = {}

    def __getitem__(self, name: Symbol) -> Liquidity:
        if name not in self._symbols:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._past.liquidity(name, self._sessions)
        return self._known[name]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)


def sample_deviation(values: Sequence[float]) -> float:
    """Return the standard deviation (n - 1) of at least two values, their order of no matter."""
    mean = math.fsum(values) / len(values)
    squares = [(off := one - mean) * off for one in values]
    return math.sqrt(math.fsum(squares) / (len(values) - 1))


def _only(last: Floats) -> Decimal | None:
    return decimal_from_float(float(last[0])) if np.isfinite(last).any() else None
