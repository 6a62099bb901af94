"""The digest sink keeps no more than its head."""

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.ports.errors import PortRejectedError
from alchemiser.testing.contracts.journal import envelopes


def test_sink_keeps_the_digest_and_cannot_be_read() -> None:
    """BT-10: the head stands for every byte of a backtest."""
    journal = MemoryJournal()
    written = envelopes(30, epoch=journal.take_over())

    journal.append(written)

    assert journal.head() == written[-1].head()
    with pytest.raises(PortRejectedError, match="keep=True"):
        journal.read()


def test_kept_envelopes_are_the_same_ones() -> None:
    journal = MemoryJournal(keep=True)
    written = envelopes(3, epoch=journal.take_over())

    journal.append(written)

    assert [one is other for one, other in zip(journal.read(), written, strict=True)] == [True] * 3
