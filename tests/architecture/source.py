"""The project's own source as syntax trees, with every name resolved to where it comes from."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "alchemiser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file: `name` is its path below the package, or below the checkout."""

    name: str
    text: str
    tree: ast.Module

    def within(self, *places: str) -> bool:
        """Return whether the file is one of `places` or lies in one of these folders."""
        return any(self.name == place or self.name.startswith(f"{place}/") for place in places)

    def at(self, node: ast.AST, finding: str) -> str:
        """Return `finding` with the place of `node`, as an editor can jump to."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {finding}"


def planted(text: str, *, name: str = "domain/planted.py") -> Source:
    """Return a source made of `text`, to prove that a check finds what it looks for."""
    return Source(name=name, text=text, tree=ast.parse(text))


@cache
def package_sources() -> tuple[Source, ...]:
    """Return every file of the package, named by its path below the package."""
    return tuple(_read(path, PACKAGE) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def plugin_sources() -> tuple[Source, ...]:
    """Return every file of the bundled plugins, named by its path below the checkout."""
    return tuple(_read(path, ROOT) for path in sorted(ROOT.glob("plugins/*/src/**/*.py")))


@cache
def tool_sources() -> tuple[Source, ...]:
    """Return the project's own scripts, named by their path below the checkout."""
    return tuple(_read(path, ROOT) for path in sorted(ROOT.glob("tools/*.py")))


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return each name that an import binds anywhere in `tree`, with its full dotted name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                names[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def imported_modules(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each import with the full dotted name of what it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def mentions(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield each use or import of an imported thing with its full dotted name.

    `datetime.now` after `from datetime import datetime` comes out as `datetime.datetime.now`,
    whether it is called or handed on.
    """
    yield from imported_modules(tree)
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (dotted := _dotted(node)):
            head, _, rest = dotted.partition(".")
            if head in names:
                yield node, f"{names[head]}.{rest}" if rest else names[head]


def _dotted(node: ast.expr) -> str | None:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            owner = _dotted(node.value)
            return f"{owner}.{node.attr}" if owner else None
        case _:
            return None


def _read(path: Path, base: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(name=path.relative_to(base).as_posix(), text=text, tree=ast.parse(text))
