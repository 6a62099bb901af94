"""The simulated broker keeps its own books, so that a reconciliation with it can fail."""

import ast

import pytest

from tests.architecture.source import Source, imported_modules, package_sources, planted

BROKER = "adapters/simulated"


def journal_knowledge(source: Source) -> list[str]:
    """Return each import or text by which `source` could find the journal."""
    imports = [
        source.at(node, f"imports {dotted}")
        for node, dotted in imported_modules(source.tree)
        if "journal" in dotted or dotted.startswith("alchemiser.adapters.sqlite")
    ]
    return imports + [
        source.at(node, "names the journal")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(("journal", "journal.db", "journal.sqlite"))
    ]


def test_simulated_broker_knows_nothing_of_the_journal() -> None:
    sources = [source for source in package_sources() if source.within(BROKER)]

    assert sources != []
    assert [finding for source in sources for finding in journal_knowledge(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from alchemiser.domain.journal import fold",
        "from alchemiser.ports.journal import JournalPort",
        "import alchemiser.domain.journal.records as records",
        "from alchemiser.adapters.sqlite.store import SqliteStore",
        "PATH = 'journal.db'",
        "QUERY = 'SELECT * FROM journal'",
    ],
)
def test_check_finds_planted_knowledge(text: str) -> None:
    assert len(journal_knowledge(planted(text))) == 1
