"""Small changes to a piece of Python source that cosmic-ray has no operators for."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any", "abs": "", "reversed": ""}
OPTIONAL_WORDS = frozenset({"replace", "sorted", "min", "max", "next", "sum", "dict", "zip"})
"""Functions whose keyword arguments may be left out without an error."""

MEMBER = re.compile(r"\b([A-Z][A-Za-z]+)\.([A-Z][A-Z_]+)\b")


class Edit(NamedTuple):
    """Put `text` in the place of what `node` covers."""

    node: ast.AST
    text: str


class Site(NamedTuple):
    """What an operator may ask about the source it changes."""

    text: Callable[[ast.AST], str]
    members: Mapping[str, Sequence[str]]
    """The names that follow a class's name somewhere in the package: enumeration members."""


def members_of(sources: Iterator[str]) -> dict[str, list[str]]:
    """Return the enumeration members that `sources` mention, sorted, by the name of their class."""
    found: dict[str, set[str]] = {}
    for source in sources:
        for owner, name in MEMBER.findall(source):
            found.setdefault(owner, set()).add(name)
    return {owner: sorted(names) for owner, names in found.items()}


def edited(source: str, members: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield `source` with one change each."""
    tree, encoded = ast.parse(source), source.encode()
    starts = [0]
    for line in encoded.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def span(node: ast.AST) -> slice:
        at: ast.expr = node  # type: ignore[assignment]  # every node that is edited has a place
        end, column = at.end_lineno or at.lineno, at.end_col_offset or 0
        return slice(starts[at.lineno - 1] + at.col_offset, starts[end - 1] + column)

    site = Site(lambda node: encoded[span(node)].decode(), members)
    # Until Python 3.12 what stands within an f-string has no place of its own.
    placeless = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in (node for node in ast.walk(tree) if id(node) not in placeless):
        for edit in edits(node, site):
            place = span(edit.node)
            yield (encoded[: place.start] + edit.text.encode() + encoded[place.stop :]).decode()


def edits(node: ast.AST, site: Site) -> Iterator[Edit]:
    """Yield what may be changed at `node` itself."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _statements(node)
        case ast.Call(func=ast.Name(id=name)):
            yield from _calls(node, name, site)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            names = site.members.get(owner, ())
            if name in names and len(names) > 1:
                yield Edit(node, f"{owner}.{names[(names.index(name) + 1) % len(names)]}")
        case ast.Constant(value=str() as text):
            yield Edit(node, repr(_other_text(text)))
        case ast.JoinedStr():
            yield Edit(node, repr("other"))
        case _:
            yield from _decisions(node, site)


def _decisions(node: ast.AST, site: Site) -> Iterator[Edit]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield from _decided(test)
        case ast.match_case(guard=ast.expr() as guard):
            yield from _decided(guard)
        case ast.comprehension():
            yield from (Edit(condition, "True") for condition in node.ifs)
        case ast.BoolOp():
            yield from _without_operands(node, site)
        case ast.Compare(ops=[ast.In() | ast.NotIn()]):
            yield Edit(node, f"(not ({site.text(node)}))")
        case _:
            pass


def _decided(test: ast.expr) -> Iterator[Edit]:
    yield from (Edit(test, word) for word in ("True", "False"))


def _without_operands(node: ast.BoolOp, site: Site) -> Iterator[Edit]:
    word = " and " if isinstance(node.op, ast.And) else " or "
    for left_out in node.values:
        kept = (f"({site.text(value)})" for value in node.values if value is not left_out)
        yield Edit(node, f"({word.join(kept)})")


def _calls(node: ast.Call, name: str, site: Site) -> Iterator[Edit]:
    if name in OTHER_CALL:
        yield Edit(node.func, OTHER_CALL[name])
    if name == "sorted" and len(node.args) == 1:
        yield Edit(node, f"list({site.text(node.args[0])})")
    if name in OPTIONAL_WORDS:
        for left_out in node.keywords:
            rest = [one for one in (*node.args, *node.keywords) if one is not left_out]
            yield Edit(node, f"{name}({', '.join(site.text(one) for one in rest)})")


def _statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Edit]:
    for statement in ast.walk(function):
        match statement:
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case ast.Expr() | ast.Raise() | ast.AugAssign():
                yield Edit(statement, "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield Edit(statement, "pass")
            case ast.Return(value=ast.expr() as value) if not _is_none(value):
                yield Edit(value, "None")


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _other_text(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return f"other {text}"
    return str(number * 2 if number.is_finite() and number else Decimal(1))
