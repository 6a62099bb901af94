"""The README's table of what is supported is complete and true."""

import json
import re
from pathlib import Path

import pytest

from alchemiser_symphony import SymphonyParams
from alchemiser_symphony.arguments import SELECTIONS
from alchemiser_symphony.composer import STEPS
from alchemiser_symphony.exports import IGNORED
from alchemiser_symphony.expressions import NEVER_DEFINED, operators
from alchemiser_symphony.measures import FUNCTIONS, MEASURES
from alchemiser_symphony.questions import COMPARATORS
from alchemiser_symphony.reading import read
from tests.composed import Export
from tests.composed import asset as held

FOLDER = Path(__file__).resolve().parent
TEXT = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `([^`]+)` \| (supported|refused) \| [^|]+ \| `([^`]+)` \|")

A = '(asset "A" nil)'
ABOVE = '(> (rsi "A") 1)'


def table(title: str) -> dict[str, tuple[str, str]]:
    """Return the rows below a title: what is said of each word, and where it is tested."""
    section = TEXT.partition(f"\n### {title}\n")[2].partition("\nRefused besides")[0]
    return {word: (status, file) for word, status, file in ROW.findall(section)}


def expression(word: str) -> str:
    """Return a symphony that uses `word` as it should be used."""
    bodies = {
        "asset": A,
        "group": f'(group "g" [{A}])',
        "weight-specified": f"(weight-specified 1 {A})",
        "weight-inverse-volatility": f"(weight-inverse-volatility 10 [{A}])",
        "filter": f"(filter (rsi) (select-top 1) [{A}])",
        "select-top": f"(filter (rsi) (select-top 1) [{A}])",
        "select-bottom": f"(filter (rsi) (select-bottom 1) [{A}])",
        "if": f"(if {ABOVE} [{A}] [{A}])",
        "and": f"(if (and {ABOVE} {ABOVE}) [{A}] [{A}])",
        "or": f"(if (or {ABOVE} {ABOVE}) [{A}] [{A}])",
    }
    settings = {
        ":asset-class": '"EQUITIES"',
        ":rebalance-frequency": ":weekly",
        ":rebalance-threshold": "0.05",
    }
    body = bodies.get(word, f"({word} [{A}])")
    if word in MEASURES or word in NEVER_DEFINED:
        body = f'(if (> ({word} "A") 1) [{A}] [{A}])'
    if word in COMPARATORS.values():
        body = f'(if ({word} (rsi "A") 1) [{A}] [{A}])'
    if word in settings or word == "defsymphony":
        body = A
    given = f"{{{word} {settings[word]}}}" if word in settings else "{}"
    return f'(defsymphony "s" {given} {body})'


def export(word: str) -> Export:
    """Return a symphony that uses `word` as it should be used."""
    rsi = {"fn": "relative-strength-index", "ticker": "A", "params": {"window": 10}}
    binary = {"condition-type": "binary", "lhs": rsi, "comparator": "gt", "rhs": {"constant": 1}}
    each = {"lhs": rsi | {"ticker": "%"}, "tickers": ["A"], "operator": "any"}
    conditions = {
        "binary": binary,
        "binary-compound": binary | each | {"condition-type": "binary-compound"},
        "compound": {"condition-type": "compound", "operator": "all", "conditions": [binary]},
    }
    two = ["short-window", "long-window"]
    windows = {
        "percentage-price-oscillator": two,
        "percentage-price-oscillator-signal": [*two, "smooth-window"],
    }
    asked: Export = {
        "lhs-fn": word if word not in STEPS and word not in COMPARATORS else "max-drawdown",
        "lhs-val": "A",
        "lhs-fn-params": dict.fromkeys(windows.get(word, ["window"]), 10),
        "comparator": word if word in COMPARATORS else "gt",
        "rhs-val": "1",
        "rhs-fixed-value?": True,
    }
    if word in conditions:
        asked = {"condition": conditions[word]}
    decision: Export = {
        "step": "if",
        "children": [
            {"step": "if-child", "is-else-condition?": False, "children": [held("A")]} | asked,
            {"step": "if-child", "is-else-condition?": True, "children": [held("B")]},
        ],
    }
    children = [held("A", weight={"num": 1, "den": 1})]
    more: dict[str, Export] = {
        "filter": {
            "select-fn": "top", "select-n": 1, "sort-by-fn": "max-drawdown",
            "sort-by-fn-params": {"window": 10},
        },
        "wt-inverse-vol": {"window-days": 10},
    }  # fmt: skip
    child: Export = {"step": word, "children": children} | more.get(word, {})
    if word == "asset":
        child = held("A")
    if word not in STEPS or word == "if":
        child = held("A") if word in {"root", "rebalance", "rebalance-corridor-width"} else decision
    root: Export = {"step": "root", "name": "s", "rebalance": "daily", "children": [child]}
    return root | ({"rebalance-corridor-width": 0.05} if "corridor" in word else {})


EXPRESSIONS, JSON = table("S-expressions"), table("JSON")


def test_table_names_every_operator() -> None:
    supported = {word for word, (status, _) in EXPRESSIONS.items() if status == "supported"}
    settings = {word for word in supported if word.startswith(":")}

    assert supported - settings == {*operators(), *SELECTIONS, "defsymphony"}
    assert {word for word, (status, _) in EXPRESSIONS.items() if status == "refused"} >= set(
        NEVER_DEFINED
    )


def test_table_names_every_step_and_word() -> None:
    words = {*STEPS, *FUNCTIONS, *COMPARATORS, "binary", "binary-compound", "compound"}
    roots = {"root", "rebalance", "rebalance-corridor-width"}

    assert set(JSON) == {*words, *roots, "upper-bollinger"}


@pytest.mark.parametrize("word", EXPRESSIONS)
def test_operator_is_what_the_table_says(word: str) -> None:
    status, file = EXPRESSIONS[word]

    found = read(expression(word).encode())

    assert bool(found.problems) is (status == "refused"), found.problems
    assert word in (FOLDER / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("word", JSON)
def test_step_or_word_is_what_the_table_says(word: str) -> None:
    status, file = JSON[word]

    found = read(json.dumps(export(word)).encode())

    assert bool(found.problems) is (status == "refused"), found.problems
    assert word in (FOLDER / file).read_text(encoding="utf-8")


def test_ignored_keys_are_all_listed() -> None:
    [line] = [
        line for line in TEXT.splitlines() if line.startswith("`asset-class` `asset-classes`")
    ]

    assert re.findall(r"`([^`]+)`", line) == sorted(IGNORED)


def test_usual_windows_are_told() -> None:
    for word, measure in MEASURES.items():
        told = next(line for line in TEXT.splitlines() if line.startswith(f"| `{word}` |"))
        usual = [str(window.usual) for window in measure.windows]

        assert re.findall(r"\b\d+\b", told) == usual


def test_parameters_are_listed() -> None:
    for name in SymphonyParams.__dataclass_fields__:
        assert f"\n| `{name}` | " in TEXT
