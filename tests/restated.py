"""What restated strategies are made of: measures and streams in plain Python, day by day.

Nothing here knows the evaluator, its indicators or arrays, so that agreement means something.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from statistics import fmean, stdev

NAN = math.nan
Weights = dict[str, float]
Candidate = Callable[[], tuple[float, Weights]]
"""What gives a score and what is held; raises UnknownError when one of them is unknown."""


class UnknownError(Exception):
    """What has to be known for the next step is not."""


def rounded(value: float) -> float:
    """Return `value` to the 12 digits that a comparison sees.

    Raises:
        UnknownError: When it is NaN.
    """
    if math.isnan(value):
        raise UnknownError
    return float(f"{value:.11e}")


class Wilder:
    """Follow the relative strength of one series of levels; a NaN starts it anew."""

    def __init__(self, window: int) -> None:
        self._window = window
        self.restart(NAN)

    def restart(self, level: float) -> None:
        """Forget what was, and begin at `level`."""
        self._level = level
        self._changes: list[float] = []
        self._gain = self._loss = NAN

    def add(self, level: float) -> None:
        """Take the next level."""
        change = level - self._level
        if math.isnan(change):
            self.restart(level)
            return
        self._level = level
        self._changes.append(change)
        if len(self._changes) == self._window:
            self._gain = fmean(max(one, 0.0) for one in self._changes)
            self._loss = fmean(max(-one, 0.0) for one in self._changes)
        elif len(self._changes) > self._window:
            self._gain += (max(change, 0.0) - self._gain) / self._window
            self._loss += (max(-change, 0.0) - self._loss) / self._window

    def value(self) -> float:
        """Return the strength, 0 to 100, NaN while there are too few levels."""
        if len(self._changes) < self._window:
            return NAN
        moved = self._gain + self._loss
        return 100 * self._gain / moved if moved else 50.0


class Market:
    """Measure symbols on closes with NaN where there is no bar; an unknown symbol has none.

    Every measure is rounded, and raises UnknownError where it is undefined.
    """

    def __init__(self, closes: Mapping[str, Sequence[float]]) -> None:
        self._closes = closes
        self._sessions = len(next(iter(closes.values())))
        self._absent = [NAN] * self._sessions
        self._strengths = cache(self._every_strength)
        self.deviation = cache(self._deviation)
        """The sample standard deviation of so many daily returns, percent."""

    def is_priced(self, name: str, day: int) -> bool:
        """Return whether there is a close."""
        return not math.isnan(self._of(name)[day])

    def rsi(self, name: str, window: int, day: int) -> float:
        """Return the relative strength, 0 to 100."""
        return rounded(self._strengths(name, window)[day])

    def price(self, name: str, day: int) -> float:
        """Return the close, dollars."""
        return rounded(self._of(name)[day])

    def mean(self, name: str, window: int, day: int) -> float:
        """Return the mean close, dollars."""
        return rounded(fmean(self._last(name, window, day)))

    def change(self, name: str, window: int, day: int) -> float:
        """Return the change, percent."""
        closes = self._last(name, window + 1, day)
        return rounded(100 * (closes[-1] / closes[0] - 1))

    def mean_return(self, name: str, window: int, day: int) -> float:
        """Return the mean daily return, percent."""
        return rounded(fmean(self._returns(name, window, day)))

    def earned(self, weights: Weights, day: int) -> float:
        """Return what `weights` earned on `day`, a fraction; NaN where a close is missing."""
        moves = ((self._of(name)[day - 1 : day + 1], weights[name]) for name in sorted(weights))
        return sum(weight * (after / before - 1) for (before, after), weight in moves)

    def _deviation(self, name: str, window: int, day: int) -> float:
        return deviation_of(self._returns(name, window, day))

    def _returns(self, name: str, window: int, day: int) -> list[float]:
        closes = self._last(name, window + 1, day)
        return [100 * (after / before - 1) for before, after in pairwise(closes)]

    def _last(self, name: str, count: int, day: int) -> Sequence[float]:
        closes = self._of(name)[max(day + 1 - count, 0) : day + 1]
        if len(closes) < count or any(map(math.isnan, closes)):
            raise UnknownError
        return closes

    def _of(self, name: str) -> Sequence[float]:
        return self._closes.get(name, self._absent)

    def _every_strength(self, name: str, window: int) -> list[float]:
        wilder, out = Wilder(window), []
        for close in self._of(name):
            wilder.add(close)
            out.append(wilder.value())
        return out


class Stream:
    """Follow what holding a portfolio's own decisions earns, one session after the other."""

    def __init__(self, market: Market, *, strength_window: int = 10) -> None:
        self._market = market
        self._strength = Wilder(strength_window)
        self._level = 1.0
        self._returns: list[float] = []
        self.weights: Weights | None = None

    def earn(self, day: int) -> None:
        """Take the returns of `day` on what was decided the day before."""
        earned = NAN if self.weights is None else self._market.earned(self.weights, day)
        if math.isnan(earned):
            self._level, self._returns = 1.0, []
            self._strength.restart(1.0)
        else:
            self._level *= 1 + earned
            self._returns.append(100 * earned)
            self._strength.add(self._level)

    def decide(self, day: int, decision: Callable[[], Weights]) -> None:
        """Take what `decision` says for `day`: nothing when it is unknown or has no price."""
        self.weights = known(decision)
        names = self.weights or {}
        if not all(self._market.is_priced(name, day) for name in names):
            self.weights = None

    def rsi(self) -> tuple[float, Weights]:
        """Return the relative strength of the rebuilt level, and what is held today.

        Raises:
            UnknownError: When one of them is unknown.
        """
        return rounded(self._strength.value()), self._held()

    def deviation(self, window: int) -> tuple[float, Weights]:
        """Return the sample standard deviation of the last returns, and what is held today.

        Raises:
            UnknownError: When one of them is unknown.
        """
        if len(self._returns) < window:
            raise UnknownError
        return deviation_of(self._returns[-window:]), self._held()

    def _held(self) -> Weights:
        if self.weights is None:
            raise UnknownError
        return self.weights


def deviation_of(returns: Sequence[float]) -> float:
    """Return the sample standard deviation, rounded; exactly 0 where it is rounding alone."""
    spread = stdev(returns)
    return rounded(spread) if spread > 1e-12 else 0.0


def known(decision: Callable[[], Weights]) -> Weights | None:
    """Return what `decision` says, None when that is unknown."""
    try:
        return decision()
    except UnknownError:
        return None


def symbols(names: Iterable[str], score: Callable[[str], float]) -> list[Candidate]:
    """Return `names` as candidates, each held whole and measured by `score`."""
    return [partial(_whole, name, score) for name in names]


def best(candidates: Iterable[Candidate], *, count: int = 1, highest: bool) -> Weights:
    """Return the best candidates equally; ties go to the first symbol held, then in order.

    Raises:
        UnknownError: When no candidate is known.
    """
    scored: list[tuple[float, str, int, Weights]] = []
    for place, candidate in enumerate(candidates):
        try:
            score, weights = candidate()
        except UnknownError:
            continue
        scored.append((-score if highest else score, min(weights), place, weights))
    if not scored:
        raise UnknownError
    return equally(*(weights for *_, weights in sorted(scored, key=lambda one: one[:3])[:count]))


def equally(*parts: Weights | str) -> Weights:
    """Return the parts in equal shares; what is in several of them adds up."""
    total: Weights = {}
    for part in parts:
        for name, weight in ({part: 1.0} if isinstance(part, str) else part).items():
            total[name] = total.get(name, 0.0) + weight / len(parts)
    return total


def _whole(name: str, score: Callable[[str], float]) -> tuple[float, Weights]:
    return score(name), {name: 1.0}
