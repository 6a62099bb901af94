"""Everything that is refused, with its exact place: nothing is guessed."""

import json

import pytest

from alchemiser.plugins import ImportedTree, Problem
from alchemiser_symphony.reading import BYTES_MAX, read
from tests.composed import Export
from tests.composed import asset as held

Found = tuple[str, str, str]


def symphony(body: str, settings: str = "{}") -> ImportedTree:
    """Return what is read of a symphony whose body stands on the second line."""
    return read(f'(defsymphony "s" {settings}\n{body})'.encode())


def complaints(found: ImportedTree) -> list[Found]:
    assert found.tree is None
    return [(one.place, one.block, one.reason) for one in found.problems]


A = '(asset "A")'


@pytest.mark.parametrize(
    ("body", "place", "block", "reason"),
    [
        # What a holding may be.
        ("(frobnicate 1)", "2:1", "frobnicate", "the operator frobnicate is unknown"),
        ("(and 1 2)", "2:1", "and", "the operator and is unknown"),
        ("(let [x 1] x)", "2:1", "let", "the operator let is unknown"),
        ("(+ 1 2)", "2:1", "+", "the operator + is unknown"),
        ("(ma 1)", "2:1", "ma", "the operator ma has no meaning"),
        ("(volatility 1)", "2:1", "volatility", "the operator volatility has no meaning"),
        ("(weight-marketcap 1)", "2:1", "weight-marketcap", "the operator weight-marketcap is unk"),
        ('(rsi "A")', "2:1", "rsi", "rsi stands where something to hold is expected"),
        ("(> 1 2)", "2:1", ">", "> stands where something to hold is expected"),
        ("(select-top 1)", "2:1", "select-top", "select-top stands where something to hold"),
        ("(defsymphony 1)", "2:1", "defsymphony", "the operator defsymphony is unknown"),
        ("()", "2:1", "a call in ( )", "a call in ( ) stands where something to hold"),
        ('("A")', "2:1", "a call in ( )", "a call in ( ) stands where something to hold"),
        ('"A"', "2:1", '"A"', "a text stands where something to hold is expected"),
        ("12", "2:1", "12", "a number stands where something to hold is expected"),
        ("nil", "2:1", "nil", "a symbol stands where something to hold is expected"),
        (":a", "2:1", ":a", "a keyword stands where something to hold is expected"),
        ("{:a 1}", "2:1", "a map in { }", "a map in { } stands where something to hold"),
        (f"(weight-equal [[{A}]])", "2:16", "a list in [ ]", "a list directly inside a list"),
        (f'(if (> (rsi "A") 1) [[{A}]] [{A}])', "2:22", "a list in [ ]", "a list directly ins"),
        # asset
        ("(asset)", "2:1", "asset", "no arguments are given: it takes a ticker"),
        ('(asset "A" nil nil)', "2:1", "asset", "3 arguments are given: it takes a ticker"),
        ("(asset A)", "2:8", "asset", "the ticker is a text in quotes"),
        ('(asset "A\\q")', "2:8", "asset", "the ticker has an escape of no meaning"),
        ('(asset "A" none)', "2:12", "asset", "the name is a text in quotes"),
        ('(asset "A" "\\q")', "2:12", "asset", "the name has an escape of no meaning"),
        ('(asset "spy")', "2:1", "asset", "'spy' is not a ticker symbol"),
        ('(asset "^VIX")', "2:1", "asset", "'^VIX' is not a ticker symbol"),
        ('(asset "ABCDEFGHIJK")', "2:1", "asset", "'ABCDEFGHIJK' is not a ticker symbol"),
        # group
        ('(group "g")', "2:1", "group", "1 argument is given: it takes a name and one body"),
        (f'(group "g" {A} {A})', "2:1", "group", "3 arguments are given: it takes a name and one"),
        (f"(group g {A})", "2:8", "group", "the name is a text in quotes"),
        ('(group "g" [])', "2:1", "group", "it holds nothing"),
        (f'(group "g" [{A} {A}])', "2:1", "group", "its body is a list of several"),
        (
            f'(group "g" [(if (> (rsi "A") 1) [{A} {A}] [{A}])])',
            "2:1", "group", "its body is a list of several",
        ),
        # weights
        ("(weight-equal)", "2:1", "weight-equal", "it holds nothing"),
        ("(weight-equal [])", "2:1", "weight-equal", "it holds nothing"),
        ("(weight-specified)", "2:1", "weight-specified", "no arguments are given: it takes a w"),
        ("(weight-specified 1)", "2:1", "weight-specified", "1 arguments are given"),
        (f"(weight-specified 0.5 {A} 0.5)", "2:1", "weight-specified", "3 arguments are given"),
        (f'(weight-specified "1" {A})', "2:19", "weight-specified", "a weight is a number"),
        ("(weight-specified 1 [])", "2:1", "weight-specified", "it holds nothing"),
        (
            f"(weight-specified 0.5 {A} 0.4 {A})",
            "2:1", "weight-specified", "specified weights must sum to 1, not 0.9",
        ),
        (
            f"(weight-specified 0.5 {A} 0.500002 {A})",
            "2:1", "weight-specified", "specified weights must sum to 1, not 1.000002",
        ),
        (
            f"(weight-specified 1.5 {A} -0.5 {A})",
            "2:1", "weight-specified", "a specified weight must be above zero, not -0.5",
        ),
        (
            f"(weight-specified 1 {A} 0 {A})",
            "2:1", "weight-specified", "a specified weight must be above zero, not 0",
        ),
        (
            f"(weight-specified {'9' * 400} {A})",
            "2:1", "weight-specified", "a measured value must be a finite number",
        ),
        (
            "(weight-inverse-volatility 10)",
            "2:1", "weight-inverse-volatility", "1 argument is given: it takes a window and what",
        ),
        (
            f'(weight-inverse-volatility "10" [{A}])',
            "2:28", "weight-inverse-volatility", "the window is a number",
        ),
        (
            f"(weight-inverse-volatility 1 [{A}])",
            "2:28", "weight-inverse-volatility", "the window is a whole number from 2 to 10000, n",
        ),
        (
            f"(weight-inverse-volatility 9.5 [{A}])",
            "2:28", "weight-inverse-volatility", "the window is a whole number from 2 to 10000, n",
        ),
        (
            "(weight-inverse-volatility 10 [])",
            "2:1", "weight-inverse-volatility", "it holds nothing",
        ),
        # filter
        ("(filter)", "2:1", "filter", "no arguments are given: it takes a measure"),
        ("(filter (rsi))", "2:1", "filter", "1 argument is given: it takes a measure"),
        (f"(filter (rsi) (select-top 1) 1 [{A}])", "2:1", "filter", "4 arguments are given"),
        ("(filter (rsi) (select-top 1) [])", "2:1", "filter", "it holds nothing"),
        (f"(filter (rsi) (top 1) [{A}])", "2:15", "filter", "(select-top n) or (select-bottom n)"),
        (f"(filter (rsi) (select-top) [{A}])", "2:15", "filter", "(select-top n) or (select-bo"),
        (f"(filter (rsi) (select-top 1 2) [{A}])", "2:15", "filter", "(select-top n) or (select"),
        (f"(filter (rsi) 1 [{A}])", "2:15", "filter", "(select-top n) or (select-bottom n) is exp"),
        (f"(filter (rsi) (select-top 0) [{A}])", "2:27", "filter", "the count is a whole number"),
        (f"(filter (rsi) (select-top 1.5) [{A}])", "2:27", "filter", "the count is a whole number"),
        (f'(filter (rsi) (select-top "1") [{A}])', "2:27", "filter", "the count is a number"),
        (f"(filter (ma) (select-top 1) [{A}])", "2:9", "ma", "the operator ma has no meaning"),
        (f"(filter {A} (select-top 1) [{A}])", "2:9", "asset", "asset stands where a measure is"),
        (f"(filter rsi (select-top 1) [{A}])", "2:9", "rsi", "a symbol stands where a measure is"),
        (
            f'(filter (rsi "A") (select-top 1) [{A}])',
            "2:14", "rsi", "a map of keywords and values in { } is expected",
        ),
        (
            f'(filter (rsi "A" {{:window 10}}) (select-top 1) [{A}])',
            "2:9", "rsi", "2 arguments are given: it takes at most a map of windows",
        ),
        (
            f'(filter (current-price) (select-top 1) [(group "g" [(weight-equal [{A} {A}])])])',
            "2:1", "filter", "price is of prices, so it ranks single symbols only",
        ),
        # if
        ("(if)", "2:1", "if", "no arguments are given: it takes a test and two branches"),
        (f'(if (> (rsi "A") 1) [{A}])', "2:1", "if", "2 arguments are given: it takes a test"),
        (f'(if (> (rsi "A") 1) [{A}] [{A}] [{A}])', "2:1", "if", "4 arguments are given: it takes"),
        (f'(if (> (rsi "A") 1) [] [{A}])', "2:1", "if", "its first branch holds nothing"),
        (f'(if (> (rsi "A") 1) [{A}] [])', "2:1", "if", "its second branch holds nothing"),
        (f"(if true [{A}] [{A}])", "2:5", "true", "a symbol stands where a comparison is expected"),
        (f"(if {A} [{A}] [{A}])", "2:5", "asset", "asset stands where a comparison is expected"),
        (f'(if (rsi "A") [{A}] [{A}])', "2:5", "rsi", "rsi stands where a comparison is expected"),
        (f"(if (or 1) [{A}] [{A}])", "2:5", "or", "the operator or is unknown"),
        # comparisons
        (f"(if (>) [{A}] [{A}])", "2:5", ">", "no arguments are given: it takes two sides"),
        (f'(if (> (rsi "A")) [{A}] [{A}])', "2:5", ">", "1 argument is given: it takes two sides"),
        (f'(if (> (rsi "A") 1 2) [{A}] [{A}])', "2:5", ">", "3 arguments are given: it takes two"),
        (f"(if (> 1 2) [{A}] [{A}])", "2:5", ">", "two numbers are compared"),
        (f'(if (> (rsi "A") "1") [{A}] [{A}])', "2:18", '"1"', "a text stands where a measure or"),
        (f'(if (> (rsi "A") {A}) [{A}] [{A}])', "2:18", "asset", "asset stands where a measure or"),
        (f'(if (> (ma "A") 1) [{A}] [{A}])', "2:8", "ma", "the operator ma has no meaning"),
        (f'(if (> (abs "A") 1) [{A}] [{A}])', "2:8", "abs", "the operator abs is unknown"),
        (
            f'(if (> (rsi "A") {"9" * 400}) [{A}] [{A}])',
            "2:5", ">", "a measured value must be a finite number",
        ),
        # measures
        (f"(if (> (rsi) 1) [{A}] [{A}])", "2:8", "rsi", "no arguments are given: it takes a tick"),
        (f'(if (> (rsi "A" 10) 1) [{A}] [{A}])', "2:17", "rsi", "a map of keywords and values in"),
        (f'(if (> (rsi "A" {{}} 1) 1) [{A}] [{A}])', "2:8", "rsi", "3 arguments are given: it"),
        (f"(if (> (rsi A) 1) [{A}] [{A}])", "2:13", "rsi", "the ticker is a text in quotes"),
        (f'(if (> (rsi "a") 1) [{A}] [{A}])', "2:8", "rsi", "'a' is not a ticker symbol"),
        (
            f'(if (> (rsi "A" {{:window}}) 1) [{A}] [{A}])',
            "2:17", "rsi", "a map of keywords and values in { } is expected",
        ),
        (
            f'(if (> (rsi "A" {{"window" 10}}) 1) [{A}] [{A}])',
            "2:18", "rsi", "a map has keywords for keys, each once",
        ),
        (
            f'(if (> (rsi "A" {{:window 10 :window 9}}) 1) [{A}] [{A}])',
            "2:29", "rsi", "a map has keywords for keys, each once",
        ),
        (
            f'(if (> (rsi "A" {{:days 10}}) 1) [{A}] [{A}])',
            "2:18", "rsi", "rsi takes :window, not :days",
        ),
        (
            f'(if (> (current-price "A" {{:window 10}}) 1) [{A}] [{A}])',
            "2:28", "current-price", "current-price takes no window, not :window",
        ),
        (
            f'(if (> (rsi "A" {{:window "10"}}) 1) [{A}] [{A}])',
            "2:26", "rsi", ":window is a number",
        ),
        (
            f'(if (> (rsi "A" {{:window 0}}) 1) [{A}] [{A}])',
            "2:26", "rsi", ":window is a whole number from 1 to 10000, not 0",
        ),
        (
            f'(if (> (rsi "A" {{:window -3}}) 1) [{A}] [{A}])',
            "2:26", "rsi", ":window is a whole number from 1 to 10000, not -3",
        ),
        (
            f'(if (> (rsi "A" {{:window 10.5}}) 1) [{A}] [{A}])',
            "2:26", "rsi", ":window is a whole number from 1 to 10000, not 10.5",
        ),
        (
            f'(if (> (rsi "A" {{:window 10001}}) 1) [{A}] [{A}])',
            "2:26", "rsi", ":window is a whole number from 1 to 10000, not 10001",
        ),
        (
            f'(if (> (stdev-return "A" {{:window 1}}) 1) [{A}] [{A}])',
            "2:35", "stdev-return", ":window is a whole number from 2 to 10000, not 1",
        ),
        (
            f'(if (> (stdev-price "A" {{:window 1}}) 1) [{A}] [{A}])',
            "2:34", "stdev-price", ":window is a whole number from 2 to 10000, not 1",
        ),
        (
            f'(if (> (percentage-price-oscillator "A" {{:window 3}}) 1) [{A}] [{A}])',
            "2:42", "percentage-price-oscillator",
            "percentage-price-oscillator takes :short-window and :long-window, not :window",
        ),
    ],
)  # fmt: skip
def test_block_is_refused_at_its_place(body: str, place: str, block: str, reason: str) -> None:
    [found] = complaints(symphony(body))

    assert found[:2] == (place, block)
    assert found[2].startswith(reason)


@pytest.mark.parametrize(
    ("settings", "place", "reason"),
    [
        ("nil", "1:18", "a map of keywords and values in { } is expected"),
        ("{:a}", "1:18", "a map of keywords and values in { } is expected"),
        ("{:version 2}", "1:19", "the setting :version is unknown"),
        ("{:rebalance-frequency :hourly}", "1:18", "the frequency is one of daily, weekly, month"),
        ("{:rebalance-frequency 5}", "1:40", "the frequency, unless a keyword such as :daily, is"),
        ("{:rebalance-frequency :none}", "1:18", "it is never rebalanced"),
        ("{:rebalance-threshold 0}", "1:18", "the threshold is a fraction above 0 and below 1, n"),
        ("{:rebalance-threshold 5}", "1:18", "the threshold is a fraction above 0 and below 1, n"),
        ('{:rebalance-threshold "0.05"}', "1:40", "the threshold is a number"),
        ('{:asset-class "CRYPTO"}', "1:32", "only EQUITIES can be traded"),
        ("{:asset-class :equities}", "1:32", "the asset class is a text in quotes"),
    ],
)
def test_setting_is_refused_at_its_place(settings: str, place: str, reason: str) -> None:
    [found] = complaints(symphony(A, settings))

    assert found[:2] == (place, "defsymphony")
    assert found[2].startswith(reason)


@pytest.mark.parametrize(
    ("text", "place", "block", "reason"),
    [
        (f'(defsymphony "s" {{}} {A})\n{A}', "2:1", "defsymphony", "a symphony is one form, and"),
        (f'(defsymphony "s" {{}} {A}) 1 2', "1:34", "defsymphony", "a symphony is one form, and"),
        (f"; a\n{A}", "2:1", "asset", "a symphony begins with (defsymphony"),
        ("(println 1)", "1:1", "println", "a symphony begins with (defsymphony"),
        ("()", "1:1", "a call in ( )", "a symphony begins with (defsymphony"),
        ("(defsymphony)", "1:1", "defsymphony", "no arguments are given: it takes a name, a map"),
        ('(defsymphony "s" {})', "1:1", "defsymphony", "2 arguments are given: it takes a name"),
        (f'(defsymphony "s" {{}} {A} {A})', "1:1", "defsymphony", "4 arguments are given"),
        (f"(defsymphony s {{}} {A})", "1:14", "defsymphony", "the name is a text in quotes"),
        ('(defsymphony "s" {} [])', "1:1", "defsymphony", "its body is a list of several"),
        (f'(defsymphony "s" {{}} [{A} {A}])', "1:1", "defsymphony", "its body is a list of severa"),
        (
            f'(defsymphony "s" {{}} (if (> (rsi "A") 1) [{A} {A}] [{A}]))',
            "1:1", "defsymphony", "its body is a list of several",
        ),
        ('(defsymphony "s" {}\n (weight-equal', "2:2", "(", "this bracket is never closed"),
        ('(defsymphony "s" {} ]', "1:21", "]", "this bracket does not match the ( at 1:1"),
        ('(defsymphony "s', "1:14", '"', "a text begins here and never ends"),
        ("(defsymphony #a)", "1:14", "#", "nothing begins like this"),
        ("(" * 301, "1:301", "(", "brackets nest more than 300 levels here"),
        ('{"step": "root"', "1:16", "JSON", "this is no JSON (Expecting ',' delimiter)"),
        ('{\n"step": root}', "2:9", "JSON", "this is no JSON (Expecting value)"),
        ("{:step :root}", "1:2", "JSON", "this is no JSON (Expecting property name"),
        ('{"step": ' + "\n" + "[" * 640, "2:640", "[", "brackets nest more than 640 levels here"),
    ],
)  # fmt: skip
def test_file_is_refused_at_its_place(text: str, place: str, block: str, reason: str) -> None:
    [found] = complaints(read(text.encode()))

    assert found[:2] == (place, block)
    assert found[2].startswith(reason)


def test_check_finds_everything_block_by_block() -> None:
    found = symphony(
        """(weight-equal
          [(if (< (rsi "gld" {:window 0}) (ma 1)) [(asset "spy")])
           (frobnicate [(asset "x") (if 1 [] [])])
           (weight-specified 0.5 (asset "A") 0.4 (group "g" [(asset "b")]))])""",
        "{:rebalance-frequency :hourly}",
    )

    assert [(one.place, one.block) for one in found.problems] == [
        ("1:18", "defsymphony"),
        ("3:12", "if"),
        ("3:39", "rsi"),
        ("3:43", "ma"),
        ("3:52", "asset"),
        ("4:12", "frobnicate"),
        ("4:25", "asset"),
        ("4:37", "if"),
        ("4:41", "1"),
        ("5:62", "asset"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"hello",
        b"; only a comment\n",
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"a": 1}',
        b"\xff\xfe(",
        b"\x89PNG\r\n",
        b"(" * (BYTES_MAX + 1),
    ],
)
def test_what_is_no_symphony_at_all_is_told_so(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it (is|begins)|^its JSON"):
        read(content)


FLAT: Export = {
    "lhs-fn": "relative-strength-index", "lhs-fn-params": {"window": 10}, "lhs-val": "SPY",
    "comparator": "gt", "rhs-fixed-value?": True, "rhs-val": "79",
}  # fmt: skip
RSI: Export = {"fn": "relative-strength-index", "ticker": "SPY", "params": {"window": 10}}
BINARY: Export = {
    "condition-type": "binary", "lhs": RSI, "comparator": "gt", "rhs": {"constant": 79},
}  # fmt: skip
EACH: Export = BINARY | {
    "condition-type": "binary-compound", "operator": "any", "tickers": ["A"],
    "lhs": RSI | {"ticker": "%"},
}  # fmt: skip
BOTH: Export = {"condition-type": "compound", "operator": "any", "conditions": [BINARY]}
TOP: Export = {
    "step": "filter", "select-fn": "top", "select-n": 1, "sort-by-fn": "cumulative-return",
    "sort-by-fn-params": {"window": 30}, "children": [held("A"), held("B")],
}  # fmt: skip
FIRST = "$.children[0]"
BRANCH = f"{FIRST}.children[0]"


def without(block: Export, *keys: str) -> Export:
    return {key: value for key, value in block.items() if key not in keys}


def block(step: str, *children: object, **more: object) -> Export:
    return {"step": step, "children": list(children)} | more


def decision(first: Export | None = None, last: Export | None = None) -> Export:
    then = block("if-child", held("A"), **{"is-else-condition?": False}) | FLAT
    other = block("if-child", held("B"), **{"is-else-condition?": True})
    return block("if", then | (first or {}), other | (last or {}))


LAST = decision()["children"][1:]


def asking(condition: object) -> Export:
    return decision({"condition": condition})


def weighted(*weights: object) -> Export:
    children = [held("A") | {"weight": weight} for weight in weights]
    return block("wt-cash-specified", *children)


HALF = {"num": 50, "den": 100}


@pytest.mark.parametrize(
    ("child", "place", "kind", "reason"),
    [
        # steps
        ({"step": "wt-risk-parity"}, FIRST, "wt-risk-parity", "the step is unknown: 'wt-risk-par"),
        ({}, FIRST, "block", "the step is unknown: missing"),
        ({"step": 5}, FIRST, "block", "the step is unknown: 5"),
        (5, FIRST, "block", "the step is unknown: missing"),
        (None, FIRST, "block", "the step is unknown: missing"),
        ([], FIRST, "block", "the step is unknown: missing"),
        ({"step": "root"}, FIRST, "root", "the step is unknown: 'root'"),
        ({"step": "if-child"}, FIRST, "if-child", "the step is unknown: 'if-child'"),
        ({"step": "empty"}, FIRST, "empty", "an empty block holds nothing"),
        (block("wt-marketcap", held("A")), FIRST, "wt-marketcap", "weights by market value are no"),
        # keys
        (held("A", leverage=2), FIRST, "asset", "the key is unknown: leverage"),
        (held("A", leverage=2, short=1), FIRST, "asset", "the keys are unknown: leverage, short"),
        (block("group", held("A"), window=2), FIRST, "group", "the key is unknown: window"),
        (block("wt-cash-equal", held("A"), cap=1), FIRST, "wt-cash-equal", "the key is unknown: c"),
        (weighted(HALF, HALF) | {"cap": 1}, FIRST, "wt-cash-specified", "the key is unknown: cap"),
        (TOP | {"sort-by": 1}, FIRST, "filter", "the key is unknown: sort-by"),
        (decision() | {"n": 1}, FIRST, "if", "the key is unknown: n"),
        (decision({"lhs-days": 1}), BRANCH, "if", "the key is unknown: lhs-days"),
        # asset
        ({"step": "asset"}, FIRST, "asset", "its ticker is a ticker, not missing"),
        (held("spy"), FIRST, "asset", "'spy' is not a ticker symbol"),
        (held("CRYPTO::BTC//USD"), FIRST, "asset", "'CRYPTO::BTC//USD' is not a ticker symbol"),
        ({"step": "asset", "ticker": 5}, FIRST, "asset", "its ticker is a ticker, not 5"),
        (held("A", children=[held("B")]), FIRST, "asset", "an asset has no children"),
        # group
        (block("group", name="g"), FIRST, "group", "it holds nothing"),
        (block("group", held("A"), name=5), FIRST, "group", "its name is a text, not 5"),
        (block("group", held("A"), held("B"), name="g"), FIRST, "group", "its body is a list of"),
        # weights
        (block("wt-cash-equal"), FIRST, "wt-cash-equal", "it holds nothing"),
        ({"step": "wt-cash-equal"}, FIRST, "wt-cash-equal", "it holds nothing"),
        ({"step": "wt-cash-equal", "children": 5}, FIRST, "wt-cash-equal", "it holds nothing"),
        (block("wt-cash-specified"), FIRST, "wt-cash-specified", "it holds nothing"),
        (weighted(None), BRANCH, "wt-cash-specified", "its weight is a num and a den, not missing"),
        (weighted(0.5), BRANCH, "wt-cash-specified", "its weight is a num and a den, not 0.5"),
        (weighted({"num": 1}), BRANCH, "wt-cash-specified", "its weight is a num and a den, not a"),
        (weighted({"num": 1, "den": 0}), BRANCH, "wt-cash-specified", "its weight is no fraction"),
        (weighted({"num": "x", "den": 1}), BRANCH, "wt-cash-specified", "its weight is no fractio"),
        (weighted(HALF), FIRST, "wt-cash-specified", "specified weights must sum to 1, not 0.5"),
        (weighted({"num": 0, "den": 1}), FIRST, "wt-cash-specified", "a specified weight must be "),
        (
            weighted({"num": "33.33", "den": "100"}, HALF),
            FIRST, "wt-cash-specified", "specified weights must sum to 1, not 0.8333",
        ),
        (block("wt-inverse-vol", held("A")), FIRST, "wt-inverse-vol", "its window-days is a whole"),
        (
            block("wt-inverse-vol", held("A"), **{"window-days": 1}),
            FIRST, "wt-inverse-vol", "its window-days is a whole number from 2 to 10000, not 1",
        ),
        (
            block("wt-inverse-vol", **{"window-days": 10}),
            FIRST, "wt-inverse-vol", "it holds nothing",
        ),
        # filter
        (without(TOP, "select-fn"), FIRST, "filter", "its select-fn is top or bottom, not missing"),
        (TOP | {"select-fn": "best"}, FIRST, "filter", "its select-fn is top or bottom, not 'best"),
        (without(TOP, "select-n"), FIRST, "filter", "its select-n is a whole number from 1 to 100"),
        (TOP | {"select-n": "0"}, FIRST, "filter", "its select-n is a whole number from 1 to 1000"),
        (TOP | {"select-n": 1.5}, FIRST, "filter", "its select-n is a whole number from 1 to 1000"),
        (TOP | {"select-n": True}, FIRST, "filter", "its select-n is a whole number from 1 to 100"),
        (TOP | {"select?": False}, FIRST, "filter", "its select? is true, not false"),
        (TOP | {"sort-by?": "yes"}, FIRST, "filter", "its sort-by? is true, not 'yes'"),
        (TOP | {"children": []}, FIRST, "filter", "it holds nothing"),
        (without(TOP, "sort-by-fn"), FIRST, "function", "the function is unknown: missing"),
        (TOP | {"sort-by-fn": "rsi"}, FIRST, "rsi", "the function is unknown: 'rsi'"),
        (
            TOP | {"sort-by-fn": "upper-bollinger"},
            FIRST, "upper-bollinger", "the function is unknown: 'upper-bollinger'",
        ),
        (
            TOP | {"sort-by-fn": "current-price", "children": [weighted(HALF, HALF)]},
            FIRST, "filter", "price is of prices, so it ranks single symbols only",
        ),
        (
            TOP | {"sort-by-fn-params": {}},
            FIRST, "cumulative-return", "the window is a whole number from 1 to 10000, not missing",
        ),
        (
            TOP | {"sort-by-fn-params": {"window": 30, "days": 30}},
            FIRST, "cumulative-return", "it takes window, not window, days",
        ),
        (TOP | {"sort-by-fn-params": 30}, FIRST, "cumulative-return", "it takes window, not 30"),
        (
            TOP | {"sort-by-window-days": "31"},
            FIRST, "cumulative-return", "its window is written twice and differently",
        ),
        (
            TOP | {"sort-by-fn": "percentage-price-oscillator", "sort-by-fn-params": {},
                   "sort-by-window-days": 3},
            FIRST, "percentage-price-oscillator", "it takes short-window and long-window, not a nu",
        ),
        # if
        (block("if"), FIRST, "if", "it takes one branch with a condition and one"),
        (decision(last={"is-else-condition?": False} | FLAT), FIRST, "if", "it takes one branch"),
        (block("if", *decision()["children"][:1]), FIRST, "if", "it takes one branch with a cond"),
        (block("if", *decision()["children"], *LAST), FIRST, "if", "it takes one branch with a c"),
        (decision({"step": "group"}), BRANCH, "if", "a branch is an if-child, not 'group'"),
        (decision({"children": []}), BRANCH, "if", "it holds nothing"),
        (decision(last={"children": []}), f"{FIRST}.children[1]", "if", "it holds nothing"),
        (decision(last=FLAT), f"{FIRST}.children[1]", "if", "a branch for everything else asks no"),
        (
            decision(last={"condition": BINARY}),
            f"{FIRST}.children[1]", "if", "a branch for everything else asks nothing",
        ),
        # comparisons
        (decision({"comparator": "neq"}), BRANCH, "neq", "the comparator is unknown: 'neq'"),
        (decision({"comparator": None}), BRANCH, "comparator", "the comparator is unknown: missin"),
        (decision({"rhs-val": "hot"}), BRANCH, "gt", "its right side is a number, not 'hot'"),
        (decision({"rhs-val": None}), BRANCH, "gt", "its right side is missing"),
        (decision({"rhs-val": True}), BRANCH, "gt", "its right side is a number, not true"),
        (decision({"rhs-val": "1e999"}), BRANCH, "gt", "its right side is a number, not '1e999'"),
        (decision({"lhs-fn": "ma"}), BRANCH, "ma", "the function is unknown: 'ma'"),
        (decision({"lhs-fn": None}), BRANCH, "function", "the function is unknown: missing"),
        (
            decision({"lhs-val": None}),
            BRANCH, "relative-strength-index", "what is measured is a ticker, not missing",
        ),
        (
            decision({"lhs-val": "spy"}),
            BRANCH, "relative-strength-index", "'spy' is not a ticker symbol",
        ),
        (
            decision({"lhs-fn-params": {"window": "x"}}),
            BRANCH, "relative-strength-index", "the window is a whole number from 1 to 10000, not",
        ),
        (
            decision({"lhs-fn": "standard-deviation-return", "lhs-fn-params": {"window": 1}}),
            BRANCH, "standard-deviation-return", "the window is a whole number from 2 to 10000, no",
        ),
        (
            decision({"rhs-fixed-value?": False, "rhs-val": "QQQ"}),
            BRANCH, "function", "the function is unknown: missing",
        ),
        # conditions of their own
        (asking(5), f"{BRANCH}.condition", "condition", "the type of condition is unknown: missin"),
        (asking({"condition-type": "not"}), f"{BRANCH}.condition", "not", "the type of condition "),
        (asking(BINARY | {"x": 1}), f"{BRANCH}.condition", "binary", "the key is unknown: x"),
        (asking(without(BINARY, "lhs")), f"{BRANCH}.condition", "binary", "its lhs is an object, "),
        (asking(without(BINARY, "rhs")), f"{BRANCH}.condition", "binary", "its rhs is an object, "),
        (asking(BINARY | {"rhs": 79}), f"{BRANCH}.condition", "binary", "its rhs is an object, no"),
        (
            asking(BINARY | {"rhs": {"constant": 1, "fn": "current-price"}}),
            f"{BRANCH}.condition", "binary", "its rhs is not a number and a measure at once",
        ),
        (
            asking(BINARY | {"lhs": {"constant": 1}}),
            f"{BRANCH}.condition", "binary", "its lhs is not a number and a measure at once",
        ),
        (
            asking(BINARY | {"rhs": {"constant": "x"}}),
            f"{BRANCH}.condition", "binary", "its right side is a number, not 'x'",
        ),
        (
            asking(BINARY | {"rhs": {"constant": None}}),
            f"{BRANCH}.condition", "binary", "its right side is missing",
        ),
        (
            asking(BINARY | {"lhs": RSI | {"val": "A"}}),
            f"{BRANCH}.condition", "binary", "the key is unknown: val",
        ),
        (
            asking(BINARY | {"comparator": ">"}),
            f"{BRANCH}.condition", "binary", "the comparator is unknown: '>'",
        ),
        (
            asking(BINARY | {"lhs": RSI | {"ticker": "%"}}),
            f"{BRANCH}.condition.lhs", "relative-strength-index", "'%' is not a ticker symbol",
        ),
        (
            asking(BINARY | {"rhs": RSI | {"params": {}}}),
            f"{BRANCH}.condition.rhs", "relative-strength-index", "the window is a whole number",
        ),
        (
            asking(EACH | {"tickers": []}),
            f"{BRANCH}.condition", "binary-compound", "its tickers are a list of one or more",
        ),
        (
            asking(EACH | {"lhs": RSI}),
            f"{BRANCH}.condition", "binary-compound", "the ticker of its lhs is %, for each of its",
        ),
        (
            asking(EACH | {"operator": "most"}),
            f"{BRANCH}.condition", "binary-compound", "its operator is any or all, not 'most'",
        ),
        (
            asking(EACH | {"tickers": ["A", "b"]}),
            f"{BRANCH}.condition.lhs", "relative-strength-index", "'b' is not a ticker symbol",
        ),
        (
            asking(EACH | {"rhs": RSI | {"ticker": "%"}}),
            f"{BRANCH}.condition.rhs", "relative-strength-index", "'%' is not a ticker symbol",
        ),
        (
            asking(BOTH | {"conditions": []}),
            f"{BRANCH}.condition", "compound", "its conditions are a list of one or more",
        ),
        (
            asking(BOTH | {"operator": None}),
            f"{BRANCH}.condition", "compound", "its operator is any or all, not missing",
        ),
        (
            asking(BOTH | {"conditions": [BINARY, BOTH | {"operator": "or"}]}),
            f"{BRANCH}.condition.conditions[1]", "compound", "its operator is any or all, not 'or'",
        ),
    ],
)  # fmt: skip
def test_block_of_an_export_is_refused_at_its_path(
    child: object, place: str, kind: str, reason: str
) -> None:
    root = {"step": "root", "name": "s", "rebalance": "daily", "children": [child]}

    [found] = complaints(read(json.dumps(root).encode()))

    assert found[:2] == (place, kind)
    assert found[2].startswith(reason)


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ({"step": "group"}, "a symphony begins with the step root"),
        ({"step": None}, "a symphony begins with the step root"),
        ({"leverage": 2}, "the key is unknown: leverage"),
        ({"children": []}, "it holds nothing"),
        ({"children": None}, "it holds nothing"),
        ({"children": [held("A"), held("B")]}, "its body is a list of several"),
        ({"rebalance": "hourly"}, "the frequency is one of daily, weekly, monthly, quarterly, y"),
        ({"rebalance": 5}, "the rebalance is a text, not 5"),
        ({"rebalance": "none"}, "it is never rebalanced: give a threshold or a frequency"),
        ({"rebalance-corridor-width": "x"}, "the rebalance-corridor-width is a number, not 'x'"),
        ({"rebalance-corridor-width": 5}, "the threshold is a fraction above 0 and below 1, not"),
        ({"asset_class": "CRYPTO"}, "only EQUITIES can be traded: its asset_class is another"),
        ({"asset_classes": ["EQUITIES", "CRYPTO"]}, "only EQUITIES can be traded: its asset_cla"),
    ],
)
def test_root_is_refused(root: Export, reason: str) -> None:
    whole = {"step": "root", "name": "s", "rebalance": "daily", "children": [held("A")]} | root

    [found] = complaints(read(json.dumps(whole).encode()))

    assert found[0] == "$"
    assert found[2].startswith(reason)


TWO_WINDOWS = """
{"step": "root", "children": [{"step": "filter", "select-fn": "top", "select-n": 1,
 "sort-by-fn": "max-drawdown", "sort-by-fn-params": {"window": 1, "window": 2}, "children": [X]}]}
"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"step": "root", "step": "root", "children": [X]}', "$"),
        ('{"step": "root", "children": [{"step": "asset", "ticker": "A", "ticker": "B"}]}', FIRST),
        (TWO_WINDOWS, FIRST),
    ],
)
def test_key_that_is_named_twice_is_refused(text: str, place: str) -> None:
    [found] = complaints(read(text.replace("X", json.dumps(held("A"))).encode()))

    assert found[0] == place
    assert "is named twice" in found[2]


def test_check_finds_everything_in_an_export() -> None:
    bad = decision({"comparator": "neq", "lhs-fn": "ma", "children": [held("spy"), {"step": "x"}]})
    root = {"step": "root", "name": "s", "rebalance": "hourly", "children": [bad, weighted(HALF)]}

    assert [(one.place, one.block) for one in read(json.dumps(root).encode()).problems] == [
        ("$", "root"),
        (BRANCH, "neq"),
        (BRANCH, "ma"),
        (f"{BRANCH}.children[0]", "asset"),
        (f"{BRANCH}.children[1]", "x"),
        ("$.children[1]", "wt-cash-specified"),
    ]


def test_numbers_beyond_all_measure_are_refused() -> None:
    child = '{"step": "asset", "ticker": "A", "weight": {"num": X, "den": 1}}'
    weights = f'{{"step": "wt-cash-specified", "children": [{child}]}}'
    text = f'{{"step": "root", "children": [{weights}]}}'
    for number in ("1e99999999", "-1e-99999999", "9" * 5000, "NaN", "Infinity"):
        [found] = read(text.replace("X", number).encode()).problems

        assert isinstance(found, Problem)
        assert found.reason.startswith("its weight is no fraction")
