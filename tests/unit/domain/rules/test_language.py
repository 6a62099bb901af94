"""The author's words build the tree they say, and refuse what makes no sense in one sentence."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

import alchemiser.plugins
import alchemiser.rules
from alchemiser.domain.rules.choosing import Each, Ranking
from alchemiser.domain.rules.expressions import Compare, Comparison, Metric
from alchemiser.domain.rules.measures import MeasureKind
from alchemiser.domain.rules.nodes import Asset, Group, WeightEqual, When
from alchemiser.domain.rules.terms import Term
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports import strategy as strategy_port
from alchemiser.rules import (
    and_,
    asset,
    atr,
    bottom,
    content_hash,
    cumulative_return,
    each,
    ema,
    group,
    max_drawdown,
    moving_average_return,
    or_,
    ppo,
    ppo_signal,
    price,
    rsi,
    sma,
    stdev_price,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)

HOT = rsi("SPY", 10) > 79
words: Any = alchemiser.rules  # what a type checker would not let us say


def test_strings_stand_for_assets() -> None:
    assert when(HOT, "UVXY", "BIL") == when(HOT, asset("UVXY"), asset("BIL"))
    assert weight_equal("SPY", "AGG") == weight_equal(asset("SPY"), asset("AGG"))
    assert weight_specified((0.6, "SPY"), (0.4, "AGG")).items == (asset("SPY"), asset("AGG"))
    assert group("safe", "BIL") == group("safe", asset("BIL"))
    assert top(1, by=rsi(window=5), of=["SPY"]).candidates == (asset("SPY"),)


def test_comparison_keeps_both_sides_and_the_threshold_to_12_digits() -> None:
    condition = price("SPY") >= sma("SPY", 200)

    assert condition == Compare(
        Metric(MeasureKind.PRICE, Symbol("SPY"), ()),
        Comparison.AT_LEAST,
        Metric(MeasureKind.SMA, Symbol("SPY"), (200,)),
    )
    assert (rsi("SPY", 10) < 0.1 + 0.2).right == Decimal("0.3")
    assert (rsi("SPY", 10) <= Decimal("31.5")).right == Decimal("31.5")


def test_number_on_the_left_turns_the_comparison_round() -> None:
    assert (79 < rsi("SPY", 10)) == (rsi("SPY", 10) > 79)  # noqa: SIM300 - that is the point


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        (price("SPY"), "price(SPY)"),
        (sma("SPY", 200), "SMA(SPY, 200)"),
        (ema("SPY", 12), "EMA(SPY, 12)"),
        (rsi("SPY", 10), "RSI(SPY, 10)"),
        (moving_average_return("SPY", 90), "mean return(SPY, 90)"),
        (cumulative_return("SPY", 60), "return(SPY, 60)"),
        (stdev_return("SPY", 6), "volatility(SPY, 6)"),
        (stdev_price("SPY", 6), "price deviation(SPY, 6)"),
        (max_drawdown("SPY", 60), "drawdown(SPY, 60)"),
        (atr("SPY", 14), "ATR(SPY, 14)"),
        (ppo("SPY", 12, 26), "PPO(SPY, 12, 26)"),
        (ppo_signal("SPY", 12, 26, 9), "PPO signal(SPY, 12, 26, 9)"),
        (rsi(window=10), "RSI(10)"),
        (price(), "price"),
    ],
)
def test_metric_reads_as_words(metric: Metric, text: str) -> None:
    assert metric.text() == text


def test_window_left_out_is_the_usual_one() -> None:
    usual = {
        "price": (), "sma": (200,), "ema": (12,), "rsi": (14,), "moving_average_return": (21,),
        "cumulative_return": (60,), "stdev_return": (6,), "stdev_price": (6,),
        "max_drawdown": (60,), "atr": (14,), "ppo": (12, 26), "ppo_signal": (12, 26, 9),
        "correlation": (60,), "trend": (50, 200), "volatility_state": (20, 252),
        "correlation_state": (60,), "liquidity_state": (20, 252),
    }  # fmt: skip
    adaptive = {MeasureKind.ZSCORE, MeasureKind.PERCENTILE}

    words = {kind: getattr(alchemiser.rules, kind) for kind in MeasureKind}
    assert {kind: words[kind]().windows for kind in set(words) - adaptive} == usual
    assert {words[kind](rsi()).windows for kind in adaptive} == {(252,)}


def test_equal_content_is_equal_and_hashes_alike_however_it_was_built() -> None:
    def build(name: str) -> When:
        return when(HOT, weight_equal("UVXY", group(name, "BTAL")), top(2, by=rsi(), of=["A", "B"]))

    assert build("hedge") == build("hedge")
    assert hash(build("hedge")) == hash(build("hedge"))
    assert build("hedge") != build("cover")
    assert build("hedge") != "hedge"
    assert len({build("hedge"), build("hedge"), build("cover")}) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (weight_equal("A", "B"), weight_equal("B", "A")),
        (top(1, by=rsi(window=5), of=["A", "B"]), bottom(1, by=rsi(window=5), of=["A", "B"])),
        (top(1, by=rsi(window=5), of=["A", "B"]), top(2, by=rsi(window=5), of=["A", "B"])),
        (top(1, by=rsi(window=5), of=["A", "B"]), top(1, by=rsi(window=6), of=["A", "B"])),
        (when(HOT, "A", "B"), when(rsi("SPY", 10) >= 79, "A", "B")),
        (when(HOT, "A", "B"), when(HOT, "B", "A")),
        (when(and_(HOT), "A", "B"), when(or_(HOT), "A", "B")),
        (weight_inverse_volatility(5, "A", "B"), weight_inverse_volatility(6, "A", "B")),
    ],
)
def test_different_meaning_is_different(one: When, other: When) -> None:
    assert one != other
    assert content_hash(one) != content_hash(other)


def test_ranking_counts_a_bare_symbol_once_but_keeps_equal_groups_apart() -> None:
    wrapped = group("again", "SPY")

    ranking = top(2, by=rsi(window=5), of=["SPY", wrapped, "AGG", "SPY", wrapped])

    assert ranking.candidates == (asset("SPY"), wrapped, asset("AGG"), wrapped)


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        asset("SPY").name = Symbol("QQQ")  # type: ignore[misc]


def test_term_holds_nothing_that_cannot_be_compared_by_content() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Loose(Term):
        content: float

    with pytest.raises(TypeError, match="cannot hold"):
        Loose(2.5)


def test_condition_is_no_python_truth() -> None:
    with pytest.raises(InvalidValueError, match="and_, or_ and not_"):
        bool(HOT)
    with pytest.raises(InvalidValueError, match="and_, or_ and not_"):
        _ = 30 < rsi("SPY", 10) < 79


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: asset("spy"), "ticker"),
        (lambda: rsi("spy", 10), "ticker"),
        (lambda: words.rsi(10), r"inside a ranking write rsi\(window=10\)"),
        (lambda: rsi("SPY", 0), "at least 1, not 0"),
        (lambda: words.rsi("SPY", 10.0), "whole number of at least 1, not 10.0"),
        (lambda: rsi("SPY", True), "whole number"),  # noqa: FBT003
        (lambda: stdev_return("SPY", 1), "at least 2, not 1"),
        (lambda: Metric(MeasureKind.RSI, None, ()), "takes 1 windows"),
        (lambda: rsi(window=10) > 50, r'write rsi\("SPY", …\)'),
        (lambda: rsi("SPY", 10) > rsi(window=10), r'write rsi\("SPY", …\)'),
        (lambda: words.rsi("SPY", 10) > "79", "compared with a number"),
        (lambda: rsi("SPY", 10) > True, "compared with a number"),
        (lambda: words.rsi("SPY", 10).__gt__(math.nan), "finite"),
        (lambda: words.when(True, "A", "B"), "condition is wanted"),  # noqa: FBT003
        (lambda: words.when(rsi("A", 5) == 5, "A", "B"), "condition is wanted"),
        (lambda: words.when(HOT, ["A", "B"], "C"), "neither a node"),
        (lambda: when(HOT, each(top(1, by=rsi(), of=["A"])), "C"), "weight_equal"),
        (and_, "condition is wanted"),
        (lambda: words.or_(HOT, "SPY"), "condition is wanted"),
        (lambda: words.not_(79), "condition is wanted"),
        (weight_equal, "one or more"),
        (lambda: words.weight_equal(None), "neither a node"),
        (weight_specified, "one or more"),
        (lambda: weight_specified((0.5, "A"), (0.4, "B")), "sum to 1, not 0.9"),
        (lambda: weight_specified((0.5, "A"), (0.499998, "B")), "sum to 1"),
        (lambda: weight_specified((1.5, "A"), (-0.5, "B")), "above zero"),
        (lambda: weight_specified((1, "A"), (0, "B")), "above zero"),
        (lambda: weight_specified((1, each(top(1, by=rsi(), of=["A"])))), "one weight an item"),
        (lambda: weight_inverse_volatility(1, "A"), "at least 2, not 1"),
        (lambda: weight_inverse_volatility(14), "one or more"),
        (lambda: top(0, by=rsi(window=5), of=["A"]), "at least 1, not 0"),
        (lambda: top(1, by=rsi(window=5), of=[]), "one or more"),
        (lambda: top(1, by=rsi(window=5), of="AGG"), "not the text 'AGG'"),
        (lambda: top(1, by=rsi("SPY", 5), of=["A"]), "without a symbol"),
        (lambda: words.top(1, by=rsi, of=["A"]), "without a symbol"),
        (lambda: top(1, by=rsi(), of=[each(top(1, by=rsi(), of=["A"]))]), "single candidates"),
        (lambda: bottom(1, by=sma(), of=["A", weight_equal("B", "C")]), "of prices"),
        (lambda: words.each("SPY"), "what top"),
        (lambda: group("  ", "SPY"), "needs a name"),
        (lambda: group("list", each(top(1, by=rsi(), of=["A"]))), "weight_equal"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(build: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidValueError, match=sentence) as caught:
        build()

    assert str(caught.value).endswith(".")


def test_specified_weights_may_miss_one_by_a_millionth() -> None:
    tree = weight_specified((0.333333, "A"), (0.333333, "B"), (0.333333, "C"))

    assert tree.weights == (Decimal("0.333333"),) * 3


def test_dollars_may_rank_a_symbol_that_has_a_name() -> None:
    ranking = top(1, by=price(), of=[group("shares", "SPY"), "AGG"])

    assert isinstance(ranking, Ranking)


def test_kinds_are_what_they_are_called() -> None:
    assert isinstance(each(top(1, by=rsi(), of=["A"])), Each)
    assert isinstance(group("g", "A"), Group)
    assert isinstance(asset("A"), Asset)
    assert isinstance(weight_equal("A"), WeightEqual)


@pytest.mark.parametrize("module", [alchemiser.rules, alchemiser.plugins])
def test_public_names_are_listed_and_sorted(module: object) -> None:
    names = getattr(module, "__all__", [])

    assert names == sorted(names)
    assert all(hasattr(module, name) for name in names)


def test_plugins_offer_the_port_itself() -> None:
    assert alchemiser.plugins.Strategy is strategy_port.Strategy
    assert alchemiser.plugins.StrategySpec is strategy_port.StrategySpec
