"""Only the container names adapters; the import contracts cannot see a name in a string."""

import ast
import re

import pytest

from tests.architecture.source import Source, package_sources, planted, plugin_sources

COMPOSER = "container"
ADAPTER = re.compile(r"(?:alchemiser\.)?adapters\.[\w.]*|alchemiser\.adapters")


def adapter_names(source: Source) -> list[str]:
    """Return each text in `source` that is the dotted name of an adapter, or its beginning."""
    return [
        source.at(node, f"names the adapter {node.value}")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ADAPTER.fullmatch(node.value)
    ]


def test_nothing_but_the_container_names_adapters() -> None:
    """AR-03."""
    others = [source for source in package_sources() if not source.within(COMPOSER)]

    assert [f for source in (*others, *plugin_sources()) for f in adapter_names(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "load('alchemiser.adapters.sqlite.journal')",
        "load(f'alchemiser.adapters.{name}')",
        "from importlib import import_module\nimport_module('.adapters', 'alchemiser.adapters')",
    ],
)
def test_check_finds_a_planted_name(text: str) -> None:
    assert len(adapter_names(planted(text))) == 1
