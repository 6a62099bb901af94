"""A tree written down reads back as the same tree, and its hash is its content."""

import copy
import json
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given

from alchemiser.domain.rules.document import Document, Json
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.rules import (
    and_,
    asset,
    canonical_json,
    content_hash,
    each,
    from_document,
    group,
    moving_average_return,
    not_,
    or_,
    price,
    rsi,
    sma,
    to_document,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from tests.unit.domain.rules.panels import nodes

BASKET: Final = top(2, by=moving_average_return(window=90), of=["SMR", "LEU", "EXC"])
TREE: Final = when(
    and_(
        or_(rsi("SPY", 10) > 79.25, not_(price("SPY") <= sma("SPY", 200))),
        rsi("TLT", 20) < Decimal("1e-7"),
    ),
    weight_specified((0.75, "UVXY"), (0.25, "BTAL")),
    weight_equal(
        group("Größe", weight_inverse_volatility(14, each(BASKET), "BIL")), "BIL", "BIL", BASKET
    ),
)


RECORDED: Final = "146568d300f95ba3b89ce28471c8ecf2b8b7905778f3480cb4ff2688caf1cb66"


def test_document_is_a_flat_table_of_the_different_terms() -> None:
    tree = when(rsi("SPY", 10) > 79, weight_equal("UVXY", "UVXY"), "UVXY")

    assert to_document(tree) == {
        "language": 1,
        "terms": [
            {"term": "compare", "left": ["rsi", "SPY", 10], "comparison": ">", "right": "79"},
            {"term": "asset", "name": "UVXY"},
            {"term": "weight_equal", "items": [1, 1]},
            {"term": "when", "condition": 0, "then": 2, "otherwise": 1},
        ],
    }


def test_round_trip_is_exact() -> None:
    text = json.dumps(to_document(TREE))

    again = from_document(json.loads(text))

    assert again == TREE
    assert canonical_json(again) == canonical_json(TREE)
    assert canonical_json(TREE).isascii()


@given(tree=nodes())
def test_round_trip_is_exact_for_any_tree(tree: Node) -> None:
    again = from_document(json.loads(canonical_json(tree)))

    assert again == tree
    assert content_hash(again) == content_hash(tree)


def test_content_hash_stays_what_it_was() -> None:
    assert content_hash(TREE) == RECORDED


def test_content_hash_covers_every_number() -> None:
    hashes = {
        content_hash(when(rsi("SPY", window) > threshold, "UVXY", "BIL"))
        for window in (10, 11)
        for threshold in (79, 79.0, 79.5)
    }

    assert len(hashes) == 4


def test_document_of_a_tree_that_doubles_at_each_of_many_levels_stays_small() -> None:
    tree: Node = asset("SPY")
    for level in range(400):
        tree = weight_equal(tree, when(rsi("SPY", 10) > level, tree, "BIL"))

    document = to_document(tree)

    terms = document["terms"]
    assert isinstance(terms, list)
    assert len(terms) == 3 * 400 + 2
    assert from_document(document) == tree


def changed(place: int, **fields: Json) -> Document:
    """Return the document of a small tree with other `fields` in one term."""
    tree = when(
        rsi("SPY", 10) > 79, weight_specified((0.5, "A"), (0.5, "B")), top(1, by=rsi(), of=["C"])
    )
    document = copy.deepcopy(to_document(tree))
    terms = document["terms"]
    assert isinstance(terms, list)
    term = terms[place]
    assert isinstance(term, dict)
    term.update(fields)
    return document


def test_the_small_tree_reads_back_when_nothing_is_changed() -> None:
    assert isinstance(from_document(changed(0)), Node)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"language": 2, "terms": []},
        {"language": 1, "terms": []},
        {"language": 1, "terms": {}},
        {"language": 1, "terms": ["asset"]},
        {"language": 1, "terms": [{"name": "SPY"}]},
        {"language": 1, "terms": [{"term": "prophecy"}]},
        {"language": 1, "terms": [{"term": "asset"}]},
        {"language": 1, "terms": [{"term": "asset", "name": 5}]},
        {"language": 1, "terms": [{"term": "asset", "name": "spy"}]},
        {"language": 1, "terms": [{"term": "asset", "name": "SPY", "note": "x"}]},
        {"language": 1, "terms": [{"term": "asset", "name": "A"}, {"term": "asset", "name": "B"}]},
        changed(0, left=["rsi", "SPY", 10, 5]),
        changed(0, left=["prophecy", "SPY", 10]),
        changed(0, left=["rsi", None, 10]),
        changed(0, left="79"),
        changed(0, right="79.0"),
        changed(0, right=79),
        changed(0, right="seventy"),
        changed(0, comparison="=="),
        changed(3, weights=["0.5"]),
        changed(3, weights=["0.4", "0.5"]),
        changed(3, items=[1, 3]),
        changed(3, items=[0, 1]),
        changed(3, items=[-1, 1]),
        changed(3, items="12"),
        changed(5, highest=1),
        changed(5, count=True),
        changed(5, count="1"),
        changed(6, condition=1),
        changed(6, then=0),
        changed(6, then=None),
    ],
)
def test_any_other_document_is_refused_in_one_sentence(document: Document) -> None:
    with pytest.raises(InvalidValueError) as caught:
        from_document(document)

    assert str(caught.value).endswith(".")


def test_document_that_ends_with_a_condition_is_refused() -> None:
    terms = to_document(when(rsi("SPY", 10) > 79, "A", "B"))["terms"]
    assert isinstance(terms, list)

    with pytest.raises(InvalidValueError, match="canonical"):
        from_document({"language": 1, "terms": terms[:1]})
