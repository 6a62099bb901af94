"""Symbols are asked for together, and apart where there is no answer (CC-08)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.apart import Apart, Part
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import PortUnavailableError

NAMES = tuple(Symbol(f"S{number:03}") for number in range(500))


def asking(*slow: Symbol) -> tuple[list[Part], Callable[[Part], Part]]:
    """Return the parts that were asked for, and what answers all but `slow`."""
    asked: list[Part] = []

    def answer(part: Part) -> Part:
        asked.append(part)
        if set(part) & set(slow):
            msg = f"nothing of {len(part)}"
            raise PortUnavailableError(msg)
        return part

    return asked, answer


def test_what_is_answered_is_asked_for_once() -> None:
    asked, answer = asking()

    assert Apart().ask(answer, NAMES).told == (NAMES,)
    assert asked == [NAMES]


@given(st.integers(2, 500), st.sets(st.integers(0, 499), max_size=3))
def test_all_are_told_in_their_order_but_those_that_have_no_answer(
    count: int, places: set[int]
) -> None:
    """CC-08: two more rounds, whatever the number."""
    names = NAMES[:count]
    slow = {NAMES[place] for place in places if place < count}
    if len(slow) * 2 > count:
        return
    asked, answer = asking(*slow)

    try:
        found = Apart().ask(answer, names)
    except PortUnavailableError:
        # Every part had one of them, as far as anybody can tell.
        assert len(slow) > 1
        return

    assert found.silent == slow
    together = [name for part in found.told for name in part]
    assert sorted(together) == [name for name in names if name not in slow]
    assert {len(part) for part in asked if set(part) & slow} <= {count, *range(1, 23 + 1)}


def test_a_symbol_once_slow_is_asked_for_by_itself() -> None:
    """CC-08: the next question costs one round, and finds it well again."""
    asked, answer = asking(NAMES[7])
    apart = Apart()
    apart.ask(answer, NAMES)
    asked.clear()

    second = apart.ask(answer, NAMES)

    assert second.silent == {NAMES[7]}
    assert sorted(map(len, asked)) == [1, 499]
    assert apart.ask(asking()[1], NAMES).silent == frozenset()


def test_a_source_that_is_down_is_given_up() -> None:
    """CC-08: after the parts of the second round."""
    asked, answer = asking(*NAMES)

    with pytest.raises(PortUnavailableError, match="nothing of"):
        Apart().ask(answer, NAMES)

    assert len(asked) == 1 + 23


def test_one_symbol_alone_is_asked_for_once() -> None:
    asked, answer = asking(NAMES[0])

    with pytest.raises(PortUnavailableError, match="nothing of 1"):
        Apart().ask(answer, NAMES[:1])

    assert asked == [NAMES[:1]]
    assert Apart().ask(answer, ()).told == ()
