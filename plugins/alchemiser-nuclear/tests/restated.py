"""The nuclear table once more, day by day in plain Python, written from the table alone."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

NAN = math.nan
NUCLEAR = ["BWXT", "EXC", "LEU", "NLR", "OKLO", "SMR"]
LEADERS = ["SPY", "IOO", "TQQQ", "VTV", "XLF"]


class UnknownError(Exception):
    """What has to be known for the next step is not."""


class Nuclear:
    """Decide on closes by symbol, lists of one length with NaN where there is no bar."""

    def __init__(self, closes: Mapping[str, Sequence[float]], *, inverse_basket: bool) -> None:
        self._closes = closes
        self._inverse_basket = inverse_basket
        self._strength: dict[tuple[str, int], list[float]] = {}
        self._streams: dict[int, list[float]] = {1: [NAN], 2: [NAN]}
        self._picks: dict[int, list[str | None]] = {1: [], 2: []}

    def decide(self, day: int) -> dict[str, float] | None:
        """Return the weights of `day`, None when undecided; call it for one day after the other."""
        for bear in (1, 2):
            self._extend_stream(bear, day)
        try:
            weights = self._weights(day)
        except UnknownError:
            return None
        return None if any(math.isnan(self._closes[name][day]) for name in weights) else weights

    def _weights(self, day: int) -> dict[str, float]:
        for place, leader in enumerate([*LEADERS, "VOX"]):
            if self._rsi(leader, 10, day) > 79:
                hot = self._any_above(LEADERS[min(place, 4) :], 81, day)
                return {"UVXY": 1.0} if hot else {"UVXY": 0.75, "BTAL": 0.25}
        if self._rsi("TQQQ", 10, day) < 30:
            return {"TQQQ": 1.0}
        if self._rsi("SPY", 10, day) < 30:
            return {"UPRO": 1.0}
        if self._is_above_mean("SPY", 200, day):
            return self._basket(day)
        return self._bears(day)

    def _basket(self, day: int) -> dict[str, float]:
        scores: list[tuple[float, str]] = []
        for name in NUCLEAR:
            returns = self._returns(name, 90, day)
            if returns:
                scores.append((-_rounded(fmean(returns)), name))
        chosen = [name for _, name in sorted(scores)[:3]]
        if not chosen:
            raise UnknownError
        calm = {name: 1 / stdev(self._returns(name, 90, day)) for name in chosen}
        parts = calm if self._inverse_basket else dict.fromkeys(chosen, 1.0)
        return {name: part / sum(parts.values()) for name, part in parts.items()}

    def _bears(self, day: int) -> dict[str, float]:
        parts: dict[str, float] = {}
        for bear in (1, 2):
            pick, returns = self._picks[bear][day], self._streams[bear][day - 13 : day + 1]
            if pick is None or math.isnan(self._closes[pick][day]) or day < 14:
                continue
            if any(math.isnan(value) for value in returns) or stdev(returns) == 0:
                continue
            parts[pick] = parts.get(pick, 0.0) + 1 / stdev(returns)
        if not parts:
            raise UnknownError
        return {name: part / sum(parts.values()) for name, part in parts.items()}

    def _extend_stream(self, bear: int, day: int) -> None:
        if day > 0:
            held = self._picks[bear][day - 1]
            closes = self._closes[held] if held else [NAN] * (day + 1)
            self._streams[bear].append(closes[day] / closes[day - 1] - 1)
        try:
            pick = self._bear_1(day) if bear == 1 else self._bear_2(day)
        except UnknownError:
            self._picks[bear].append(None)
        else:
            priced = not math.isnan(self._closes[pick][day])
            self._picks[bear].append(pick if priced else None)

    def _bear_1(self, day: int) -> str:
        if self._rsi("PSQ", 10, day) < 35:
            return "SQQQ"
        if self._change("QQQ", 60, day) < -10:
            return "TQQQ" if self._bonds_lead(day) else "PSQ"
        if self._is_above_mean("TQQQ", 20, day):
            return "TQQQ" if self._bonds_lead(day) else "SQQQ"
        if self._rsi("IEF", 10, day) > self._rsi("PSQ", 20, day):
            return "SQQQ"
        return "QQQ" if self._bonds_lead(day) else "SQQQ"

    def _bear_2(self, day: int) -> str:
        if self._rsi("PSQ", 10, day) < 35:
            return "SQQQ"
        if self._is_above_mean("TQQQ", 20, day):
            return "TQQQ" if self._bonds_lead(day) else "SQQQ"
        return "QQQ" if self._bonds_lead(day) else "SQQQ"

    def _bonds_lead(self, day: int) -> bool:
        return self._rsi("TLT", 20, day) > self._rsi("PSQ", 20, day)

    def _any_above(self, names: Sequence[str], level: float, day: int) -> bool:
        unknown = False
        for name in names:
            try:
                if self._rsi(name, 10, day) > level:
                    return True
            except UnknownError:
                unknown = True
        if unknown:
            raise UnknownError
        return False

    def _is_above_mean(self, name: str, window: int, day: int) -> bool:
        if day + 1 < window:
            raise UnknownError
        closes = self._closes[name][day + 1 - window : day + 1]
        return _rounded(closes[-1]) > _rounded(_known(fmean(closes)))

    def _change(self, name: str, window: int, day: int) -> float:
        if day < window:
            raise UnknownError
        closes = self._closes[name][day - window : day + 1]
        return _rounded(100 * (_known(closes[-1] + sum(closes) * 0) / closes[0] - 1))

    def _returns(self, name: str, window: int, day: int) -> list[float]:
        closes = self._closes[name][max(day - window, 0) : day + 1]
        returns = [100 * (b / a - 1) for a, b in zip(closes, closes[1:], strict=False)]
        whole = len(returns) == window and not any(map(math.isnan, returns))
        return returns if whole else []

    def _rsi(self, name: str, window: int, day: int) -> float:
        if (name, window) not in self._strength:
            self._strength[name, window] = _wilder(self._closes[name], window)
        return _rounded(_known(self._strength[name, window][day]))


def _wilder(closes: Sequence[float], window: int) -> list[float]:
    out: list[float] = []
    changes: list[float] = []
    before = gain = loss = NAN
    for close in closes:
        changes = [*changes, close - before] if not math.isnan(close - before) else []
        before = close
        if len(changes) == window:
            gain = fmean(max(change, 0.0) for change in changes)
            loss = fmean(max(-change, 0.0) for change in changes)
        elif len(changes) > window:
            gain += (max(changes[-1], 0.0) - gain) / window
            loss += (max(-changes[-1], 0.0) - loss) / window
            changes = changes[-window - 1 :]
        known = len(changes) >= window and gain + loss > 0
        out.append(100 * gain / (gain + loss) if known else 50.0 if len(changes) >= window else NAN)
    return out


def _known(value: float) -> float:
    if math.isnan(value):
        raise UnknownError
    return value


def _rounded(value: float) -> float:
    return float(f"{value:.11e}")
