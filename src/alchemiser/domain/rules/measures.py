"""The kinds of measure a rule may use: name, formula and how much history each takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alchemiser.domain.market import indicators
from alchemiser.domain.market.indicators.dispersion import deviation_of_returns
from alchemiser.domain.market.indicators.trend import compounded_returns, mean_of_returns
from alchemiser.domain.values.numbers import Floats

MEMORY: Final = 30
"""An exponential mean forgets for ever, but after 30 windows what it has forgotten is below the
12 digits that a comparison sees (after 10 of them Wilder's still errs in the fifth)."""


class MeasureKind(StrEnum):
    """Name the measures, as authors and documents write them."""

    PRICE = "price"
    SMA = "sma"
    EMA = "ema"
    RSI = "rsi"
    MOVING_AVERAGE_RETURN = "moving_average_return"
    CUMULATIVE_RETURN = "cumulative_return"
    STDEV_RETURN = "stdev_return"
    STDEV_PRICE = "stdev_price"
    MAX_DRAWDOWN = "max_drawdown"
    ATR = "atr"
    PPO = "ppo"
    PPO_SIGNAL = "ppo_signal"
    CORRELATION = "correlation"
    ZSCORE = "zscore"
    PERCENTILE = "percentile"
    TREND = "trend"
    VOLATILITY_STATE = "volatility_state"
    CORRELATION_STATE = "correlation_state"
    LIQUIDITY_STATE = "liquidity_state"


class Reads(StrEnum):
    """Name what a measure is computed from."""

    CLOSES = "closes"
    RANGES = "highs, lows and closes"
    VOLUMES = "closes and volumes of the sessions before"
    PAIR = "closes of two symbols"
    METRIC = "the values of another metric"


Inputs = tuple[Floats, ...]
"""What is read, in the order of the name of `Reads`."""

Windows = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Describe one kind of measure.

    Attributes:
        label: How reasons and traces call it.
        compute: The indicator, from what it reads and its windows.
        smallest: The smallest sensible size of each window, which also tells their number.
        bars: Unbroken bars until it is first defined, by its windows.
        lookback: Sessions of history that settle it to 12 digits, by its windows.
        in_dollars: Whether its size depends on the price, which a stream of returns has not.
        reads: What it is computed from.
        labels: What its codes mean, where it is a state.
        of_returns: The same from daily returns in percent, where it depends on nothing else: two
            streams with the same returns measure the same, whatever they earned before.
    """

    label: str
    compute: Callable[[Inputs, Windows], Floats]
    smallest: Windows
    bars: Callable[[Windows], int]
    lookback: Callable[[Windows], int]
    in_dollars: bool = False
    reads: Reads = Reads.CLOSES
    labels: Mapping[int, str] = field(default_factory=dict)
    of_returns: Callable[[Floats, int], Floats] | None = None


def _adaptive(label: str, of: Callable[[Floats, int], Floats]) -> Measure:
    return Measure(
        label=label,
        compute=lambda inputs, windows: of(inputs[0], windows[0]),
        smallest=(2,),
        bars=max,
        lookback=max,
        reads=Reads.METRIC,
    )


def _pair(
    label: str, of: Callable[[Floats, Floats, int], Floats], labels: Mapping[int, str]
) -> Measure:
    return Measure(
        label=label,
        compute=lambda inputs, windows: of(inputs[0], inputs[1], windows[0]),
        smallest=(2,),
        bars=lambda windows: max(windows) + 1,
        lookback=lambda windows: max(windows) + 1,
        reads=Reads.PAIR,
        labels=labels,
    )


def _closes(
    label: str, of: Callable[[Floats, int], Floats], *, smallest: int = 1, in_dollars: bool
) -> Measure:
    return Measure(
        label=label,
        compute=lambda inputs, windows: of(inputs[0], windows[0]),
        smallest=(smallest,),
        bars=max,
        lookback=max,
        in_dollars=in_dollars,
    )


def _changes(
    label: str,
    of: Callable[[Floats, int], Floats],
    of_returns: Callable[[Floats, int], Floats],
    *,
    smallest: int = 1,
) -> Measure:
    return Measure(
        label=label,
        of_returns=of_returns,
        compute=lambda inputs, windows: of(inputs[0], windows[0]),
        smallest=(smallest,),
        bars=lambda windows: max(windows) + 1,
        lookback=lambda windows: max(windows) + 1,
    )


MEASURES: Final = MappingProxyType({
    MeasureKind.PRICE: Measure(
        label="price",
        compute=lambda inputs, _: indicators.current_price(inputs[0]),
        smallest=(),
        bars=lambda _: 1,
        lookback=lambda _: 1,
        in_dollars=True,
    ),
    MeasureKind.SMA: _closes("SMA", indicators.sma, in_dollars=True),
    MeasureKind.EMA: Measure(
        label="EMA",
        compute=lambda inputs, windows: indicators.ema(inputs[0], *windows),
        smallest=(1,),
        bars=max,
        lookback=lambda windows: MEMORY * max(windows),
        in_dollars=True,
    ),
    MeasureKind.RSI: Measure(
        label="RSI",
        compute=lambda inputs, windows: indicators.rsi(inputs[0], *windows),
        smallest=(1,),
        bars=lambda windows: max(windows) + 1,
        lookback=lambda windows: MEMORY * max(windows),
    ),
    MeasureKind.MOVING_AVERAGE_RETURN: _changes(
        "mean return", indicators.moving_average_return, mean_of_returns
    ),
    MeasureKind.CUMULATIVE_RETURN: _changes(
        "return", indicators.cumulative_return, compounded_returns
    ),
    MeasureKind.STDEV_RETURN: _changes(
        "volatility", indicators.stdev_return, deviation_of_returns, smallest=2
    ),
    MeasureKind.STDEV_PRICE: _closes(
        "price deviation", indicators.stdev_price, smallest=2, in_dollars=True
    ),
    MeasureKind.MAX_DRAWDOWN: _closes("drawdown", indicators.max_drawdown, in_dollars=False),
    MeasureKind.ATR: Measure(
        label="ATR",
        compute=lambda inputs, windows: indicators.atr(*inputs, *windows),
        smallest=(1,),
        bars=max,
        lookback=lambda windows: MEMORY * max(windows),
        in_dollars=True,
        reads=Reads.RANGES,
    ),
    MeasureKind.PPO: Measure(
        label="PPO",
        compute=lambda inputs, windows: indicators.ppo(inputs[0], *windows),
        smallest=(1, 1),
        bars=max,
        lookback=lambda windows: MEMORY * max(windows),
    ),
    MeasureKind.PPO_SIGNAL: Measure(
        label="PPO signal",
        compute=lambda inputs, windows: indicators.ppo_signal(inputs[0], *windows),
        smallest=(1, 1, 1),
        bars=lambda windows: max(windows[:2]) + windows[2] - 1,
        lookback=lambda windows: MEMORY * (max(windows[:2]) + windows[2]),
    ),
    MeasureKind.CORRELATION: _pair("correlation", indicators.correlation, {}),
    MeasureKind.ZSCORE: _adaptive("z-score", indicators.zscore),
    MeasureKind.PERCENTILE: _adaptive("percentile", indicators.percentile),
    MeasureKind.TREND: Measure(
        label="trend",
        compute=lambda inputs, windows: indicators.trend_state(inputs[0], *windows),
        smallest=(1, 1),
        bars=max,
        lookback=max,
        labels={1: "up", 0: "sideways", -1: "down"},
    ),
    MeasureKind.VOLATILITY_STATE: Measure(
        label="volatility state",
        compute=lambda inputs, windows: indicators.volatility_state(inputs[0], *windows),
        smallest=(2, 2),
        bars=sum,
        lookback=sum,
        labels={1: "turbulent", 0: "normal", -1: "calm"},
    ),
    MeasureKind.CORRELATION_STATE: _pair(
        "correlation state",
        indicators.correlation_state,
        {1: "together", 0: "unrelated", -1: "apart"},
    ),
    MeasureKind.LIQUIDITY_STATE: Measure(
        label="liquidity state",
        compute=lambda inputs, windows: indicators.liquidity_state(*inputs, *windows),
        smallest=(1, 2),
        bars=lambda windows: sum(windows) - 1,
        lookback=sum,
        reads=Reads.VOLUMES,
        labels={1: "deep", 0: "normal", -1: "thin"},
    ),
})
