"""Weights shrink to what swings, liquidity and impact allow, and never grow."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.indicators import atr
from alchemiser.domain.portfolio.past import Past
from alchemiser.domain.portfolio.sizing import (
    Sized,
    Sizing,
    SizingRule,
    approximated,
    missing,
    sized,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO, Floats
from alchemiser.domain.values.target import TargetPortfolio

A, B, C, D = map(Symbol, "ABCD")
FIRST = date(2024, 1, 1)
NAN = float("nan")
NONE_HELD: Mapping[Symbol, Decimal] = MappingProxyType({})
THOUSANDS = Decimal(50_000)
SWINGS = (100.0, 101.0, 99.99)
"""Returns of +1 % and -1 %: a sample deviation of 0.01 x sqrt(2), of 0.2245 a year."""

BY_RANGE = Sizing(risk_per_position=Decimal("0.01"), atr_sessions=2)
BY_VOLUME = Sizing(max_adv_share=Decimal("0.1"), adv_sessions=2)
BY_IMPACT = Sizing(max_impact=Decimal("0.001"), adv_sessions=1, volatility_sessions=2)
BY_VOLATILITY = Sizing(target_volatility=Decimal("0.112249721603"), volatility_sessions=2)
EVERY = Sizing(
    target_volatility=Decimal("0.15"),
    volatility_sessions=5,
    risk_per_position=Decimal("0.005"),
    atr_sessions=4,
    max_adv_share=Decimal("0.05"),
    max_impact=Decimal("0.003"),
    adv_sessions=5,
)
ONE_RULE = (
    Sizing(risk_per_position=Decimal("0.005"), atr_sessions=4),
    Sizing(max_adv_share=Decimal("0.05"), adv_sessions=5),
    Sizing(max_impact=Decimal("0.003"), adv_sessions=5, volatility_sessions=5),
    Sizing(target_volatility=Decimal("0.15"), volatility_sessions=5),
)


def bars(
    closes: Mapping[Symbol, Sequence[float]],
    *,
    high: Sequence[float] | None = None,
    low: Sequence[float] | None = None,
    volume: Sequence[float] | None = None,
    raw_close: Sequence[float] | None = None,
) -> BarPanel:
    """Return closes by symbol as a panel of consecutive days; the rest is for all symbols."""
    names = tuple(sorted(closes))
    table = np.array([closes[name] for name in names], dtype=np.float64).T

    def for_all(values: Sequence[float] | None) -> Floats | None:
        if values is None:
            return None
        return np.broadcast_to(np.array(values, dtype=np.float64)[:, None], table.shape)

    return BarPanel(
        sessions=tuple(FIRST + timedelta(days=t) for t in range(len(table))),
        symbols=names,
        close=table,
        high=for_all(high),
        low=for_all(low),
        volume=for_all(volume),
        raw_close=for_all(raw_close),
    )


def cut(
    panel: BarPanel,
    sizing: Sizing,
    *,
    held: Mapping[Symbol, Decimal] = NONE_HELD,
    equity: Decimal = THOUSANDS,
    **weights: str,
) -> tuple[dict[Symbol, Decimal], tuple[Sized, ...]]:
    """Return the sized weights as of the last row, all of A where none are told, and the cuts."""
    wanted = {name: Decimal(weight) for name, weight in (weights or {"A": "1"}).items()}
    row = len(panel.sessions) - 1
    target, cuts = sized(TargetPortfolio.of(wanted), sizing, panel, row, equity, held)
    return dict(target.weights), cuts


def nothing_left(rule: SizingRule) -> tuple[dict[Symbol, Decimal], tuple[Sized, ...]]:
    return {}, (Sized(rule=rule, symbol=A, wanted=ONE, allowed=ZERO),)


def test_without_rules_nothing_is_cut() -> None:
    assert cut(bars({A: SWINGS}), Sizing(), A="0.7") == ({A: Decimal("0.7")}, ())


def test_a_fall_of_two_true_ranges_costs_no_more_than_the_risk() -> None:
    """RC-12: a range of 2 on 100, twice, is 4 %; a risk of 1 % leaves a quarter."""
    panel = bars({A: [100.0] * 4}, high=[101.0] * 4, low=[99.0] * 4)

    weights, cuts = cut(panel, BY_RANGE, A="0.6")

    assert weights == {A: Decimal("0.25")}
    assert cuts == (
        Sized(
            rule=SizingRule.RISK_PER_POSITION,
            symbol=A,
            wanted=Decimal("0.6"),
            allowed=Decimal("0.25"),
        ),
    )
    assert cut(panel, BY_RANGE, A="0.25") == ({A: Decimal("0.25")}, ())


def test_a_true_range_reaches_to_the_close_before() -> None:
    """RC-12: 109 to 111 after a close of 100 is a range of 11, 6.5 with the 2 before."""
    panel = bars({A: [100, 100, 110]}, high=[101, 101, 111], low=[99, 99, 109])

    weights, _ = cut(panel, BY_RANGE)

    assert weights == {A: Decimal("0.084615384")}  # 0.01 / (2 x 6.5 / 110)


def test_without_highs_and_lows_the_range_is_the_change_of_the_close() -> None:
    """RC-12: changes of 2, 1 and 4 are 1.5, then 2.75 a day as Wilder smooths them."""
    panel = bars({A: [100, 102, 101, 105]})

    weights, _ = cut(panel, BY_RANGE)

    assert weights == {A: Decimal("0.190909090")}  # 0.01 / (2 x 2.75 / 105)
    assert approximated(BY_RANGE, panel) == (SizingRule.RISK_PER_POSITION,)
    assert approximated(BY_VOLUME, panel) == ()
    assert approximated(BY_RANGE, bars({A: [1.0]}, high=[1.0], low=[1.0])) == ()
    assert approximated(BY_RANGE, bars({A: [1.0]}, high=[1.0])) == (SizingRule.RISK_PER_POSITION,)
    blank = bars({A: [100, 102, 101, 105]}, high=[NAN, 102, NAN, NAN], low=[NAN, NAN, 100, NAN])
    assert cut(blank, BY_RANGE)[0] == weights


def test_a_price_that_stands_still_is_not_cut_for_its_swings() -> None:
    """RC-12."""
    panel = bars({A: [100.0] * 4}, volume=[1e9] * 4)

    for rule in (BY_RANGE, BY_VOLATILITY, BY_IMPACT):
        assert cut(panel, rule) == ({A: ONE}, ())


def test_a_position_takes_a_share_of_what_is_traded_a_day() -> None:
    """RC-19: 100,000 dollars are traded a day on average, a tenth of that is a fifth of 50,000."""
    panel = bars({A: [80, 50, 100]}, volume=[1, 1600, 1200])

    assert cut(panel, BY_VOLUME)[0] == {A: Decimal("0.2")}
    assert cut(panel, BY_VOLUME, equity=Decimal(10_000)) == ({A: ONE}, ())
    assert cut(panel, BY_VOLUME, equity=Decimal(-5)) == ({A: ONE}, ())


def test_what_is_bought_moves_the_price_by_no_more_than_the_limit() -> None:
    """RC-19: deviation x sqrt(0.005) is 0.001, so that 0.5 % of 999,900 dollars may be bought."""
    panel = bars({A: SWINGS}, volume=[1, 1, 10_000])

    weights, cuts = cut(panel, BY_IMPACT, A="0.8")

    bought = float(weights[A] * THOUSANDS)
    assert bought == pytest.approx(4999.5, abs=1e-4)
    assert 0.01 * math.sqrt(2) * math.sqrt(bought / 999_900) == pytest.approx(0.001)
    assert [(one.rule, one.symbol) for one in cuts] == [(SizingRule.MAX_IMPACT, A)]


def test_shares_that_are_held_already_have_no_impact() -> None:
    """RC-19: 100 shares at the trading price of 50 are 5,000 dollars, 9,999.5 with the purchase."""
    panel = bars({A: SWINGS}, volume=[1, 1, 10_000], raw_close=[1, 1, 50])

    weights, _ = cut(panel, BY_IMPACT, held={A: Decimal(100), B: Decimal(7)})

    assert float(weights[A]) == pytest.approx(0.19999, abs=1e-8)
    assert cut(panel, BY_IMPACT, A="0.3", held={A: Decimal(300)}) == ({A: Decimal("0.3")}, ())


def test_a_position_without_a_trading_price_leaves_no_weight() -> None:
    """RC-19: what is held cannot be told from what is bought."""
    panel = bars({A: SWINGS}, volume=[1, 1, 10_000], raw_close=[50, 50, NAN])

    assert cut(panel, BY_IMPACT, held={A: ONE}) == nothing_left(SizingRule.MAX_IMPACT)


def test_a_portfolio_that_swings_twice_too_much_is_halved() -> None:
    """RC-12: the target is half of 0.01 x sqrt(2) x sqrt(252)."""
    weights, cuts = cut(bars({A: SWINGS}), BY_VOLATILITY)

    assert float(weights[A]) == pytest.approx(0.5, abs=1e-8)
    assert cuts == (
        Sized(rule=SizingRule.TARGET_VOLATILITY, symbol=None, wanted=ONE, allowed=weights[A]),
    )


def test_a_portfolio_that_swings_just_as_much_as_it_may_is_left_alone() -> None:
    """RC-12: equal to twelve digits is equal."""
    sizing = replace(BY_VOLATILITY, target_volatility=Decimal("0.224499443206"))

    assert cut(bars({A: SWINGS}), sizing) == ({A: ONE}, ())


def test_a_weight_that_shrinks_to_nothing_is_left_out() -> None:
    """RC-12."""
    weights, _ = cut(bars({A: SWINGS, B: SWINGS}), BY_VOLATILITY, A="0.9", B="0.000000001")

    assert list(weights) == [A]


def test_weights_that_hedge_each_other_fit_after_they_are_rounded() -> None:
    """RC-12: rounding down the hedge alone makes the whole swing more; so all shrink further."""
    panel = bars({A: (100.0, 120.0, 96.0), B: (100.0, 80.0, 96.0)})
    for units in range(2, 40):
        wanted = TargetPortfolio.of({
            A: Decimal(units).scaleb(-9),
            B: Decimal(units - 1).scaleb(-9),
        })
        for digits in range(9, 11):
            sizing = replace(BY_VOLATILITY, target_volatility=Decimal("1.7").scaleb(-digits))
            small, _ = sized(wanted, sizing, panel, 2, THOUSANDS, {})
            assert sized(small, sizing, panel, 2, THOUSANDS, {}) == (small, ())


def test_what_swings_against_each_other_is_not_cut() -> None:
    """RC-12: half of +1 % and half of -1 % is nothing, whatever each does alone."""
    panel = bars({A: SWINGS, B: (100.0, 99.0, 99.99)})

    assert cut(panel, BY_VOLATILITY, A="0.5", B="0.5")[1] == ()
    assert cut(panel, BY_VOLATILITY, A="0.9", B="0.1")[1] != ()


def test_all_weights_shrink_by_one_factor_for_the_whole() -> None:
    """RC-12: as measured by the textbook on the portfolio's own returns."""
    panel = bars({A: (100, 103, 99, 104), B: (50, 49, 52, 51)})
    sizing = replace(BY_VOLATILITY, volatility_sessions=3)

    weights, _ = cut(panel, sizing, A="0.6", B="0.3")

    first, second = (np.diff(column) / column[:-1] for column in panel.close.T)
    assert sizing.target_volatility is not None
    swung = statistics.stdev(0.6 * first + 0.3 * second) * math.sqrt(252)
    factor = float(sizing.target_volatility) / swung
    assert float(weights[A]) == pytest.approx(0.6 * factor, abs=1e-8)
    assert float(weights[B]) == pytest.approx(0.3 * factor, abs=1e-8)


def test_each_rule_cuts_what_the_one_before_has_left() -> None:
    """RC-12, RC-19: so an owner can read which rule bound how much."""
    panel = bars({A: SWINGS, B: SWINGS}, volume=[10_000, 10_000, 10_000])
    sizing = Sizing(
        risk_per_position=Decimal("0.01"),
        atr_sessions=2,
        max_adv_share=Decimal("0.02"),
        max_impact=Decimal("0.001"),
        adv_sessions=1,
        target_volatility=Decimal("0.01"),
        volatility_sessions=2,
    )

    _, cuts = cut(panel, sizing, A="0.6", B="0.4")

    assert [(one.rule, one.symbol) for one in cuts] == [
        (SizingRule.RISK_PER_POSITION, A),
        (SizingRule.MAX_ADV_SHARE, A),
        (SizingRule.MAX_ADV_SHARE, B),
        (SizingRule.MAX_IMPACT, A),
        (SizingRule.MAX_IMPACT, B),
        (SizingRule.TARGET_VOLATILITY, None),
    ]
    of_a = [one for one in cuts if one.symbol == A]
    assert [one.wanted for one in of_a[1:]] == [one.allowed for one in of_a[:-1]]
    assert cuts[-1].wanted == cuts[3].allowed + cuts[4].allowed


STEADY = (100.0, 101.0, 100.0, 101.0, 100.0, 101.0)


@pytest.mark.parametrize("rule", ONE_RULE)
@pytest.mark.parametrize(
    "closes",
    [
        (100, NAN, 100, 101, 100, 101),
        (100, 101, 100, NAN, 100, 101),
        (100, 101, 100, 101, 100, NAN),
        (100, 101, 0.0, 101, 100, 101),
        (100, 101, 100, 101, math.inf, 101),
    ],
)
def test_a_missing_bar_leaves_no_weight(rule: Sizing, closes: tuple[float, ...]) -> None:
    """RC-12, RC-19: what is unknown is not bought."""
    (name,) = (name for name in SizingRule if rule.limit(name) is not None)

    assert cut(bars({A: closes}, volume=[1e9] * 6), rule) == nothing_left(name)


@pytest.mark.parametrize("rule", ONE_RULE)
@pytest.mark.parametrize("row", [1, 3, 5])
def test_a_blocked_bar_leaves_no_weight(rule: Sizing, row: int) -> None:
    """RC-12, RC-19: what the gate forbids to read is unknown."""
    (name,) = (name for name in SizingRule if rule.limit(name) is not None)
    panel = bars({A: STEADY}, volume=[1e9] * 6)
    blocked = np.arange(6)[:, None] == row

    assert A in cut(panel, rule)[0]
    assert cut(replace(panel, blocked=blocked), rule) == nothing_left(name)


def test_a_symbol_blocked_now_is_unknown_although_its_session_is_not_over() -> None:
    """RC-19: the volumes up to the day before could be read, but not today."""
    panel = replace(bars({A: [100.0] * 6}, volume=[1e9] * 6), provisional=True)

    assert cut(panel, BY_VOLUME)[0] == {A: ONE}
    blocked = replace(panel, blocked=np.arange(6)[:, None] == 5)
    assert cut(blocked, BY_VOLUME) == nothing_left(SizingRule.MAX_ADV_SHARE)


def test_a_hole_before_what_a_rule_looks_at_does_not_matter() -> None:
    """RC-12, RC-19."""
    for rule, closes in (
        (BY_RANGE, (NAN, 100, 101, 100)),
        (BY_VOLUME, (100, NAN, 101, 100)),
        (BY_IMPACT, (NAN, 100, 101, 100)),
        (BY_VOLATILITY, (NAN, 100, 101, 100)),
    ):
        panel = bars({A: closes}, volume=[1e9] * 4)
        assert cut(panel, rule) == cut(bars({A: (99, 100, 101, 100)}, volume=[1e9] * 4), rule)


@pytest.mark.parametrize("volume", [[5, NAN, 5], [5, 0, 5], [5, 5, NAN], [5, 5, math.inf]])
def test_a_volume_that_is_missing_or_zero_leaves_no_weight(volume: list[float]) -> None:
    """RC-19."""
    panel = bars({A: [100.0] * 3}, volume=volume)

    assert cut(panel, BY_VOLUME) == nothing_left(SizingRule.MAX_ADV_SHARE)
    impact = replace(BY_IMPACT, adv_sessions=2)
    assert cut(panel, impact) == nothing_left(SizingRule.MAX_IMPACT)


def test_a_short_past_leaves_no_weight() -> None:
    """RC-12, RC-19."""
    for sessions in (1, 2):
        short = bars({A: [100.0] * sessions})
        assert cut(short, BY_RANGE)[0] == {}
        assert cut(short, BY_VOLATILITY)[0] == {}
        assert cut(bars({A: [100.0] * sessions}, volume=[9e9] * sessions), BY_IMPACT)[0] == {}
    assert cut(bars({A: [100.0]}, volume=[9e9]), BY_VOLUME)[0] == {}


@pytest.mark.parametrize("rule", ONE_RULE)
def test_a_symbol_without_bars_gets_no_weight_and_the_others_keep_theirs(rule: Sizing) -> None:
    """RC-12, RC-19."""
    panel = bars({A: [100.0] * 6}, volume=[1e9] * 6)

    weights, cuts = cut(panel, rule, A="0.5", Z="0.5")

    assert weights == {A: Decimal("0.5")}
    assert [(one.symbol, one.allowed) for one in cuts] == [("Z", ZERO)]


def test_bars_without_volumes_leave_the_liquidity_rules_out_by_name() -> None:
    """RC-19."""
    panel = bars({A: [100.0] * 6})

    assert missing(EVERY, panel) == ("max_adv_share", "max_impact")
    assert missing(BY_IMPACT, panel) == ("max_impact",)
    assert missing(BY_RANGE, panel) == ()
    assert missing(EVERY, bars({A: [100.0]}, volume=[NAN])) == ()
    assert cut(panel, BY_VOLUME) == ({A: ONE}, ())
    assert cut(panel, BY_IMPACT) == ({A: ONE}, ())
    assert Past.of(panel, 5).daily_dollars(A, 2) is None


def test_a_session_that_is_not_over_has_a_price_but_no_volume_or_range() -> None:
    """RC-12, RC-19: a backtest whose last row is marked so decides as a live day does."""
    closes = {A: [100, 100, 100, 100, 80]}
    panel = bars(closes, volume=[1000] * 4 + [NAN], high=[101] * 4 + [NAN], low=[99] * 4 + [NAN])
    live = replace(panel, provisional=True)
    whole = bars(closes, volume=[1000] * 4 + [7], high=[101] * 4 + [100], low=[99] * 4 + [70])

    assert cut(live, BY_VOLUME)[0] == {A: Decimal("0.2")}
    assert cut(live, BY_RANGE)[0] == {A: Decimal("0.2")}  # 0.01 / (2 x 2 / 80)
    assert cut(live, BY_VOLATILITY)[0] != cut(bars({A: [100.0] * 4}), BY_VOLATILITY)[0]
    for rule in (BY_VOLUME, BY_RANGE, BY_IMPACT, BY_VOLATILITY):
        assert cut(replace(whole, provisional=True), rule) == cut(live, rule)
    assert cut(whole, BY_VOLUME)[0] != cut(live, BY_VOLUME)[0]
    assert cut(panel, BY_VOLUME) == nothing_left(SizingRule.MAX_ADV_SHARE)
    before = sized(TargetPortfolio.of({A: ONE}), BY_VOLUME, live, 3, THOUSANDS, {})
    assert dict(before[0].weights) == {A: Decimal("0.2")}
    unknown = replace(
        bars({A: [100, 100, 100, NAN, 80]}, high=[101] * 5, low=[99] * 5), provisional=True
    )
    assert cut(unknown, BY_RANGE) == nothing_left(SizingRule.RISK_PER_POSITION)
    only = replace(bars({A: [100.0]}, volume=[5]), provisional=True)
    assert cut(only, replace(BY_VOLUME, adv_sessions=1))[0] == {}
    assert cut(only, replace(BY_RANGE, atr_sessions=1))[0] == {}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"target_volatility": ZERO}, "target_volatility must be above zero"),
        ({"risk_per_position": Decimal("1.01")}, "risk_per_position must be at most 1"),
        ({"risk_per_position": Decimal(-1)}, "risk_per_position must be above zero"),
        ({"max_adv_share": Decimal("NaN")}, "max_adv_share must be a finite number"),
        ({"max_impact": ZERO}, "max_impact must be above zero"),
        ({"atr_multiple": ZERO}, "atr_multiple must be above zero"),
        ({"volatility_sessions": 1}, "volatility_sessions must be at least 2"),
        ({"atr_sessions": 0}, "atr_sessions must be at least 1"),
        ({"adv_sessions": 0}, "adv_sessions must be at least 1"),
    ],
)
def test_a_rule_out_of_range_is_refused(wrong: dict[str, Any], message: str) -> None:
    """RC-16."""
    with pytest.raises(InvalidValueError, match=message):
        Sizing(**wrong)


@pytest.mark.parametrize("row", [-1, 3])
def test_a_row_outside_the_panel_is_refused(row: int) -> None:
    with pytest.raises(InvalidValueError, match="not one of the panel's 3 sessions"):
        sized(TargetPortfolio(()), Sizing(), bars({A: SWINGS}), row, ONE, {})


def test_an_equity_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="equity must be a finite number"):
        cut(bars({A: SWINGS}), Sizing(), equity=Decimal("NaN"))


# --- Laws --------------------------------------------------------------------------------------


def made_up(seed: int, *, scale: float = 1.0, faults: bool = True) -> BarPanel:
    """Return 24 sessions of four symbols, some of them with holes, blocks or no trade."""
    draw = np.random.default_rng(seed)
    shape = (24, 4)
    close = 50 * np.exp(np.cumsum(draw.normal(0, draw.uniform(0.002, 0.05, 4), shape), axis=0))
    high, low = (
        close * (1 + draw.uniform(0, 0.02, shape)),
        close * (1 - draw.uniform(0, 0.02, shape)),
    )
    volume = np.floor(draw.uniform(2e2, 2e5, 4) * draw.uniform(0.5, 1.5, shape)) * scale
    blocked = np.zeros(shape, dtype=np.bool_)
    if faults:
        close[draw.random(shape) < 0.01] = np.nan
        high[draw.random(shape) < 0.1] = np.nan
        volume[draw.random(shape) < 0.01] = 0
        blocked = draw.random(shape) < 0.01
    return BarPanel(
        sessions=tuple(FIRST + timedelta(days=t) for t in range(24)),
        symbols=(A, B, C, D),
        close=close,
        high=high,
        low=low,
        volume=volume,
        blocked=blocked,
        provisional=faults and seed % 2 == 0,
    )


ARRAYS = ("close", "high", "low", "volume", "blocked")
SEEDS = st.integers(0, 10**6)
ROWS = st.integers(8, 23)
EQUITIES = st.integers(1_000, 10**8).map(Decimal)
SIZINGS = st.sampled_from((EVERY, *ONE_RULE))
LEFT_IN_CASH = st.integers(1, 10**9)


@st.composite
def targets(draw: st.DrawFn) -> TargetPortfolio:
    """Draw weights of four symbols at 1e-9 that sum to at most one."""
    marks = sorted(draw(st.lists(LEFT_IN_CASH, min_size=4, max_size=4, unique=True)))
    parts = (b - a for a, b in zip([0, *marks], marks, strict=False))
    return TargetPortfolio.of({
        name: Decimal(part).scaleb(-9) for name, part in zip((A, B, C, D), parts, strict=False)
    })


HELD = st.dictionaries(st.sampled_from((A, B, C, D)), st.integers(0, 10_000).map(Decimal))


@given(targets(), SIZINGS, SEEDS, ROWS, EQUITIES, HELD)
def test_sizing_never_enlarges_tells_all_it_cuts_and_is_done_once(
    target: TargetPortfolio,
    sizing: Sizing,
    seed: int,
    row: int,
    equity: Decimal,
    held: Mapping[Symbol, Decimal],
) -> None:
    """RC-12, RC-19."""
    panel = made_up(seed)

    small, cuts = sized(target, sizing, panel, row, equity, held)

    before, after = dict(target.weights), dict(small.weights)
    assert all(weight <= before[name] for name, weight in after.items())
    assert bool(cuts) is (small != target)
    assert all(ZERO <= one.allowed < one.wanted <= ONE for one in cuts)
    assert sized(small, sizing, panel, row, equity, held) == (small, ())


@given(targets(), SIZINGS, SEEDS, ROWS, EQUITIES, HELD)
def test_what_comes_after_the_row_changes_nothing(
    target: TargetPortfolio,
    sizing: Sizing,
    seed: int,
    row: int,
    equity: Decimal,
    held: Mapping[Symbol, Decimal],
) -> None:
    """RC-12, RC-19."""
    panel, other = replace(made_up(seed), provisional=False), made_up(seed + 1)

    changes: dict[str, Any] = {
        name: np.vstack((getattr(panel, name)[: row + 1], getattr(other, name)[row + 1 :]))
        for name in ARRAYS
    }
    changed = replace(panel, **changes)

    expected = sized(target, sizing, panel, row, equity, held)
    assert sized(target, sizing, panel.until(row), row, equity, held) == expected
    assert sized(target, sizing, changed, row, equity, held) == expected


@given(targets(), SIZINGS, SEEDS, st.permutations((A, B, C, D)), EQUITIES)
def test_symbols_by_other_names_get_the_same_weights(
    target: TargetPortfolio,
    sizing: Sizing,
    seed: int,
    names: Sequence[Symbol],
    equity: Decimal,
) -> None:
    """RC-12, RC-19: to the last digit, whatever the order of the sums."""
    panel = made_up(seed)
    renamed = dict(zip((A, B, C, D), names, strict=True))
    columns = [names.index(name) for name in panel.symbols]

    moved: dict[str, Any] = {name: getattr(panel, name)[:, columns] for name in ARRAYS}
    other = replace(panel, **moved)
    wishes = TargetPortfolio.of({renamed[name]: weight for name, weight in target.weights})

    one, _ = sized(target, sizing, panel, 23, equity, {})
    two, _ = sized(wishes, sizing, other, 23, equity, {})

    assert {renamed[name]: weight for name, weight in one.weights} == dict(two.weights)


@given(targets(), st.sampled_from(ONE_RULE), SEEDS, ROWS, EQUITIES)
def test_a_wider_limit_never_leaves_less(
    target: TargetPortfolio, sizing: Sizing, seed: int, row: int, equity: Decimal
) -> None:
    """RC-12, RC-19."""
    (rule,) = (name for name in SizingRule if sizing.limit(name) is not None)
    limit = sizing.limit(rule)
    assert limit is not None
    panel = made_up(seed)
    wider: dict[str, Any] = {rule.value: limit * Decimal("1.2")}

    tight, _ = sized(target, sizing, panel, row, equity, {})
    wide, _ = sized(target, replace(sizing, **wider), panel, row, equity, {})

    left = dict(wide.weights)
    assert all(left.get(name, ZERO) >= weight for name, weight in tight.weights)


@given(targets(), st.sampled_from(ONE_RULE[1:3]), SEEDS, ROWS, EQUITIES)
def test_more_trade_or_a_smaller_book_never_leaves_less(
    target: TargetPortfolio, sizing: Sizing, seed: int, row: int, equity: Decimal
) -> None:
    """RC-19."""
    base = dict(sized(target, sizing, made_up(seed), row, equity, {})[0].weights)
    more = dict(sized(target, sizing, made_up(seed, scale=2), row, equity, {})[0].weights)
    less = dict(sized(target, sizing, made_up(seed), row, equity / 2, {})[0].weights)

    for other in (more, less):
        assert all(other.get(name, ZERO) >= weight for name, weight in base.items())


@given(targets(), SEEDS, ROWS, EQUITIES)
def test_what_is_left_keeps_within_every_limit(
    target: TargetPortfolio, seed: int, row: int, equity: Decimal
) -> None:
    """RC-12, RC-19: measured anew, by plain statistics."""
    panel = made_up(seed, faults=False)
    assert panel.volume is not None

    small, _ = sized(target, EVERY, panel, row, equity, {})

    rows = slice(row - 4, row + 1)
    daily = np.diff(panel.close[: row + 1], axis=0) / panel.close[:row]
    swung = [0.0] * 5
    for name, weight in small.weights:
        place = panel.symbols.index(name)
        dollars = float(weight * equity)
        traded = statistics.fmean(panel.volume[rows, place] * panel.close[rows, place])
        assert dollars <= traded * 0.05 * (1 + 1e-9)
        deviation = statistics.stdev(daily[-5:, place])
        assert deviation * math.sqrt(dollars / traded) <= 0.003 * (1 + 1e-9)
        swung = [sum(pair) for pair in zip(swung, float(weight) * daily[-5:, place], strict=True)]
    assert statistics.stdev(swung) * math.sqrt(252) <= 0.15 * (1 + 1e-9)


# --- Recorded bars -----------------------------------------------------------------------------


def recorded(folder: Path, names: Iterable[str]) -> tuple[tuple[date, ...], dict[str, Any]]:
    frame = pd.read_parquet(folder / "adjusted_ohlc_2005_2026.parquet")
    frame = frame[frame["symbol"].isin(list(names))]
    tables = {
        name: frame.pivot_table(index="session", columns="symbol", values=name)
        for name in ("close", "high", "low")
    }
    sessions = tuple(map(date.fromisoformat, tables["close"].index))
    return sessions, {name: table.to_numpy() for name, table in tables.items()}


def test_a_leveraged_fund_is_cut_in_the_spring_of_2020_and_not_before(shared_data: Path) -> None:
    """RC-12: to the same figures that the indicators of the rules show."""
    names = (Symbol("SPY"), Symbol("TQQQ"))
    sessions, arrays = recorded(shared_data, names)
    panel = BarPanel(sessions=sessions, symbols=names, **arrays)
    wanted = TargetPortfolio.of({"TQQQ": Decimal("0.9")})
    calm, storm = (sessions.index(date(2020, month, 20)) for month in (2, 3))

    for sizing in (
        Sizing(target_volatility=Decimal("0.6")),
        Sizing(risk_per_position=Decimal("0.1")),
    ):
        assert sized(wanted, sizing, panel, calm, THOUSANDS, {}) == (wanted, ())
        small, _ = sized(wanted, sizing, panel, storm, THOUSANDS, {})
        assert ZERO < small.total() < Decimal("0.4")
    for row in (calm, storm):
        share = Past.of(panel, row).range_share(names[1], 14)
        average = atr(arrays["high"][:, 1], arrays["low"][:, 1], arrays["close"][:, 1], 14)
        assert share is not None
        assert float(share) == pytest.approx(average[row] / arrays["close"][row, 1], rel=1e-10)
