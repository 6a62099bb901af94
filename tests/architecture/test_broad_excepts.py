"""Only three boundaries may catch everything: the plugin runner, the entry point, the notifier."""

import ast
from collections import Counter

import pytest

from tests.architecture.source import Source, package_sources, planted, plugin_sources

BOUNDARIES = ("adapters/plugin_loader", "entrypoints/cli", "adapters/notify")
BROAD = frozenset({"Exception", "BaseException"})


def broad_excepts(source: Source) -> list[str]:
    """Return each place where `source` catches or suppresses every error."""
    return [
        source.at(node, "catches every error: name those you can answer")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.ExceptHandler) and (node.type is None or _is_broad(node.type)))
        or (isinstance(node, ast.Call) and _is_suppress(node) and any(map(_is_broad, node.args)))
    ]


def _is_broad(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in BROAD
        case ast.Tuple(elts=parts):
            return any(map(_is_broad, parts))
        case _:
            return False


def _is_suppress(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="suppress") | ast.Attribute(attr="suppress"):
            return True
        case _:
            return False


def test_nothing_but_the_boundaries_catches_everything() -> None:
    """RS-09."""
    inside = [source for source in package_sources() if not source.within(*BOUNDARIES)]

    assert [f for source in (*inside, *plugin_sources()) for f in broad_excepts(source)] == []


def test_each_boundary_catches_everything_at_most_once() -> None:
    """RS-09."""
    counts = Counter(
        boundary
        for boundary in BOUNDARIES
        for source in package_sources()
        if source.within(boundary)
        for _ in broad_excepts(source)
    )

    assert {boundary: n for boundary, n in counts.items() if n > 1} == {}


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    send()\nexcept:\n    pass",
        "try:\n    send()\nexcept Exception:\n    pass",
        "try:\n    send()\nexcept BaseException as error:\n    raise",
        "try:\n    send()\nexcept (ValueError, Exception):\n    pass",
        "import builtins\ntry:\n    send()\nexcept builtins.Exception:\n    pass",
        "from contextlib import suppress\nwith suppress(Exception):\n    send()",
        "import contextlib\nwith contextlib.suppress(KeyError, Exception):\n    send()",
    ],
)
def test_check_finds_a_planted_broad_except(text: str) -> None:
    assert len(broad_excepts(planted(text))) == 1


def test_check_accepts_a_named_error() -> None:
    text = "try:\n    send()\nexcept (KeyError, ValueError):\n    raise"

    assert broad_excepts(planted(text)) == []
