"""The author's words for what is measured.

Each takes a symbol and a window in sessions: `rsi("SPY", 10)`. In a ranking the symbol is left
out and the measure is taken of every candidate: `by=rsi(window=10)`.
"""

from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import symbol


def price(name: str | None = None) -> Metric:
    """Name the latest close, dollars.

    Raises:
        InvalidValueError: When `name` is not a ticker.
    """
    return _metric(MeasureKind.PRICE, name)


def sma(name: str | None = None, window: int = 200) -> Metric:
    """Name the mean of the last `window` closes, dollars.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.SMA, name, window)


def ema(name: str | None = None, window: int = 12) -> Metric:
    """Name the exponential mean of closes, dollars; a new close weighs 2 / (window + 1).

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.EMA, name, window)


def rsi(name: str | None = None, window: int = 14) -> Metric:
    """Name Wilder's relative strength index, 0 to 100.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.RSI, name, window)


def moving_average_return(name: str | None = None, window: int = 21) -> Metric:
    """Name the mean of the last `window` daily returns, percent.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.MOVING_AVERAGE_RETURN, name, window)


def cumulative_return(name: str | None = None, window: int = 60) -> Metric:
    """Name the change over the last `window` sessions, percent.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.CUMULATIVE_RETURN, name, window)


def stdev_return(name: str | None = None, window: int = 6) -> Metric:
    """Name the sample standard deviation of the last `window` daily returns, percent a day.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 2.
    """
    return _metric(MeasureKind.STDEV_RETURN, name, window)


def stdev_price(name: str | None = None, window: int = 6) -> Metric:
    """Name the sample standard deviation of the last `window` closes, dollars.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 2.
    """
    return _metric(MeasureKind.STDEV_PRICE, name, window)


def max_drawdown(name: str | None = None, window: int = 60) -> Metric:
    """Name the deepest fall from a peak inside the last `window` closes, positive percent.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.MAX_DRAWDOWN, name, window)


def atr(name: str | None = None, window: int = 14) -> Metric:
    """Name Wilder's average true range, dollars; undecided where the data hold closes only.

    Raises:
        InvalidValueError: When `name` is not a ticker, or `window` is not at least 1.
    """
    return _metric(MeasureKind.ATR, name, window)


def ppo(name: str | None = None, short_window: int = 12, long_window: int = 26) -> Metric:
    """Name how far the short exponential mean stands above the long one, percent of the long.

    Raises:
        InvalidValueError: When `name` is not a ticker, or a window is not at least 1.
    """
    return _metric(MeasureKind.PPO, name, short_window, long_window)


def ppo_signal(
    name: str | None = None, short_window: int = 12, long_window: int = 26, smooth_window: int = 9
) -> Metric:
    """Name the exponential mean of `ppo` over `smooth_window` sessions, percent.

    Raises:
        InvalidValueError: When `name` is not a ticker, or a window is not at least 1.
    """
    return _metric(MeasureKind.PPO_SIGNAL, name, short_window, long_window, smooth_window)


def _metric(kind: MeasureKind, name: object, *windows: int) -> Metric:
    if name is None:
        return Metric(kind, None, windows)
    if not isinstance(name, str):
        msg = f"{kind} takes a symbol first; inside a ranking write {kind}(window={name!r})."
        raise InvalidValueError(msg)
    return Metric(kind, symbol(name), windows)
