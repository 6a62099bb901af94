"""What a plugin knows by name: it is tried at the dates and with the symbols it mentions."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Final

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.candidate import SourceFile

_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_PARTS: Final = 3
_PAIR: Final = 2
_TICKER: Final = re.compile(r"[A-Z]{2,5}")
_YEARS: Final = range(1996, 2028)
_ORDINALS: Final = range(date(1990, 1, 1).toordinal(), date(2035, 1, 1).toordinal())


def parsed(source: SourceFile) -> ast.Module:
    """Return the syntax tree of a file of Python; an empty one when none can be read."""
    try:
        return tree_of(source)
    except (MemoryError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


def tree_of(source: SourceFile) -> ast.Module:
    """Return the syntax tree of a file of Python; an empty one when it has none.

    Raises:
        MemoryError: When it is nested too deeply to be read.
        RecursionError: When it is nested too deeply to be read.
    """
    # Its bytes, for a mark or a coding at their beginning says how Python reads what follows.
    for content in (source.content, text_of(source)):
        with warnings.catch_warnings(), suppress(SyntaxError, ValueError):
            warnings.simplefilter("ignore")  # of an odd escape; where they are errors it hid a file
            return ast.parse(content)
    return ast.Module(body=[], type_ignores=[])


def text_of(source: SourceFile) -> str:
    """Return what of a file is text."""
    return source.content.decode("utf-8", errors="ignore")


def dates(sources: Iterable[SourceFile]) -> tuple[date, ...]:
    """Return every date that stands in the files, ascending; of a year that does, one a month."""
    found: set[date] = set()
    for source in sources:
        for year, month, day in _DATE.findall(text_of(source)):
            found.update(_dates(int(year), int(month), int(day)))
        if source.name.endswith(".py"):
            for numbers in _triples(parsed(source)):
                found.update(_dates(*numbers))
            for year in _years(parsed(source)):
                found.update(date(year, month, 15) for month in range(1, 13))
            found.update(map(date.fromordinal, _numbered(parsed(source))))
    return tuple(sorted(found))


def tickers(sources: Iterable[SourceFile]) -> tuple[Symbol, ...]:
    """Return every text of the files that reads like a ticker, sorted."""
    return tuple(
        sorted({
            Symbol(node.value)
            for source in sources
            if source.name.endswith(".py")
            for node in ast.walk(parsed(source))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _TICKER.fullmatch(node.value)
        })
    )


def _numbered(tree: ast.Module) -> Iterator[int]:
    """Yield the whole numbers that could count days from year 1, and the middle of two of them."""
    for node in ast.walk(tree):
        parts = [node, *node.args] if isinstance(node, ast.Call) else [node]
        numbers = [
            part.value
            for part in parts
            if isinstance(part, ast.Constant)
            and type(part.value) is int
            and part.value in _ORDINALS
        ]
        yield from numbers
        if len(numbers) == _PAIR:
            yield sum(numbers) // _PAIR


def _years(tree: ast.Module) -> set[int]:
    """Return the whole numbers that read like years with bars."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in _YEARS
    }


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
        yield date(year, month, day)
    except (OverflowError, ValueError):
        return
