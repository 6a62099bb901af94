"""What is recorded can be folded, and nothing else is recorded."""

from datetime import UTC, datetime, timedelta

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.application.ledger import Ledger
from alchemiser.domain.journal.chain import GENESIS, seal
from alchemiser.domain.journal.records import Reconciled, Stage
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.errors import InvalidTransitionError, InvalidValueError
from alchemiser.ports.errors import InputError

NOW = datetime(2024, 3, 7, 20, 45, tzinfo=UTC)


def test_ledger_folds_what_it_appended() -> None:
    """RS-11: a start after a stop finds the same state."""
    journal = MemoryJournal(keep=True)
    Ledger(journal).record((TradingHalted(actor="owner", reason="away"),), at=NOW)

    again = Ledger(journal)

    assert again.state.state is TradingState.HALTED
    assert again.state.last_at == NOW


def test_record_that_cannot_follow_is_not_made_durable() -> None:
    """Otherwise every later start would refuse the journal."""
    journal = MemoryJournal(keep=True)
    ledger = Ledger(journal)

    with pytest.raises(InvalidTransitionError):
        ledger.record((Reconciled(stage=Stage.BEFORE),), at=NOW)

    assert not list(journal.read())


def test_time_of_a_record_never_runs_back() -> None:
    """Invariant 28: a virtual clock may stand before the last record."""
    journal = MemoryJournal(keep=True)
    ledger = Ledger(journal)
    for moment in (NOW, NOW.replace(hour=3)):
        ledger.record((TradingHalted(actor="owner", reason="away"),), at=moment)

    assert [envelope.at for envelope in journal.read()] == [NOW, NOW]


def test_record_of_another_release_is_named_in_one_plain_sentence() -> None:
    """A journal outlives releases: who opens it with the wrong one is told so, exit code 2."""
    journal = MemoryJournal(keep=True)
    envelope = seal(
        journal.head(),
        epoch=journal.take_over(),
        at=NOW,
        cycle_id=None,
        type="TargetsConsolidated",
        version=1,
        data="{}",
    )
    journal.append([envelope])

    with pytest.raises(InputError, match=r"^record 1 of the journal.*version 1.*the release that"):
        Ledger(journal)


def test_what_is_staged_is_appended_as_one_transaction() -> None:
    """RS-11: until then nothing is durable, and afterwards all of it, as if told one by one."""
    journal, alone = MemoryJournal(keep=True), MemoryJournal(keep=True)
    ledger, one_by_one = Ledger(journal), Ledger(alone)
    told = TradingHalted(actor="owner", reason="away")
    later = NOW + timedelta(seconds=1)

    ledger.stage((told,), at=NOW)
    ledger.stage((told, told), at=later)
    assert journal.head() == GENESIS
    ledger.commit()
    ledger.commit()

    one_by_one.record((told,), at=NOW)
    one_by_one.record((told, told), at=later)
    assert tuple(journal.read()) == tuple(alone.read())
    assert [one.at for one in journal.read()] == [NOW, later, later]


def test_what_could_not_be_staged_leaves_what_was() -> None:
    journal = MemoryJournal(keep=True)
    ledger = Ledger(journal)

    ledger.stage((TradingHalted(actor="owner", reason="away"),), at=NOW)
    with pytest.raises(InvalidTransitionError):
        ledger.stage((Reconciled(stage=Stage.BEFORE),), at=NOW)
    ledger.commit()

    assert [one.type for one in journal.read()] == ["TradingHalted"]


def test_what_was_staged_before_something_unwritable_becomes_durable() -> None:
    """RS-11: and of what belongs together with it nothing does."""
    journal = MemoryJournal(keep=True)
    ledger = Ledger(journal)
    told = TradingHalted(actor="owner", reason="away")
    unwritable = TradingHalted(actor="owner", reason=7)  # type: ignore[arg-type]

    ledger.stage((told,), at=NOW)
    ledger.stage((told, unwritable), at=NOW)
    with pytest.raises(InvalidValueError, match=r"TradingHalted\.reason"):
        ledger.commit()

    assert [one.type for one in journal.read()] == ["TradingHalted"]
