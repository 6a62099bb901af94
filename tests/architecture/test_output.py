"""Only the command line speaks to a terminal; everything else returns values or logs."""

import ast

import pytest

from tests.architecture.source import Source, mentions, package_sources, planted, plugin_sources

SPEAKS = "entrypoints/cli"
STREAMS = frozenset({"pprint.pprint", "sys.stderr", "sys.stdout", "typer.echo", "rich.print"})


def output(source: Source) -> list[str]:
    """Return each place where `source` writes to the terminal by itself."""
    printed = [
        source.at(node, "print is for the command line")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    return printed + [
        source.at(node, f"{dotted} is for the command line")
        for node, dotted in mentions(source.tree)
        if dotted in STREAMS
    ]


def test_nothing_but_the_command_line_prints() -> None:
    """OB-01."""
    silent = [source for source in package_sources() if not source.within(SPEAKS)]

    assert [f for source in (*silent, *plugin_sources()) for f in output(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "print('sent')",
        "show = print",
        "import sys\nsys.stdout.write('sent')",
        "from sys import stderr",
    ],
)
def test_check_finds_planted_output(text: str) -> None:
    assert output(planted(text)) != []
