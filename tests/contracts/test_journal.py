"""Every journal of ours keeps the journal contract."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.ports.journal import JournalPort
from alchemiser.testing.contracts.journal import JournalBench, JournalContract


class TestMemoryJournal(JournalContract):
    """The journal of backtests, with its envelopes kept."""

    @pytest.fixture
    def bench(self) -> JournalBench:
        journal = MemoryJournal(keep=True)
        return JournalBench(open=lambda: journal)


class TestSqliteJournal(JournalContract):
    """The default journal; each handle is its own connection."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[JournalBench]:
        with ExitStack() as opened:

            def open_journal() -> JournalPort:
                journal = SqliteJournal(tmp_path / "journal.db")
                opened.callback(journal.close)
                return journal

            yield JournalBench(open=open_journal)
