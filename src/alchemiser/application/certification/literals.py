"""The dates that a plugin knows: code that remembers history is tried at them."""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, MINYEAR, date
from typing import Final

from alchemiser.ports.candidate import SourceFile

_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_PARTS: Final = 3


def parsed(source: SourceFile) -> ast.Module:
    """Return the syntax tree of a file of Python; an empty one when it has none."""
    try:
        return ast.parse(text_of(source))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


def text_of(source: SourceFile) -> str:
    """Return what of a file is text."""
    return source.content.decode("utf-8", errors="ignore")


def dates(sources: Iterable[SourceFile]) -> tuple[date, ...]:
    """Return every date that stands in the files, as text or as three numbers, ascending."""
    found: set[date] = set()
    for source in sources:
        for year, month, day in _DATE.findall(text_of(source)):
            found.update(_dates(int(year), int(month), int(day)))
        if source.name.endswith(".py"):
            for numbers in _triples(parsed(source)):
                found.update(_dates(*numbers))
    return tuple(sorted(found))


def _triples(tree: ast.Module) -> Iterator[tuple[int, int, int]]:
    """Yield the first three numbers of each call and tuple that begins with three."""
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        numbers = [
            part.value
            for part in parts[:_PARTS]
            if isinstance(part, ast.Constant) and isinstance(part.value, int)
        ]
        if len(numbers) == _PARTS:
            yield numbers[0], numbers[1], numbers[2]


def _dates(year: int, month: int, day: int) -> Iterator[date]:
    try:
        if MINYEAR <= year <= MAXYEAR:
            yield date(year, month, day)
    except ValueError:
        return
