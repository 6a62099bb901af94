"""One symphony written in both forms is one rule tree, however large it is."""

import json
import time
from collections.abc import Callable

import pytest

from alchemiser.plugins import ImportedTree
from alchemiser.rules import canonical_json, content_hash, requirements
from alchemiser_symphony import forms
from alchemiser_symphony.forms import Kind
from alchemiser_symphony.reading import read
from tests.benchmarks.forms import Form, Name, depth_of, rule_tree, size_of, text_of
from tests.benchmarks.symphonies import SYMBOLS, distinct, repeated, voting
from tests.composed import asset, export_of, text
from tests.small_symphonies import TABLES, Table

SECONDS = 20
"""Far more than it takes, so that a slow machine passes and a slow algorithm does not."""


def hashed(found: ImportedTree) -> str:
    assert found.problems == ()
    assert found.tree is not None
    return content_hash(found.tree)


def bare(form: forms.Form) -> Form:
    """Return a form without its places."""
    match form.kind:
        case Kind.LIST:
            return tuple(map(bare, form.items))
        case Kind.VECTOR:
            return list(map(bare, form.items))
        case Kind.MAP:
            pairs = zip(form.items[::2], form.items[1::2], strict=True)
            return {Name(key.text): bare(value) for key, value in pairs}
        case Kind.STRING:
            return form.string() or ""
        case Kind.NUMBER:
            return float(form.text) if "." in form.text else int(form.text)
        case _:
            return Name(form.text)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_small_symphonies_are_the_same_in_both_forms(table: Table) -> None:
    [form] = forms.forms_of(table.text)

    first = read(table.text.encode())
    second = read(text(export_of(bare(form))))

    assert hashed(first) == hashed(second)
    assert (first.name, first.rebalance) == (second.name, second.rebalance)


@pytest.mark.parametrize("write", [distinct, repeated, voting])
def test_large_symphonies_load_in_seconds_and_are_the_same_in_both_forms(
    write: Callable[[int], Form],
) -> None:
    form = write(34_000)
    written, exported = text_of(form).encode(), text(export_of(form))
    assert size_of(form) > 30_000

    before = time.process_time()
    first = read(written)
    between = time.process_time()
    second = read(exported)
    after = time.process_time()

    assert hashed(first) == hashed(second)
    assert between - before < SECONDS
    assert after - between < SECONDS


def test_large_symphony_nests_two_hundred_levels() -> None:
    form = distinct(34_000)
    found = read(text_of(form).encode())

    assert 190 <= depth_of(form) <= 200
    assert found.tree is not None
    assert len(requirements(found.tree).symbols()) > 0.9 * len(SYMBOLS)
    assert dict(found.blocks)["if"] > 500


def test_two_megabytes_of_blanks_and_comments_change_nothing() -> None:
    written = text_of(repeated(10_000))
    padded = written.replace("\n", "\n" + " " * 800 + "; why\n")

    assert len(padded) > 2_000_000
    assert hashed(read(padded.encode())) == hashed(read(written.encode()))


def test_large_symphony_means_what_its_blocks_mean_one_by_one() -> None:
    """A second reading, of the generator's own forms, holds the same but for names and wrappers."""
    form = voting(4_000)
    found = read(text_of(form).encode())

    assert found.tree is not None
    ours, theirs = requirements(found.tree), requirements(rule_tree(form))
    assert ours == theirs
    assert len(canonical_json(found.tree)) <= len(canonical_json(rule_tree(form)))


def test_names_notes_and_order_of_keys_make_no_difference() -> None:
    export = export_of(distinct(2_000))
    noisy = json.dumps(export, sort_keys=True, indent=2).replace(
        '"step": "asset"', '"step": "asset", "name": "\\u00e9", "price": 1.5'
    )

    assert hashed(read(noisy.encode())) == hashed(read(text(export)))


def test_export_nests_three_hundred_blocks() -> None:
    block = asset("SPY")
    for _ in range(300):
        block = {"step": "group", "name": "g", "children": [block]}
    whole = {"step": "root", "name": "deep", "rebalance": "daily", "children": [block]}

    found = read(text(whole))

    assert found.problems == ()
    assert dict(found.blocks)["group"] == 300
