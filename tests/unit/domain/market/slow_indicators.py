"""The indicators once more, slowly: one value after the other, straight from their definitions."""

import math
from collections.abc import Callable, Sequence
from statistics import fmean, pstdev, stdev

NAN = math.nan
Series = Sequence[float]


def by_stretch(values: Series, measure: Callable[[list[float]], list[float]]) -> list[float]:
    """Apply `measure` to each unbroken stretch of `values` by itself."""
    result: list[float] = []
    stretch: list[float] = []
    for value in [*values, NAN]:
        if math.isnan(value):
            result += [*measure(stretch), NAN]
            stretch = []
        else:
            stretch.append(value)
    return result[:-1]


def sma(values: Series, n: int) -> list[float]:
    return by_stretch(values, lambda x: _windows(x, n, fmean))


def ema(values: Series, n: int) -> list[float]:
    def measure(x: list[float]) -> list[float]:
        out = [NAN] * len(x)
        for t in range(n - 1, len(x)):
            new = 2 / (n + 1)
            out[t] = fmean(x[:n]) if t == n - 1 else new * x[t] + (1 - new) * out[t - 1]
        return out

    return by_stretch(values, measure)


def moving_average_return(values: Series, n: int) -> list[float]:
    return by_stretch(values, lambda x: _windows(_returns(x), n, fmean))


def cumulative_return(values: Series, n: int) -> list[float]:
    return by_stretch(
        values,
        lambda x: [100 * (x[t] / x[t - n] - 1) if t >= n else NAN for t in range(len(x))],
    )


def stdev_return(values: Series, n: int) -> list[float]:
    return by_stretch(values, lambda x: _windows(_returns(x), n, stdev))


def stdev_price(values: Series, n: int) -> list[float]:
    return by_stretch(values, lambda x: _windows(x, n, stdev))


def max_drawdown(values: Series, n: int) -> list[float]:
    def deepest(window: list[float]) -> float:
        return max(100 * (1 - x / max(window[: t + 1])) for t, x in enumerate(window))

    return by_stretch(values, lambda x: _windows(x, n, deepest))


def rsi(values: Series, n: int) -> list[float]:
    def measure(x: list[float]) -> list[float]:
        out = [NAN] * len(x)
        gain = loss = 0.0
        for t in range(n, len(x)):
            changes = [x[i] - x[i - 1] for i in range(1, t + 1)]
            if t == n:
                gain = fmean(max(change, 0) for change in changes)
                loss = fmean(max(-change, 0) for change in changes)
            else:
                gain = (gain * (n - 1) + max(changes[-1], 0)) / n
                loss = (loss * (n - 1) + max(-changes[-1], 0)) / n
            out[t] = _strength(gain, loss)
        return out

    return by_stretch(values, measure)


def ppo(values: Series, short: int, long: int) -> list[float]:
    pairs = zip(ema(values, short), ema(values, long), strict=True)
    return [100 * (fast - slow) / slow for fast, slow in pairs]


def ppo_signal(values: Series, short: int, long: int, smooth: int) -> list[float]:
    return ema(ppo(values, short, long), smooth)


def atr(high: Series, low: Series, close: Series, n: int) -> list[float]:
    out: list[float] = []
    ranges: list[float] = []
    before = NAN
    for top, bottom, last in zip(high, low, close, strict=True):
        if math.isnan(top + bottom + last):
            ranges, before = [], NAN
            out.append(NAN)
            continue
        spread = top - bottom
        if ranges:
            spread = max(spread, abs(top - before), abs(bottom - before))
        ranges.append(spread)
        before = last
        if len(ranges) < n:
            out.append(NAN)
        elif len(ranges) == n:
            out.append(fmean(ranges))
        else:
            out.append((out[-1] * (n - 1) + spread) / n)
    return out


def zscore(values: Series, n: int) -> list[float]:
    def measure(window: list[float]) -> float:
        spread = 0.0 if min(window) == max(window) else pstdev(window)
        return (window[-1] - fmean(window)) / spread if spread else NAN

    return by_stretch(values, lambda x: _windows(x, n, measure))


def percentile(values: Series, n: int) -> list[float]:
    def measure(window: list[float]) -> float:
        ranks = [r + 1 for r, x in enumerate(sorted(window)) if x == window[-1]]
        return 100 * fmean(ranks) / n

    return by_stretch(values, lambda x: _windows(x, n, measure))


def correlation(values: Series, other: Series, n: int) -> list[float]:
    first, second = by_stretch(values, _returns), by_stretch(other, _returns)
    out: list[float] = []
    for t in range(len(values)):
        left, right = first[max(t - n + 1, 0) : t + 1], second[max(t - n + 1, 0) : t + 1]
        known = len(left) == n and not any(map(math.isnan, [*left, *right]))
        moved = known and max(left) - min(left) > 1e-10 and max(right) - min(right) > 1e-10
        out.append(_correlation(left, right) if moved else NAN)
    return out


def correlation_state(values: Series, other: Series, n: int) -> list[float]:
    return [_code(x > 0.3, x < -0.3, x) for x in map(_rounded, correlation(values, other, n))]


def trend(values: Series, short: int, long: int) -> list[float]:
    rows = zip(values, sma(values, short), sma(values, long), strict=True)
    states = ((x, _rounded(fast), _rounded(slow)) for x, fast, slow in rows)
    return [
        _code(min(x, fast) > slow, max(x, fast) < slow, fast + slow) for x, fast, slow in states
    ]


def volatility_state(values: Series, n: int, history: int) -> list[float]:
    return _quarters(stdev_return(values, n), history)


def liquidity_state(closes: Series, volumes: Series, n: int, history: int) -> list[float]:
    return _quarters(sma([x * v for x, v in zip(closes, volumes, strict=True)], n), history)


def _quarters(values: Series, history: int) -> list[float]:
    ranks = percentile([_rounded(x) for x in values], history)
    return [_code(x > 75, x < 25, x) for x in map(_rounded, ranks)]


def _code(above: bool, below: bool, known: float) -> float:
    return NAN if math.isnan(known) else float(above) - float(below)


def _rounded(value: float) -> float:
    return value if math.isnan(value) else float(f"{value:.11e}")


def _correlation(left: list[float], right: list[float]) -> float:
    a, b = fmean(left), fmean(right)
    both = sum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    squares = sum((x - a) ** 2 for x in left), sum((y - b) ** 2 for y in right)
    return both / math.sqrt(squares[0]) / math.sqrt(squares[1])


def _strength(gain: float, loss: float) -> float:
    if loss == 0:
        return 50.0 if gain == 0 else 100.0
    return 100 - 100 / (1 + gain / loss)


def _returns(x: list[float]) -> list[float]:
    return [100 * (x[t] / x[t - 1] - 1) if t else NAN for t in range(len(x))]


def _windows(x: list[float], n: int, measure: Callable[[list[float]], float]) -> list[float]:
    windows = [x[t - n + 1 : t + 1] if t >= n - 1 else [NAN] for t in range(len(x))]
    return [NAN if any(map(math.isnan, w)) else measure(w) for w in windows]
