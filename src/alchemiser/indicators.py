"""Indicators over daily closes, for authors: the functions of `alchemiser.domain.market`.

Each takes float64 of shape (T,) or (T, N), oldest first, and a window in sessions, and returns
the same shape: NaN until defined, in percent where its description says so.
"""

from alchemiser.domain.market.indicators import (
    atr,
    correlation,
    correlation_state,
    cumulative_return,
    current_price,
    ema,
    liquidity_state,
    max_drawdown,
    moving_average_return,
    percentile,
    ppo,
    ppo_signal,
    rsi,
    sma,
    stdev_price,
    stdev_return,
    trend_state,
    volatility_state,
    zscore,
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
