"""Five indicators of 500 symbols: which, and over how many sessions.

Standard library and numpy only. Each contender is told the name of one, and ends with the mean over
all symbols at the last session, where averages that begin otherwise have long come together.
"""

from typing import Final

WINDOWS: Final = {
    "rsi": 14,
    "sma": 200,
    "stdev_price": 20,
    "max_drawdown": 60,
    "cumulative_return": 60,
}
"""Sessions of each. Deviations are of a sample; falls and returns in percent."""
