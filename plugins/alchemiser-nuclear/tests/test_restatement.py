"""The whole strategy agrees, session by session, with a slow restatement of its table."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pandas as pd
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator, WeightMatrix
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.golden import check_golden
from alchemiser_nuclear import NuclearParams, build
from alchemiser_nuclear.rules import Basket
from tests.panels import total_return_panel

NAN = math.nan
NUCLEAR = ["BWXT", "EXC", "LEU", "NLR", "OKLO", "SMR"]
LEADERS = ["SPY", "IOO", "TQQQ", "VTV", "XLF"]


@pytest.fixture(scope="module")
def closes() -> pd.DataFrame:
    """Return total-return closes, sessions by symbols, or skip."""
    checkout = Path(__file__).resolve().parents[3]
    file = checkout.parent / "shared" / "data" / "total_return_2005_2026.parquet"
    if not file.is_file():
        pytest.skip("no recorded market data: put it into ../shared/data beside the checkout")
    return pd.read_parquet(file).pivot_table(index="session", columns="symbol", values="close")


def matrix(closes: pd.DataFrame, basket: Basket) -> WeightMatrix:
    panel = BarPanel(
        sessions=tuple(map(date.fromisoformat, closes.index)),
        symbols=tuple(map(Symbol, closes.columns)),
        close=closes.to_numpy(),
    )
    return TreeEvaluator(panel).matrix(build(NuclearParams(basket=basket)).tree)


@pytest.mark.parametrize("basket", ["equal", "inverse_volatility"])
def test_every_session_agrees_with_the_restated_table(
    closes: pd.DataFrame, basket: Basket, record_property: Callable[[str, object], None]
) -> None:
    """ST-09."""
    found = matrix(closes, basket)
    restated = Restated(
        {str(name): closes[name].tolist() for name in closes},
        inverse_basket=basket == "inverse_volatility",
    )

    for day in range(len(closes)):
        expected = restated.decide(day)
        assert found.decided[day] == (expected is not None), found.sessions[day]
        np.testing.assert_allclose(
            found.weights[day],
            [(expected or {}).get(name, 0.0) for name in found.symbols],
            atol=1e-9,
            err_msg=str(found.sessions[day]),
        )
    assert found.decided.sum() == 4090
    told = f"nuclear, basket {basket}: 4090 of {len(closes)} recorded sessions"
    record_property("sessions decided, each as restated", told)


def test_recorded_days_come_out_as_they_were(closes: pd.DataFrame) -> None:
    """ST-09."""
    found = matrix(closes, "equal")
    held = {
        str(session): {name for name, w in zip(found.symbols, weights, strict=True) if w > 0}
        for session, weights in zip(found.sessions, found.weights, strict=True)
    }

    for day in ("2024-08-05", "2024-08-06", "2024-08-07"):
        assert held[day] == {"TQQQ"}
    assert held["2024-08-08"] == {"SMR", "EXC", "LEU"}
    for day in ("2024-08-09", "2024-08-12", "2024-08-13", "2024-08-14", "2024-08-15", "2024-08-16"):
        assert held[day] == {"SMR", "EXC", "BWXT"}


def test_decisions_are_those_on_record() -> None:
    """ST-09."""
    check_golden(
        Path(__file__).with_name("golden.csv"), build(NuclearParams()), total_return_panel()
    )


def test_fixed_and_adaptive_thresholds_decide_side_by_side() -> None:
    """ST-12: one evaluator, one panel, two strategies that agree often and not always."""
    evaluator = TreeEvaluator(total_return_panel())
    fixed = evaluator.matrix(build(NuclearParams()).tree)
    adaptive = evaluator.matrix(build(NuclearParams(thresholds="adaptive")).tree)

    both = fixed.decided & adaptive.decided
    agree = (np.abs(fixed.weights - adaptive.weights)[both] < 1e-9).all(axis=1)

    assert both.sum() > 3500
    assert 0.5 < agree.mean() < 0.98


class UnknownError(Exception):
    """What has to be known for the next step is not."""


class Restated:
    """The table day by day in plain Python, on closes with NaN where there is no bar."""

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
        _known(sum(closes))
        return _rounded(100 * (closes[-1] / closes[0] - 1))

    def _returns(self, name: str, window: int, day: int) -> list[float]:
        closes = self._closes[name][max(day - window, 0) : day + 1]
        returns = [100 * (b / a - 1) for a, b in pairwise(closes)]
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
