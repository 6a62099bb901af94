"""The made-up symphonies are what the benchmarks take them for."""

import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from alchemiser import rules
from alchemiser.domain.rules.choosing import Ranking
from alchemiser.domain.rules.nodes import Asset, core, symbols_of
from alchemiser.domain.rules.terms import Term, postorder
from tests.benchmarks.forms import Form, Name, call, depth_of, rule_tree, size_of, text_of
from tests.benchmarks.symphonies import SYMBOLS, distinct, repeated, voting


def _ranks_groups(ranking: Ranking) -> bool:
    return any(not isinstance(core(candidate), Asset) for candidate in ranking.candidates)


def test_text_is_laid_out_as_an_export() -> None:
    test = call(">", call("rsi", "SPY", {Name(":window"): 10}), 79.5)
    form = call("if", test, [call("asset", "UVXY", Name("nil"))], [call("asset", "SPY", "fund")])

    assert " ".join(text_of(form).split()) == (
        '(if (> (rsi "SPY" {:window 10}) 79.5) [(asset "UVXY" nil)] [(asset "SPY" "fund")])'
    )
    assert size_of(form) == 21
    assert depth_of(form) == 4
    assert rule_tree(form) == rules.when(rules.rsi("SPY", 10) > 79.5, "UVXY", "SPY")


@pytest.mark.parametrize("nodes", [10_000, 34_000])
@pytest.mark.parametrize("write", [distinct, repeated])
def test_symphony_has_the_size_and_depth_asked_for(
    write: Callable[[int], Form], nodes: int
) -> None:
    form = write(nodes)

    assert 0.9 * nodes < size_of(form) < 1.1 * nodes
    assert 190 <= depth_of(form) <= 200
    assert text_of(form).count("(") > nodes / 5


def test_shapes_differ_in_how_much_is_written_twice() -> None:
    shapes = [distinct(30_000), repeated(30_000), voting(30_000)]

    different = [len(postorder(rule_tree(form))) for form in shapes]

    assert different[0] > 3_000
    assert different[0] > 2 * different[1] > 8 * different[2]


def test_large_symphony_holds_most_symbols_and_ranks_groups_inside_ranked_groups() -> None:
    tree = rule_tree(distinct(34_000))
    nested: dict[Term, int] = {}

    for term in postorder(tree):
        inside = max((nested[part] for part in term.parts()), default=0)
        nested[term] = inside + (isinstance(term, Ranking) and _ranks_groups(term))

    assert len(symbols_of(tree)) > 0.9 * len(SYMBOLS)
    assert nested[tree] == 2


def test_another_process_writes_the_same_symphony(project_root: Path) -> None:
    code = (
        "from hashlib import sha256\nfrom tests.benchmarks.forms import text_of\n"
        "from tests.benchmarks.symphonies import distinct\n"
        "print(sha256(text_of(distinct(3000, seed=7)).encode()).hexdigest())"
    )

    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=project_root
    )

    assert told.stdout.strip() == sha256(text_of(distinct(3000, seed=7)).encode()).hexdigest()
    assert text_of(distinct(3000, seed=7)) != text_of(distinct(3000, seed=8))
