"""Whatever a file holds, it is read, refused at a place, or told to be nothing of the kind."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.plugins import ImportedTree
from alchemiser.rules import canonical_json, from_document, to_document
from alchemiser_symphony.reading import read
from tests.benchmarks.forms import text_of
from tests.benchmarks.symphonies import distinct
from tests.composed import export_of

LINE_AND_COLUMN = re.compile(r"[1-9]\d*:[1-9]\d*")
PATH = re.compile(r"\$(?:\.(?:children|conditions)\[\d+\]|\.condition|\.lhs|\.rhs)*")

OPERATORS = """
asset group weight-equal weight-specified weight-inverse-volatility filter if > < >= <= = rsi ma
current-price moving-average-price stdev-return percentage-price-oscillator select-top and nil
select-bottom defsymphony
"""
KNOWN_KEYS = """
step children ticker name weight num den window-days sort-by-fn sort-by-fn-params select-fn
select-n is-else-condition? lhs-fn lhs-val lhs-fn-params comparator rhs-val rhs-fixed-value? lhs rhs
condition condition-type conditions operator tickers constant fn params window rebalance id
rebalance-corridor-width
"""
KNOWN_WORDS = """
root asset group if if-child filter wt-cash-equal wt-cash-specified wt-inverse-vol empty SPY spy top
bottom gt eq any all binary compound binary-compound % 10 daily none relative-strength-index
current-price
"""
WORDS = st.sampled_from(OPERATORS.split())
KEYS = st.sampled_from(KNOWN_KEYS.split())
ATOMS = (
    WORDS
    | st.sampled_from(['"SPY"', '"spy"', '"\\q"', ":window", ":rebalance-frequency", "{}", "[]"])
    | st.integers(-5, 20_000).map(str)
    | st.decimals(-2, 2, places=3).map(str)
)
FORMS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(WORDS | ATOMS, st.lists(inner, max_size=4)).map(
            lambda call: f"({call[0]} {' '.join(call[1])})"
        )
        | st.lists(inner, max_size=3).map(lambda items: f"[{' '.join(items)}]")
        | st.lists(inner, max_size=4).map(lambda items: f"{{{' '.join(items)}}}")
    ),
    max_leaves=30,
)
VALUES = st.recursive(
    st.sampled_from(KNOWN_WORDS.split())
    | st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=7),
    max_leaves=40,
)


def check(content: bytes) -> None:
    """Prove that `content` is read, refused at a place, or told to be no symphony."""
    try:
        found = read(content)
    except ValueError as error:
        told = str(error)
    else:
        told = "it is a symphony"
        check_found(found)
    assert told.startswith(("it is ", "it begins ", "its JSON "))


def check_found(found: ImportedTree) -> None:
    """Prove that `found` is a tree or problems, each at a place."""
    assert (found.tree is None) is bool(found.problems)
    for problem in found.problems:
        assert LINE_AND_COLUMN.fullmatch(problem.place) or PATH.fullmatch(problem.place)
        assert problem.reason
        assert problem.block
    if found.tree is not None:
        assert from_document(to_document(found.tree)) == found.tree
        assert canonical_json(found.tree).isascii()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_bytes(content: bytes) -> None:
    check(content)


@settings(max_examples=300, deadline=None)
@given(st.text("()[]{}\"\\:;, \na1-.>é#'", max_size=60))
def test_brackets_and_letters(content: str) -> None:
    check(f"({content}".encode())


@settings(max_examples=500, deadline=None)
@given(FORMS)
def test_forms_in_a_symphony(body: str) -> None:
    check(f'(defsymphony "s" {{}} {body})'.encode())


@settings(max_examples=300, deadline=None)
@given(FORMS, FORMS)
def test_forms_instead_of_a_symphony(settings_: str, body: str) -> None:
    check(f'(defsymphony "s" {settings_} {body})'.encode())
    check(f"({body} {settings_})".encode())


@settings(max_examples=500, deadline=None)
@given(VALUES, VALUES)
def test_values_in_an_export(first: object, second: object) -> None:
    check(json.dumps({"step": "root", "name": "s", "children": [first]}).encode())
    check(json.dumps({"step": "root", "rebalance": first, "children": [second]}).encode())
    check(json.dumps({"step": first, "children": second, "terms": first}).encode())


SYMPHONY = text_of(distinct(1_200))
EXPORT = json.dumps(export_of(distinct(1_200)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_good_symphony_with_something_cut_out_or_put_in(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([SYMPHONY, EXPORT]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 40, len(whole))))
    put = data.draw(st.sampled_from(["", "(", ")", "]", '"', "x", "0", "{", ",", "\\", "null"]))

    check((whole[:start] + put + whole[end:]).encode())
