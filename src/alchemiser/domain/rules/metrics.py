"""The author's words for what is measured.

Each takes a symbol and a window in sessions: `rsi("SPY", 10)`. In a ranking the symbol is left
out and the measure is taken of every candidate: `by=rsi(window=10)`.
"""

from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol


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


def correlation(name: str | None = None, other: str = "SPY", window: int = 60) -> Metric:
    """Name Pearson's correlation of the last `window` daily returns with those of `other`.

    Raises:
        InvalidValueError: When a name is not a ticker, or `window` is not at least 2.
    """
    return _metric(MeasureKind.CORRELATION, name, window, other=symbol(other))


def trend(name: str | None = None, short_window: int = 50, long_window: int = 200) -> Metric:
    """Name the trend: `up` where close and short mean are above the long mean, `down` below it.

    One of the states up (1), sideways (0) and down (-1), to be asked with `in_state`.

    Raises:
        InvalidValueError: When `name` is not a ticker, or a window is not at least 1.
    """
    return _metric(MeasureKind.TREND, name, short_window, long_window)


def volatility_state(name: str | None = None, window: int = 20, history: int = 252) -> Metric:
    """Name in which quarter of its own last `history` values the volatility over `window` lies.

    One of the states turbulent (1, the upper quarter), normal (0) and calm (-1, the lower).

    Raises:
        InvalidValueError: When `name` is not a ticker, or a window is not at least 2.
    """
    return _metric(MeasureKind.VOLATILITY_STATE, name, window, history)


def correlation_state(name: str | None = None, other: str = "TLT", window: int = 60) -> Metric:
    """Name how the returns of the last `window` sessions go with those of `other`.

    One of the states together (1, a correlation above 0.3), unrelated (0) and apart (-1, below
    -0.3).

    Raises:
        InvalidValueError: When a name is not a ticker, or `window` is not at least 2.
    """
    return _metric(MeasureKind.CORRELATION_STATE, name, window, other=symbol(other))


def liquidity_state(name: str | None = None, window: int = 20, history: int = 252) -> Metric:
    """Name in which quarter of its own past the mean dollar volume of the sessions before lies.

    One of the states deep (1, the upper quarter of `history` values), normal (0) and thin (-1, the
    lower). The present session does not count: its volume is known after the close only.

    Raises:
        InvalidValueError: When `name` is not a ticker, `window` is not at least 1, or `history`
            not at least 2.
    """
    return _metric(MeasureKind.LIQUIDITY_STATE, name, window, history)


def zscore(of: Metric, window: int = 252) -> Metric:
    """Name how many standard deviations a metric lies above its own mean over `window` sessions.

    Raises:
        InvalidValueError: When `of` is no metric, or `window` is not at least 2.
    """
    return _adaptive(MeasureKind.ZSCORE, of, window)


def percentile(of: Metric, window: int = 252) -> Metric:
    """Name the percentile rank of a metric among its own last `window` values, up to 100.

    Raises:
        InvalidValueError: When `of` is no metric, or `window` is not at least 2.
    """
    return _adaptive(MeasureKind.PERCENTILE, of, window)


def _adaptive(kind: MeasureKind, of: object, window: int) -> Metric:
    if not isinstance(of, Metric):
        msg = f'{kind} is of a metric, such as {kind}(rsi("SPY", 10), 252), not of {of!r}.'
        raise InvalidValueError(msg)
    return Metric(kind, of.name, (window,), of)


def _metric(kind: MeasureKind, name: object, *windows: int, other: Symbol | None = None) -> Metric:
    if name is None:
        return Metric(kind, None, windows, None, other)
    if not isinstance(name, str):
        msg = f"{kind} takes a symbol first; inside a ranking write {kind}(window={name!r})."
        raise InvalidValueError(msg)
    return Metric(kind, symbol(name), windows, None, other)
