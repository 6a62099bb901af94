"""No file and no function grows into a room that nobody can see across."""

import ast

from tests.architecture.source import (
    Source,
    package_sources,
    planted,
    plugin_sources,
    tool_sources,
)

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40


def oversized(source: Source) -> list[str]:
    """Return the file and the functions of `source` that are too long, docstrings not counted."""
    lines = len(source.text.splitlines())
    too_long = [f"{source.name}: {lines} lines"] if lines > FILE_LINES_MAX else []
    return too_long + [
        source.at(node, f"{node.name} has {length} lines")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _lines(node) - _docstring_lines(node)) > FUNCTION_LINES_MAX
    ]


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return 0 if ast.get_docstring(function) is None else _lines(function.body[0])


def test_files_and_functions_stay_small() -> None:
    """AR-01."""
    sources = (*package_sources(), *plugin_sources(), *tool_sources())

    assert [finding for source in sources for finding in oversized(source)] == []


def test_check_finds_a_planted_long_file_and_function() -> None:
    longest = "def f():\n" + "    g()\n" * (FUNCTION_LINES_MAX - 1)
    one_more = longest + "    g()\n"

    documented = longest.replace("\n", '\n    """Call g.\n\n    Often.\n    """\n', 1)

    assert oversized(planted(longest)) == []
    assert oversized(planted(documented)) == []
    assert len(oversized(planted(one_more))) == 1
    assert oversized(planted("\n" * FILE_LINES_MAX)) == []
    assert len(oversized(planted("\n" * (FILE_LINES_MAX + 1)))) == 1
