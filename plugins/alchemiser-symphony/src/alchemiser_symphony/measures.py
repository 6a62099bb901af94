"""The measures of a symphony, by the names of either form, with their windows."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.rules import (
    Metric,
    cumulative_return,
    ema,
    max_drawdown,
    moving_average_return,
    ppo,
    ppo_signal,
    price,
    rsi,
    sma,
    stdev_price,
    stdev_return,
)

WHOLE_MAX: Final = 10_000
"""The largest window or count: forty years of sessions."""


@dataclass(frozen=True, slots=True)
class Window:
    """Describe one window of a measure.

    Attributes:
        key: Its name in either form, without a colon.
        usual: What an s-expression means that does not give it.
        smallest: The smallest sensible size in sessions.
    """

    key: str
    usual: int
    smallest: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """Describe one measure.

    Attributes:
        word: Its word in the rule language, called with a symbol or None and its windows.
        windows: In the order of the word's parameters.
    """

    word: Callable[..., Metric]
    windows: tuple[Window, ...] = ()

    def of(self, ticker: str | None, windows: tuple[int, ...]) -> Metric:
        """Return the metric of `ticker`, or of whatever is ranked."""
        return self.word(ticker, *windows)


def _one(word: Callable[..., Metric], usual: int, smallest: int = 1) -> Measure:
    return Measure(word, (Window("window", usual, smallest),))


_OSCILLATOR: Final = (Window("short-window", 12), Window("long-window", 26))

MEASURES: Final = MappingProxyType({
    "rsi": _one(rsi, 14),
    "current-price": Measure(price),
    "moving-average-price": _one(sma, 200),
    "exponential-moving-average-price": _one(ema, 12),
    "moving-average-return": _one(moving_average_return, 21),
    "cumulative-return": _one(cumulative_return, 60),
    "stdev-return": _one(stdev_return, 6, smallest=2),
    "stdev-price": _one(stdev_price, 6, smallest=2),
    "max-drawdown": _one(max_drawdown, 60),
    "percentage-price-oscillator": Measure(ppo, _OSCILLATOR),
    "percentage-price-oscillator-signal": Measure(
        ppo_signal, (*_OSCILLATOR, Window("smooth-window", 9))
    ),
})
"""By the operators of the s-expression form."""

FUNCTIONS: Final = MappingProxyType({
    {
        "rsi": "relative-strength-index",
        "stdev-return": "standard-deviation-return",
        "stdev-price": "standard-deviation-price",
    }.get(name, name): measure
    for name, measure in MEASURES.items()
})
"""By the functions of the JSON form."""


def whole(value: Decimal, *, smallest: int) -> int | None:
    """Return `value` as a whole number from `smallest` to `WHOLE_MAX`, or None when it is none."""
    if not smallest <= value <= WHOLE_MAX or value != value.to_integral_value():
        return None
    return int(value)


def wanted(smallest: int) -> str:
    """Say which whole numbers `whole` takes."""
    return f"a whole number from {smallest} to {WHOLE_MAX}"
