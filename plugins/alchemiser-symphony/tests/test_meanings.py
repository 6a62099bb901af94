"""What every block of either form means in the rule language."""

import json
from decimal import Decimal

import pytest

from alchemiser.plugins import ImportedTree
from alchemiser.rules import (
    Condition,
    Metric,
    Node,
    and_,
    asset,
    bottom,
    choose,
    cumulative_return,
    ema,
    equals,
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
from alchemiser_symphony.exports import IGNORED
from alchemiser_symphony.reading import read
from tests.composed import Export
from tests.composed import asset as held

ZERO = Decimal(0)
HOT = rsi("SPY", 10) > 79
IF = '(if (> (rsi "SPY" {:window 10}) 79)'
A, B, C = '(asset "A" nil)', '(asset "B" "a name")', '(asset "C")'


def symphony(body: str, settings: str = "{}") -> ImportedTree:
    return read(f'(defsymphony "a name" {settings} {body})'.encode())


def meaning(body: str) -> Node:
    found = symphony(body)
    assert found.problems == ()
    assert found.tree is not None
    return found.tree


def export(*children: object, **root: object) -> ImportedTree:
    value = {"step": "root", "name": "a name", "rebalance": "daily", "children": children} | root
    return read(json.dumps(value).encode())


def exported(*children: object) -> Node:
    found = export(*children)
    assert found.problems == ()
    assert found.tree is not None
    return found.tree


@pytest.mark.parametrize(
    ("body", "node"),
    [
        (A, asset("A")),
        (C, asset("C")),
        ('(asset "BRK/B" nil)', asset("BRK.B")),
        (f"[{A}]", asset("A")),
        (f'(group "g" {A})', group("g", "A")),
        (f'(group "g" [{A}])', group("g", "A")),
        (f'(group " " [{A}])', asset("A")),
        (f"(weight-equal {A})", asset("A")),
        (f"(weight-equal [{A} {B}])", weight_equal("A", "B")),
        (f"(weight-equal {A} [{B}] [{A} {C}])", weight_equal("A", "B", "A", "C")),
        (
            f"(weight-equal [{A} (weight-equal [{B} {C}])])",
            weight_equal("A", weight_equal("B", "C")),
        ),
        (
            f"(weight-specified 0.75 {A} 0.25 [{B}])",
            weight_specified((0.75, "A"), (0.25, "B")),
        ),
        (
            f"(weight-specified 0.5 [{A} {B}] 0.5 {C})",
            weight_specified((0.5, weight_equal("A", "B")), (0.5, "C")),
        ),
        (f"(weight-specified 1 {A})", weight_specified((1, "A"))),
        (
            f"(weight-inverse-volatility 14 [{A} {B}])",
            weight_inverse_volatility(14, "A", "B"),
        ),
        (f"(weight-inverse-volatility 14 {A} {B})", weight_inverse_volatility(14, "A", "B")),
        (f"(weight-inverse-volatility 14 [{A}])", asset("A")),
        (
            f"(weight-inverse-volatility 90 [(filter (rsi) (select-top 2) [{A} {B} {C}])])",
            top(2, by=rsi(window=14), of=["A", "B", "C"]),
        ),
        (
            f"(filter (rsi {{:window 10}}) (select-top 2) [{A} {B} {C}])",
            top(2, by=rsi(window=10), of=["A", "B", "C"]),
        ),
        (
            f"(filter (rsi {{:window 10}}) (select-bottom 1) [{A} {A} {B}])",
            bottom(1, by=rsi(window=10), of=["A", "B"]),
        ),
        (
            f"(filter (rsi {{:window 10}}) [{A} {B} {C}])",
            top(3, by=rsi(window=10), of=["A", "B", "C"]),
        ),
        (
            f'(filter (stdev-return) (select-top 1) [(group "g" [{A}]) (weight-equal [{B} {C}])])',
            top(1, by=stdev_return(window=6), of=[group("g", "A"), weight_equal("B", "C")]),
        ),
        (f"{IF} [{A}] [{B}])", when(HOT, "A", "B")),
        (f"{IF} {A} {B})", when(HOT, "A", "B")),
        (f"(weight-equal [{IF} [{A}] [{B}])])", when(HOT, "A", "B")),
    ],
)
def test_each_operator_means_a_node(body: str, node: Node) -> None:
    assert meaning(body) == node


@pytest.mark.parametrize(
    ("body", "node"),
    [
        (f"(weight-equal [{IF} [{A} {B}] [{C}])])", when(HOT, weight_equal("A", "B"), "C")),
        (
            f"(weight-equal [{A} {IF} [{A} {B}] [{C}])])",
            weight_equal("A", choose(HOT, ["A", "B"], ["C"])),
        ),
        (f"(weight-equal [{A} {IF} [{B}] [{C}])])", weight_equal("A", when(HOT, "B", "C"))),
        (
            f"(weight-equal [{A} {IF} [{IF} [{A} {B}] [{C}])] [{C}])])",
            weight_equal("A", choose(HOT, [choose(HOT, ["A", "B"], ["C"])], ["C"])),
        ),
        (
            f"(weight-equal [{IF} [{IF} [{A} {B}] [{C}]) {C}] [{C}])])",
            when(HOT, weight_equal(choose(HOT, ["A", "B"], ["C"]), "C"), "C"),
        ),
        (
            f"(weight-specified 0.5 {IF} [{A} {B}] [{C}]) 0.5 {C})",
            weight_specified((0.5, when(HOT, weight_equal("A", "B"), "C")), (0.5, "C")),
        ),
        (
            f"(weight-inverse-volatility 14 [{A} {IF} [{B}] [{C}])])",
            weight_inverse_volatility(14, "A", choose(HOT, ["B"], ["C"])),
        ),
        (
            f"(weight-inverse-volatility 14 [{IF} [{A} {B}] [{C}])])",
            weight_inverse_volatility(14, choose(HOT, ["A", "B"], ["C"])),
        ),
        (f"(weight-inverse-volatility 14 [{IF} [{A}] [{C}])])", when(HOT, "A", "C")),
        (
            f"(filter (rsi) (select-top 1) [{A} {IF} [{B}] [{C}])])",
            top(1, by=rsi(), of=["A", choose(HOT, ["B"], ["C"])]),
        ),
    ],
)
def test_items_of_a_branch_join_the_list_around_it(body: str, node: Node) -> None:
    assert meaning(body) == node


@pytest.mark.parametrize(
    ("measure", "metric"),
    [
        ('rsi "SPY"', rsi("SPY", 14)),
        ('rsi "SPY" {:window 2}', rsi("SPY", 2)),
        ('rsi "SPY" {:window 10.0}', rsi("SPY", 10)),
        ('rsi "SPY" {}', rsi("SPY", 14)),
        ('current-price "SPY"', price("SPY")),
        ('moving-average-price "SPY"', sma("SPY", 200)),
        ('moving-average-price "SPY" {:window 20}', sma("SPY", 20)),
        ('exponential-moving-average-price "SPY"', ema("SPY", 12)),
        ('exponential-moving-average-price "SPY" {:window 8}', ema("SPY", 8)),
        ('moving-average-return "SPY"', moving_average_return("SPY", 21)),
        ('moving-average-return "SPY" {:window 90}', moving_average_return("SPY", 90)),
        ('cumulative-return "SPY"', cumulative_return("SPY", 60)),
        ('cumulative-return "SPY" {:window 1}', cumulative_return("SPY", 1)),
        ('stdev-return "SPY"', stdev_return("SPY", 6)),
        ('stdev-return "SPY" {:window 105}', stdev_return("SPY", 105)),
        ('stdev-price "SPY"', stdev_price("SPY", 6)),
        ('stdev-price "SPY" {:window 14}', stdev_price("SPY", 14)),
        ('max-drawdown "SPY"', max_drawdown("SPY", 60)),
        ('max-drawdown "SPY" {:window 250}', max_drawdown("SPY", 250)),
        ('percentage-price-oscillator "SPY"', ppo("SPY", 12, 26)),
        ('percentage-price-oscillator "SPY" {:long-window 30}', ppo("SPY", 12, 30)),
        ('percentage-price-oscillator-signal "SPY"', ppo_signal("SPY", 12, 26, 9)),
        (
            'percentage-price-oscillator-signal "SPY" {:smooth-window 5 :short-window 3}',
            ppo_signal("SPY", 3, 26, 5),
        ),
    ],
)
def test_each_measure_has_its_window_or_the_usual_one(measure: str, metric: Metric) -> None:
    expected = when(metric > 1, "A", "B")

    assert meaning(f"(if (> ({measure}) 1) [{A}] [{B}])") == expected


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ('(> (rsi "SPY") 79)', rsi("SPY") > 79),
        ('(< (rsi "SPY") -0.5)', rsi("SPY") < -0.5),
        ('(>= (rsi "SPY") 62.1995)', rsi("SPY") >= Decimal("62.1995")),
        ('(<= (rsi "SPY") 5)', rsi("SPY") <= 5),
        ('(= (rsi "SPY") 50)', equals(rsi("SPY"), 50)),
        ('(= (rsi "SPY") (rsi "QQQ"))', equals(rsi("SPY"), rsi("QQQ"))),
        ('(> (rsi "SPY") (rsi "QQQ" {:window 5}))', rsi("SPY") > rsi("QQQ", 5)),
        ('(> 79 (rsi "SPY"))', rsi("SPY") < 79),
        ('(<= 5 (rsi "SPY"))', rsi("SPY") >= 5),
        ('(= 50 (rsi "SPY"))', equals(rsi("SPY"), 50)),
    ],
)
def test_each_comparison_means_a_condition(asked: str, condition: Condition) -> None:
    assert meaning(f"(if {asked} [{A}] [{B}])") == when(condition, "A", "B")


@pytest.mark.parametrize(
    ("settings", "frequency", "threshold"),
    [
        ("{}", "daily", ZERO),
        ('{:asset-class "EQUITIES"}', "daily", ZERO),
        ('{:asset-class "EQUITIES", :rebalance-frequency :weekly}', "weekly", ZERO),
        ('{:rebalance-frequency "monthly"}', "monthly", ZERO),
        ("{:rebalance-frequency :quarterly}", "quarterly", ZERO),
        ("{:rebalance-frequency :yearly}", "yearly", ZERO),
        ("{:rebalance-threshold 0.05}", "daily", Decimal("0.05")),
        ("{:rebalance-frequency :none :rebalance-threshold 0.1}", "daily", Decimal("0.1")),
        ("{:rebalance-frequency :weekly :rebalance-threshold 0.1}", "weekly", Decimal("0.1")),
    ],
)
def test_settings_say_when_it_trades(settings: str, frequency: str, threshold: Decimal) -> None:
    found = symphony(A, settings)

    assert (found.name, found.tree, found.problems) == ("a name", asset("A"), ())
    assert (found.rebalance.frequency, found.rebalance.threshold) == (frequency, threshold)


def test_blocks_are_counted_by_kind() -> None:
    found = symphony(f'(weight-equal [{IF} [{A}] [(group "g" [{B}])]) {A}])')

    assert dict(found.blocks) == {
        ">": 1, "asset": 3, "defsymphony": 1, "group": 1, "if": 1, "rsi": 1, "weight-equal": 1,
    }  # fmt: skip


def branch(*children: object, **asked: object) -> Export:
    return {"step": "if-child", "is-else-condition?": False, "children": children} | asked


def otherwise(*children: object) -> Export:
    return {"step": "if-child", "is-else-condition?": True, "children": children}


def decision(**asked: object) -> Export:
    return {"step": "if", "children": [branch(held("A"), **asked), otherwise(held("B"))]}


FLAT: Export = {
    "lhs-fn": "relative-strength-index", "lhs-fn-params": {"window": 10}, "lhs-val": "SPY",
    "comparator": "gt", "rhs-fixed-value?": True, "rhs-val": "79",
}  # fmt: skip
RSI: Export = {"fn": "relative-strength-index", "ticker": "SPY", "params": {"window": 10}}


def binary(name: str = "SPY", above: object = 79) -> Export:
    return {
        "condition-type": "binary", "lhs": RSI | {"ticker": name}, "comparator": "gt",
        "rhs": {"constant": above},
    }  # fmt: skip


def each_of(operator: str, *tickers: str) -> Export:
    return {
        "condition-type": "binary-compound", "operator": operator, "tickers": list(tickers),
        "lhs": RSI | {"ticker": "%"}, "comparator": "gt", "rhs": {"constant": 79},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("block", "node"),
    [
        (held("A"), asset("A")),
        (held("A", children=[], price=1.5, dollar_volume=2, has_marketcap=True), asset("A")),
        (held("EQUITIES::BRK/B//USD"), asset("BRK.B")),
        ({"step": "group", "name": "g", "children": [held("A")]}, group("g", "A")),
        ({"step": "group", "children": [held("A")]}, asset("A")),
        ({"step": "group", "name": None, "children": [held("A")]}, asset("A")),
        ({"step": "wt-cash-equal", "children": [held("A")]}, asset("A")),
        (
            {"step": "wt-cash-equal", "children": [held("A"), held("B", weight={"num": 7})]},
            weight_equal("A", "B"),
        ),
        (
            {
                "step": "wt-cash-specified",
                "children": [
                    held("A", weight={"num": "60", "den": "100"}),
                    held("B", weight={"num": 40, "den": 100}),
                ],
            },
            weight_specified((0.6, "A"), (0.4, "B")),
        ),
        (
            {
                "step": "wt-cash-specified",
                "children": [
                    held("A", weight={"num": 1, "den": 3}),
                    held("B", weight={"num": "66.66666667", "den": 100}),
                ],
            },
            weight_specified((1 / 3, "A"), (0.6666666667, "B")),
        ),
        (
            {"step": "wt-inverse-vol", "window-days": "20", "children": [held("A"), held("B")]},
            weight_inverse_volatility(20, "A", "B"),
        ),
        (
            {
                "step": "filter", "select?": True, "select-fn": "top", "select-n": "2",
                "sort-by?": True, "sort-by-fn": "cumulative-return",
                "sort-by-fn-params": {"window": 30}, "children": [held("A"), held("B"), held("C")],
            },
            top(2, by=cumulative_return(window=30), of=["A", "B", "C"]),
        ),
        (
            {
                "step": "filter", "select-fn": "bottom", "select-n": 1,
                "sort-by-fn": "standard-deviation-return", "sort-by-window-days": "6",
                "children": [held("A"), held("B")],
            },
            bottom(1, by=stdev_return(window=6), of=["A", "B"]),
        ),
        (decision(**FLAT), when(HOT, "A", "B")),
        (
            {"step": "if", "children": [otherwise(held("B")), branch(held("A"), **FLAT)]},
            when(HOT, "A", "B"),
        ),
    ],
)  # fmt: skip
def test_each_step_means_a_node(block: Export, node: Node) -> None:
    assert exported(block) == node


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("relative-strength-index", rsi("SPY", 30)),
        ("moving-average-price", sma("SPY", 30)),
        ("exponential-moving-average-price", ema("SPY", 30)),
        ("moving-average-return", moving_average_return("SPY", 30)),
        ("cumulative-return", cumulative_return("SPY", 30)),
        ("standard-deviation-return", stdev_return("SPY", 30)),
        ("standard-deviation-price", stdev_price("SPY", 30)),
        ("max-drawdown", max_drawdown("SPY", 30)),
        ("current-price", price("SPY")),
    ],
)
@pytest.mark.parametrize(
    "window",
    [
        {"lhs-fn-params": {"window": 30}},
        {"lhs-window-days": "30", "lhs-fn-params": {}},
        {"lhs-window-days": 30, "lhs-fn-params": None},
        {"lhs-window-days": "30", "lhs-fn-params": {"window": 30}},
        {"lhs-window-days": "", "lhs-fn-params": {"window": "30"}},
    ],
)
def test_each_function_is_measured_over_its_window(
    name: str, metric: Metric, window: Export
) -> None:
    block = decision(**FLAT | {"lhs-fn": name} | window)

    assert exported(block) == when(metric > 79, "A", "B")


def test_the_oscillators_take_windows_of_their_own() -> None:
    windows = {"short-window": 3, "long-window": "20"}
    line = FLAT | {"lhs-fn": "percentage-price-oscillator", "lhs-fn-params": windows}
    smooth = FLAT | {
        "lhs-fn": "percentage-price-oscillator-signal",
        "lhs-fn-params": windows | {"smooth-window": 9},
    }

    assert exported(decision(**line)) == when(ppo("SPY", 3, 20) > 79, "A", "B")
    assert exported(decision(**smooth)) == when(ppo_signal("SPY", 3, 20, 9) > 79, "A", "B")


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"comparator": "lt"}, rsi("SPY", 10) < 79),
        ({"comparator": "gte"}, rsi("SPY", 10) >= 79),
        ({"comparator": "lte"}, rsi("SPY", 10) <= 79),
        ({"comparator": "eq"}, equals(rsi("SPY", 10), 79)),
        ({"rhs-val": 79}, HOT),
        ({"rhs-val": "-0.15"}, rsi("SPY", 10) > -0.15),
        ({"rhs-fixed-value?": None}, HOT),
        ({"rhs-fn": "current-price"}, HOT),
        (
            {"rhs-fixed-value?": False, "rhs-val": "QQQ", "rhs-fn": "relative-strength-index",
             "rhs-fn-params": {"window": 5}},
            rsi("SPY", 10) > rsi("QQQ", 5),
        ),
        (
            {"rhs-fixed-value?": None, "rhs-val": "EQUITIES::QQQ//USD", "rhs-fn": "current-price"},
            rsi("SPY", 10) > price("QQQ"),
        ),
    ],
)  # fmt: skip
def test_each_comparison_of_a_branch_means_a_condition(asked: Export, condition: Condition) -> None:
    assert exported(decision(**FLAT | asked)) == when(condition, "A", "B")


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        (binary(), HOT),
        (binary(above="79.0"), HOT),
        (binary("EQUITIES::SPY//USD"), HOT),
        (
            binary() | {"rhs": RSI | {"ticker": "QQQ"}, "comparator": "lte"},
            rsi("SPY", 10) <= rsi("QQQ", 10),
        ),
        (
            {"condition-type": "compound", "operator": "any",
             "conditions": [binary(), binary("QQQ", 80)]},
            or_(HOT, rsi("QQQ", 10) > 80),
        ),
        (
            {"condition-type": "compound", "operator": "all",
             "conditions": [binary(), binary("QQQ", 80)]},
            and_(HOT, rsi("QQQ", 10) > 80),
        ),
        ({"condition-type": "compound", "operator": "all", "conditions": [binary()]}, HOT),
        (each_of("any", "VTV", "XLP"), or_(rsi("VTV", 10) > 79, rsi("XLP", 10) > 79)),
        (each_of("all", "VTV", "XLP"), and_(rsi("VTV", 10) > 79, rsi("XLP", 10) > 79)),
        (each_of("any", "SPY"), HOT),
        (
            each_of("any", "VTV", "XLP") | {"rhs": RSI},
            or_(rsi("VTV", 10) > rsi("SPY", 10), rsi("XLP", 10) > rsi("SPY", 10)),
        ),
        (
            {"condition-type": "compound", "operator": "all", "conditions": [
                {"condition-type": "compound", "operator": "any",
                 "conditions": [binary("QQQ"), each_of("all", "VTV", "XLP")]},
                binary(),
            ]},
            and_(or_(rsi("QQQ", 10) > 79, and_(rsi("VTV", 10) > 79, rsi("XLP", 10) > 79)), HOT),
        ),
    ],
)  # fmt: skip
def test_conditions_of_their_own_are_joined_by_any_and_all(
    asked: Export, condition: Condition
) -> None:
    assert exported(decision(condition=asked)) == when(condition, "A", "B")


def test_condition_of_its_own_says_more_than_the_keys_beside_it() -> None:
    """Editors repeat the last comparison of a condition among the keys of its branch."""
    stale = FLAT | {"lhs-val": "XLF", "rhs-val": "1"}

    assert exported(decision(condition=binary(), **stale)) == when(HOT, "A", "B")


@pytest.mark.parametrize(
    ("root", "frequency", "threshold"),
    [
        ({}, "daily", ZERO),
        ({"rebalance": None}, "daily", ZERO),
        ({"rebalance": "weekly", "rebalance-corridor-width": None}, "weekly", ZERO),
        ({"rebalance": "monthly"}, "monthly", ZERO),
        ({"rebalance": "quarterly"}, "quarterly", ZERO),
        ({"rebalance": "yearly", "asset_class": "EQUITIES"}, "yearly", ZERO),
        ({"rebalance": "none", "rebalance-corridor-width": 0.05}, "daily", Decimal("0.05")),
        ({"rebalance": "none", "rebalance-corridor-width": "0.1"}, "daily", Decimal("0.1")),
        ({"rebalance": "weekly", "rebalance-corridor-width": 0.1}, "weekly", Decimal("0.1")),
        ({"asset_classes": ["EQUITIES"]}, "daily", ZERO),
    ],
)
def test_root_says_when_it_trades(root: Export, frequency: str, threshold: Decimal) -> None:
    found = export(held("A"), **root)

    assert (found.name, found.tree, found.problems) == ("a name", asset("A"), ())
    assert (found.rebalance.frequency, found.rebalance.threshold) == (frequency, threshold)


@pytest.mark.parametrize("key", sorted(IGNORED))
def test_keys_that_say_nothing_are_passed_over_in_every_spelling(key: str) -> None:
    for spelt in (key, f"{key}?", key.replace("-", "_"), f"{key.replace('-', '_')}?"):
        noise = {spelt: "EQUITIES", "name": "n"}
        block = {"step": "group", "children": [held("A", **noise)]} | noise

        assert exported(block) == group("n", "A")


def test_blocks_of_an_export_are_counted_by_kind() -> None:
    found = export(decision(**FLAT))

    assert dict(found.blocks) == {
        "asset": 2, "gt": 1, "if": 1, "relative-strength-index": 1, "root": 1,
    }  # fmt: skip
