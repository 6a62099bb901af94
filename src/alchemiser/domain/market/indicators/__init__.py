"""Indicators over daily closes: causal, vectorised, the same bits on every machine.

Every function takes closes, oldest first, as float64 of shape (T,) or (T, N), session by symbol,
and returns the same shape. A value at row t depends on the rows up to t of its own column alone.
NaN means "not yet defined". A NaN close breaks the series: what follows is measured over the last
unbroken stretch only, as if the column began there.
"""

from alchemiser.domain.market.indicators.adaptive import percentile, zscore
from alchemiser.domain.market.indicators.dispersion import (
    atr,
    max_drawdown,
    stdev_price,
    stdev_return,
)
from alchemiser.domain.market.indicators.oscillators import ppo, ppo_signal, rsi
from alchemiser.domain.market.indicators.regime import (
    correlation,
    correlation_state,
    liquidity_state,
    trend_state,
    volatility_state,
)
from alchemiser.domain.market.indicators.trend import (
    cumulative_return,
    current_price,
    ema,
    moving_average_return,
    sma,
)

__all__ = [
    "atr",
    "correlation",
    "correlation_state",
    "cumulative_return",
    "current_price",
    "ema",
    "liquidity_state",
    "max_drawdown",
    "moving_average_return",
    "percentile",
    "ppo",
    "ppo_signal",
    "rsi",
    "sma",
    "stdev_price",
    "stdev_return",
    "trend_state",
    "volatility_state",
    "zscore",
]
