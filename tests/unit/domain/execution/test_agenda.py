"""The next moment is what going through all of them would find."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.execution.agenda import Agenda

START = datetime(2024, 8, 5, 14, 30, tzinfo=UTC)


def moment(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@given(
    noted=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5))),
    over=st.sets(st.integers(0, 5)),
    asked=st.lists(st.integers(0, 20)).map(sorted),
)
def test_it_is_the_first_after_now_that_counts(
    noted: list[tuple[int, int]], over: set[int], asked: list[int]
) -> None:
    agenda = Agenda[int]()
    for minutes, one in noted:
        agenda.note(moment(minutes), one)

    for now in asked:
        later = [minutes for minutes, one in noted if minutes > now and one not in over]
        first = min(later, default=None)
        found = agenda.next_after(moment(now), lambda _, one: one not in over)
        assert found == (None if first is None else moment(first))


def test_what_is_noted_again_counts_again() -> None:
    agenda = Agenda[str]()
    agenda.note(moment(5), "order")

    assert agenda.next_after(moment(0), lambda *_: False) is None
    agenda.note(moment(5), "order")
    assert agenda.next_after(moment(0), lambda *_: True) == moment(5)
