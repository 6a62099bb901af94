"""Nothing on the way to the broker is an untyped mapping or `Any`."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Source, mentions, package_sources, planted

ORDER_PATH = (
    "domain/orders",
    "domain/execution",
    "domain/risk",
    "domain/planning",
    "domain/books",
    "ports/broker.py",
    "adapters/simulated",
)
MAPPINGS = frozenset({"dict", "Dict", "defaultdict", "Mapping", "MutableMapping", "OrderedDict"})
UNTYPED = frozenset({"Any", "object"})


def untyped(source: Source) -> list[str]:
    """Return each place where `source` gives up the type of a value or of a mapping's values."""
    findings = [
        source.at(node, "Any says nothing: name the type")
        for node, dotted in mentions(source.tree)
        if dotted in {"typing.Any", "typing_extensions.Any"}
    ]
    for annotation in _annotations(source.tree):
        findings += [
            source.at(node, "a mapping without the type of its values")
            for node in _bare(annotation)
        ]
    return findings + [
        source.at(node, "a mapping to values of any type")
        for root in (source.tree, *_quoted(source.tree))
        for node in ast.walk(root)
        if isinstance(node, ast.Subscript) and _is_mapping(node.value) and _holds_anything(node)
    ]


def _annotations(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation):
                yield annotation
            case ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.FunctionDef(returns=ast.expr() as returns):
                yield returns
            case ast.AsyncFunctionDef(returns=ast.expr() as returns):
                yield returns
            case _:
                pass
    yield from _quoted(tree)


def _quoted(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            text = node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            text = node.returns
        else:
            continue
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            quoted = ast.parse(text.value, mode="eval").body
            yield ast.copy_location(quoted, text)


def _bare(annotation: ast.expr) -> Iterator[ast.expr]:
    subscripted = {id(n.value) for n in ast.walk(annotation) if isinstance(n, ast.Subscript)}
    for node in ast.walk(annotation):
        if isinstance(node, ast.expr) and _is_mapping(node) and id(node) not in subscripted:
            yield node


def _is_mapping(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in MAPPINGS
        case _:
            return False


def _holds_anything(mapping: ast.Subscript) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in UNTYPED
        for node in ast.walk(mapping.slice)
    )


def test_order_path_has_no_untyped_mapping() -> None:
    """OS-01."""
    order_path = [source for source in package_sources() if source.within(*ORDER_PATH)]

    assert [finding for source in order_path for finding in untyped(source)] == []


@pytest.mark.parametrize("place", ORDER_PATH[:-1])
def test_order_path_is_where_the_check_looks(place: str) -> None:
    assert any(source.within(place) for source in package_sources())


@pytest.mark.parametrize(
    "text",
    [
        "from typing import Any\ndef send(order: Any) -> None: ...",
        "import typing\ndef send() -> typing.Any: ...",
        "def send(order: dict) -> None: ...",
        "def send(order: 'dict') -> None: ...",
        "from collections.abc import Mapping\ndef send() -> Mapping: ...",
        "def send(order: dict[str, object]) -> None: ...",
        "def send(order: 'dict[str, object]') -> None: ...",
        "def send(orders: list[dict[str, object]]) -> None: ...",
        "def send(orders: tuple[dict, ...] | None) -> None: ...",
        "async def send() -> dict[str, list[object]]: ...",
        "class Order:\n    fields: dict[str, object]",
        "Fields = dict[str, object]",
    ],
)
def test_check_finds_a_planted_untyped_mapping(text: str) -> None:
    assert untyped(planted(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "def send(order: dict[str, int]) -> None: ...",
        "def same(left: object) -> bool: ...",
        "held = dict(pairs)",
        "def send(order: 'Order') -> None: ...",
    ],
)
def test_check_accepts_what_is_typed(text: str) -> None:
    assert untyped(planted(text)) == []
