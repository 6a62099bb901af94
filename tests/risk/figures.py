"""What is measured by past prices, restated with numpy's own means: risk and correlation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np

from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import Floats

GAP: Final = 3
"""Missing closes in a row that are bridged by the last one."""
DAILY_DEVIATION: Final[Mapping[AssetClass, float]] = {
    AssetClass.STOCK: 0.05,
    AssetClass.BROAD_FUND: 0.02,
    AssetClass.SECTOR_FUND: 0.03,
    AssetClass.LEVERAGED_FUND: 0.08,
}
"""Of what has no past, nor an underlying that has one."""


@dataclass(frozen=True, slots=True)
class Past:
    """Hold closes by symbol, oldest first; None when there is no past at all."""

    closes: Mapping[Symbol, Floats] | None
    dollars: Mapping[Symbol, Floats] | None
    confidence: float
    sessions: int
    known: dict[tuple[Symbol, int], Floats | None]
    """Returns that were measured before; cases share their pasts."""

    @classmethod
    def of(cls, markets: MarketHistory | None, limits: RiskLimits) -> "Past":
        """Return the past of `markets`."""
        columns = (None, None, {}) if markets is None else _columns(markets)
        closes, dollars, known = columns
        return cls(closes, dollars, float(limits.var_confidence), limits.var_sessions, known)

    def returns(self, row: Instrument, sessions: int) -> Floats | None:
        """Return the returns that stand for those of `row`, or None."""
        own = self._own(row.symbol, sessions)
        if own is not None or row.underlying is None:
            return own
        base = self._own(row.underlying, sessions)
        return None if base is None else np.clip(float(row.leverage) * base, -1, None)

    def _own(self, name: Symbol, sessions: int) -> Floats | None:
        if (name, sessions) not in self.known:
            self.known[name, sessions] = self._measured(name, sessions)
        return self.known[name, sessions]

    def _measured(self, name: Symbol, sessions: int) -> Floats | None:
        closes = None if self.closes is None else self.closes.get(name)
        if closes is None or len(closes) < sessions + 1:
            return None
        first = len(closes) - sessions - 1
        prices = closes[first:].copy()
        for place in np.flatnonzero(np.isnan(prices)).tolist():
            row = first + place
            near = closes[max(row - GAP, 0) : row].tolist()
            prices[place] = next((one for one in reversed(near) if not math.isnan(one)), math.nan)
        if np.isnan(prices).any():
            return None
        returns: Floats = np.diff(prices) / prices[:-1]
        return returns

    def daily_dollars(self, name: Symbol, sessions: int) -> float | None:
        """Return what is traded in `name` on an average day, or None when that is not known."""
        column = None if self.dollars is None else self.dollars.get(name)
        if column is None:
            return None
        known = column[~np.isnan(column)]
        return float(known[-sessions:].mean()) if len(known) >= sessions else None


Columns = Mapping[Symbol, Floats]


@cache
def _columns(
    markets: MarketHistory,
) -> tuple[Columns, Columns | None, dict[tuple[Symbol, int], Floats | None]]:
    places, dollars = markets.columns, markets.dollars
    closes = {name: markets.closes[:, place] for name, place in places.items()}
    if dollars is None:
        return closes, None, {}
    return closes, {name: dollars[:, place] for name, place in places.items()}, {}


def value_at_risk(past: Past, rows: list[Instrument], weights: Mapping[Symbol, float]) -> float:
    """Return the loss of a session that is exceeded with a chance of 1 - confidence."""
    returns, strangers = _portfolio(past, rows, weights)
    quantile = NormalDist().inv_cdf(past.confidence)
    worst = _tail(returns, past)
    return max(-float(worst[-1]), _normal(returns, quantile), 0.0) + quantile * strangers


def shortfall(past: Past, rows: list[Instrument], weights: Mapping[Symbol, float]) -> float:
    """Return the mean loss beyond it."""
    returns, strangers = _portfolio(past, rows, weights)
    normal = NormalDist()
    beyond = normal.pdf(normal.inv_cdf(past.confidence)) / (1 - past.confidence)
    historical = -float(_tail(returns, past).mean())
    return max(historical, _normal(returns, beyond), 0.0) + beyond * strangers


def _portfolio(
    past: Past, rows: list[Instrument], weights: Mapping[Symbol, float]
) -> tuple[Floats, float]:
    """Return the returns of what has a past, and the deviations of what has none, added up."""
    total, strangers = np.zeros(past.sessions), 0.0
    for row in rows:
        returns = past.returns(row, past.sessions)
        if returns is None:
            strangers += abs(weights[row.symbol]) * DAILY_DEVIATION[row.asset_class]
        else:
            total = total + weights[row.symbol] * returns
    return total, strangers


def _tail(returns: Floats, past: Past) -> Floats:
    # Rounded first: in floats, 0.1 of 20 sessions may come to a little more than two.
    count = math.ceil(round((1 - past.confidence) * len(returns), 9))
    return np.sort(returns)[: max(count, 1)]


def _normal(returns: Floats, multiple: float) -> float:
    """Return the loss of a normal distribution about zero, or about what was lost on average."""
    about_zero = multiple * float(np.sqrt((returns**2).mean()))
    return max(about_zero, multiple * float(returns.std(ddof=1)) - float(returns.mean()))


def grouped(
    past: Past, rows: list[Instrument], sessions: int, threshold: float
) -> list[frozenset[Symbol]]:
    """Return who moves with whom: whoever correlates, and all of a class with a stranger in it."""
    series = {row.symbol: past.returns(row, sessions) for row in rows}
    strange = {row.asset_class for row in rows if series[row.symbol] is None}
    places = {row.symbol: place for place, row in enumerate(rows)}
    parts = list(range(len(rows)))

    def join(left: int, right: int) -> None:
        old, new = parts[left], parts[right]
        parts[:] = [new if part == old else part for part in parts]

    for one in rows:
        for other in rows[: places[one.symbol]]:
            alike = one.asset_class is other.asset_class and one.asset_class in strange
            if alike or _correlated(series[one.symbol], series[other.symbol], threshold):
                join(places[one.symbol], places[other.symbol])
    return [
        frozenset(row.symbol for row in rows if parts[places[row.symbol]] == part)
        for part in set(parts)
    ]


def _correlated(one: Floats | None, other: Floats | None, threshold: float) -> bool:
    if one is None or other is None:
        return False
    left, right = one - one.mean(), other - other.mean()
    spread = math.sqrt(float(left @ left) * float(right @ right))
    return (1.0 if spread == 0 else float(left @ right) / spread) > threshold
