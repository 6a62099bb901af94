"""What every journal adapter must do, as numbered cases.

Subclass `JournalContract` in a test module and give a fixture `bench` that returns a
`JournalBench` over a place where nobody has written yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alchemiser.domain.journal.chain import GENESIS, Envelope, Head, seal, verify
from alchemiser.ports.errors import ConcurrentWriteError
from alchemiser.ports.journal import JournalPort

_START = datetime(2024, 8, 5, 13, 30, 0, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalBench:
    """Open handles on one journal.

    Attributes:
        open: Returns a handle as another process would have it; for a journal that ends with its
            process, the same one again.
    """

    open: Callable[[], JournalPort]


def envelopes(length: int, *, epoch: int, head: Head = GENESIS) -> tuple[Envelope, ...]:
    """Return `length` sealed envelopes that follow `head`, a second apart."""
    sealed: list[Envelope] = []
    for _ in range(length):
        number = head.sequence + 1
        envelope = seal(
            head,
            epoch=epoch,
            at=_START + timedelta(seconds=number),
            cycle_id=f"cycle-{number}" if number % 2 else None,
            type="Counted",
            version=3,
            data=f'{{"epoch":{epoch},"text":"\\u00e9 \\" \\\\ \'","n":{number}}}',
        )
        sealed.append(envelope)
        head = envelope.head()
    return tuple(sealed)


class JournalContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_jr_01_a_new_journal_is_empty(self, bench: JournalBench) -> None:
        """RS-11."""
        journal = bench.open()

        assert journal.head() == GENESIS, "the head is the genesis"
        assert journal.epoch() == 0, "nobody has taken over"
        assert list(journal.read()) == [], "there is nothing to read"

    def test_jr_02_taking_over_raises_the_epoch_for_everybody(self, bench: JournalBench) -> None:
        """CC-06."""
        first, second = bench.open(), bench.open()

        assert first.take_over() == 1, "the first epoch is 1"
        present = second.take_over()

        assert present == 1 + 1, "the next is one more"
        assert {one.epoch() for one in (first, second, bench.open())} == {present}, "all see it"

    def test_jr_03_what_was_appended_is_read_back_as_it_was(self, bench: JournalBench) -> None:
        """CA-01, RS-11."""
        journal = bench.open()
        written = envelopes(5, epoch=journal.take_over())

        journal.append(written[:2])
        journal.append(written[2:])

        again = bench.open()
        assert tuple(again.read()) == written, "every field is the same, in order"
        assert again.head() == written[-1].head(), "the head is the last one's"
        report = verify(again.read())
        assert (report.ok, report.records) == (True, 5), "the chain holds"

    def test_jr_04_reading_starts_after_a_sequence_number(self, bench: JournalBench) -> None:
        """RS-11."""
        journal = bench.open()
        written = envelopes(5, epoch=journal.take_over())
        journal.append(written)

        assert tuple(journal.read(after=3)) == written[3:], "3 itself is left out"
        assert tuple(journal.read(after=5)) == (), "nothing follows the last"
        assert tuple(journal.read(after=9)) == (), "nor what is not there yet"

    def test_jr_05_one_append_is_all_or_nothing(self, bench: JournalBench) -> None:
        """CA-05."""
        journal = bench.open()
        first, second, third = envelopes(3, epoch=journal.take_over())

        assert _is_refused(journal, (first, third)), "a gap is refused"
        assert journal.head() == GENESIS, "and leaves nothing behind"

        journal.append((first, second))
        assert journal.head() == second.head(), "the whole batch goes in"

    def test_jr_06_only_the_present_epoch_may_append(self, bench: JournalBench) -> None:
        """CC-06: a frozen engine that wakes up cannot write."""
        old, new = bench.open(), bench.open()
        (early,) = envelopes(1, epoch=old.take_over())
        old.append((early,))
        present = new.take_over()

        late = envelopes(1, epoch=present - 1, head=early.head())
        future = envelopes(1, epoch=present + 1, head=early.head())

        assert _is_refused(old, late), "the older epoch is shut out"
        assert _is_refused(new, late), "through any handle"
        assert _is_refused(new, future), "and so is one that nobody has"
        new.append(envelopes(1, epoch=present, head=early.head()))
        assert [one.epoch for one in new.read()] == [present - 1, present], "the new one goes on"

    def test_jr_07_an_envelope_must_follow_the_head(self, bench: JournalBench) -> None:
        """CA-05."""
        journal = bench.open()
        epoch = journal.take_over()
        written = envelopes(3, epoch=epoch)
        journal.append(written[:2])
        stranger = Head(2, "5" * 64)

        assert _is_refused(journal, written[:1]), "the first again"
        assert _is_refused(journal, written[1:2]), "the last again"
        assert _is_refused(journal, envelopes(2, epoch=epoch, head=written[1].head())[1:]), "a gap"
        assert _is_refused(journal, envelopes(1, epoch=epoch, head=stranger)), "another past"
        assert tuple(journal.read()) == written[:2], "nothing of it stays"
        journal.append(written[2:])

    def test_jr_08_of_two_writers_on_one_head_one_is_refused(self, bench: JournalBench) -> None:
        """CC-01."""
        one, other = bench.open(), bench.open()
        epoch = one.take_over()
        (mine,) = envelopes(1, epoch=epoch)
        theirs = seal(
            GENESIS, epoch=epoch, at=_START, cycle_id=None, type="T", version=1, data="{}"
        )

        one.append((mine,))

        assert _is_refused(other, (theirs,)), "the second came too late"
        assert tuple(other.read()) == (mine,), "and sees the first"

    def test_jr_09_appending_nothing_changes_nothing(self, bench: JournalBench) -> None:
        """CA-01."""
        journal = bench.open()
        journal.take_over()

        journal.append(())

        assert journal.head() == GENESIS, "the head stays"

    def test_jr_10_reading_goes_on_beside_a_writer(self, bench: JournalBench) -> None:
        """CC-01: a reader sees whole records, in order, whatever is added meanwhile."""
        journal = bench.open()
        written = envelopes(4, epoch=journal.take_over())
        journal.append(written[:2])

        reading = bench.open().read()
        seen = [next(reading)]
        journal.append(written[2:])
        seen += reading

        assert tuple(seen) in (written[:2], written), "a whole beginning of the journal"


def _is_refused(journal: JournalPort, batch: Sequence[Envelope]) -> bool:
    try:
        journal.append(batch)
    except ConcurrentWriteError:
        return True
    return False
