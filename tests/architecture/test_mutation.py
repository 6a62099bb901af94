"""What `make mutation` counts is what was changed, and what is argued stays argued."""

import ast
from collections.abc import Iterator
from types import FunctionType

import pytest

from tests.architecture.source import ROOT
from tools.mutants import Mutant, difference
from tools.mutation_edits import edited, members_of
from tools.mutation_functions import changed_functions, live_functions, put_in_place
from tools.mutation_report import Change, Report, argued, row
from tools.mutation_scope import FLOOR, WHOLE, subjects

LAST = "def room(a, b):\n    return a - b if a > b else 0\n"
PAGE = (
    "| module | line | becomes | verdict | why |\n|---|---|---|---|---|\n"
    "| `m.py` | `a \\| b` | `a & b` | equivalent | both are one set. |\n"
    "| `m.py` | `a > b` | `a >= b` | left | nobody sees it. |\n"
    "| a table | of | something | else | entirely. |\n"
)


def mutant(before: str = "a > b", after: str = "a >= b") -> Mutant:
    """Return a change of a module."""
    return Mutant(module="m.py", line=2, before=before, after=after, source="")


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = min(a, b)\n", "x = max(a, b)\n"),
        ("x = a in b\n", "x = (not (a in b))\n"),
        ("x = Side.BUY\n", "x = Side.SELL\n"),
        ("x = '0.10'\n", "x = '0.20'\n"),
        ("x = 'é', 'halted'\n", "x = 'é', 'other halted'\n"),
        ("x = f'{a} of {b}'\n", "x = 'other'\n"),
        ("x = a or b or c\n", "x = ((a) or (c))\n"),
        ("x = [a for a in b if a > 0]\n", "x = [a for a in b if True]\n"),
        ("x = replace(a, b=1, c=2)\n", "x = replace(a, c=2)\n"),
        ("def f():\n    g()\n", "def f():\n    pass\n"),
        ("def f():\n    return g()\n", "def f():\n    return None\n"),
        ("def f():\n    a.b = 1\n", "def f():\n    pass\n"),
    ],
)
def test_edits_change_one_thing_in_its_place(source: str, changed: str) -> None:
    found = list(edited(source, {"Side": ["BUY", "SELL"]}))

    assert changed in found
    assert source not in found
    assert len(found) == len(set(found))


def test_documents_are_not_edited() -> None:
    assert list(edited('def f():\n    """Return nothing."""\n    return None\n', {})) == [
        "def f():\n    'other Return nothing.'\n    return None\n"
    ], "it compares equal afterwards, and is dropped for that"


def test_members_are_those_that_any_source_mentions() -> None:
    sources: Iterator[str] = iter(["if x is Side.SELL:", "Side.BUY, Phase.DONE, Side.sign"])

    assert members_of(sources) == {"Side": ["BUY", "SELL"], "Phase": ["DONE"]}


def test_change_of_a_body_is_put_into_the_function_that_is_there() -> None:
    """Even where the function was imported before, and lines have moved."""
    names: dict[str, FunctionType] = {}
    was = compile(LAST, "planted.py", "exec")
    exec(was, names)  # noqa: S102 - our own source
    room = names["room"]
    now = compile("\n\n" + LAST.replace("a > b", "a >= b + 2"), "planted.py", "exec")

    changed = changed_functions(was, now)
    assert changed is not None
    put_in_place(changed, live_functions(was))

    assert (room(3, 2), room(4, 2)) == (0, 2)


@pytest.mark.parametrize(
    "source",
    [
        LAST.replace("b):", "b=1):"),
        LAST + "MOST = 2\n",
        LAST.replace("def", "@cache\ndef"),
        LAST + "ALL = [one for one in b]\n",
    ],
)
def test_change_outside_bodies_needs_an_import(source: str) -> None:
    assert changed_functions(compile(LAST, "p", "exec"), compile(source, "p", "exec")) is None


def test_change_of_a_comprehension_that_has_run_needs_an_import() -> None:
    was, now = (f"ALL = [one {sign} 1 for one in range(3)]\n" for sign in "+-")

    assert changed_functions(compile(was, "p", "exec"), compile(now, "p", "exec")) is None


def test_difference_is_told_by_lines() -> None:
    assert difference("a\n  b\nc\n", "a\n  d(\n  [ -1])\nc\n") == (2, "b", "d( [-1])")


def test_page_argues_changes_by_their_text() -> None:
    assert argued(PAGE) == {
        Change("m.py", "a | b", "a & b"): "equivalent",
        Change("m.py", "a > b", "a >= b"): "left",
    }
    assert argued(row(mutant("a | b", "a & b")) + " left | why |") == {
        Change("m.py", "a | b", "a & b"): "left"
    }


@pytest.mark.parametrize(
    ("floor", "verdict", "kept"),
    [
        (FLOOR, "", False),
        (FLOOR, "left", False),
        (FLOOR, "equivalent", True),
        (WHOLE, "", False),
        (WHOLE, "left", True),
        (WHOLE, "equivalent", True),
    ],
)
def test_floor_holds_what_is_not_argued(floor: float, verdict: str, *, kept: bool) -> None:
    """What was left counts against a score; among brakes nothing is left unargued."""
    survivor = mutant()
    report = Report(
        module="m.py",
        floor=floor,
        outcomes=[
            *[(mutant("b", str(number)), "killed") for number in range(9)],
            (survivor, "survived"),
        ],
        verdicts={Change("m.py", survivor.before, survivor.after): verdict},
    )

    assert report.is_kept() is kept
    assert report.score == (100.0 if verdict == "equivalent" else 90.0)


def test_arguments_about_what_no_longer_survives_are_told() -> None:
    report = Report(
        module="m.py", floor=FLOOR, outcomes=[(mutant(), "timeout")], verdicts=argued(PAGE)
    )

    assert report.survivors == []
    assert len(report.stale()) == 2
    assert sum("noticed or gone" in line for line in report.lines()) == 2


def test_every_module_in_scope_has_tests_of_its_own() -> None:
    found = list(subjects())

    assert [one.name for one in found if not one.path.is_file()] == []
    assert [one.name for one in found if not one.tests] == []
    assert {one.floor for one in found} == {FLOOR, WHOLE}


def test_what_is_argued_names_lines_that_are_there() -> None:
    verdicts = argued((ROOT / "docs" / "mutation.md").read_text())
    sources = {one.name: one.path.read_text() for one in subjects()}
    lines = {
        name: {line.strip() for line in text.splitlines()} | {text}
        for name, text in sources.items()
    }

    assert [one for one in verdicts if one.before not in lines[one.module]] == []


def test_only_the_functions_that_stop_are_changed_where_a_module_does_more() -> None:
    (shell,) = (one for one in subjects() if one.name == "application/shell.py")
    source = shell.path.read_text()
    functions = {
        node.name: node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert shell.counts(source, functions["_check_brake"])
    assert not shell.counts(source, functions["_collect"])
