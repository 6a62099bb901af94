"""Every bars store of ours keeps the bars store contract."""

from pathlib import Path

import pytest

from alchemiser.adapters.bars_store.sqlite import SqliteBarsStore
from alchemiser.testing.contracts.bars_store import BarsStoreBench, BarsStoreContract


class TestSqliteBarsStore(BarsStoreContract):
    """In a file, opened anew each time."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> BarsStoreBench:
        return BarsStoreBench(open=lambda: SqliteBarsStore(tmp_path / "bars.db"))
