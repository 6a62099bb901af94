"""What is kept of a plan's orders stands in the plan's order, whatever came when."""

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.execution.by_side import BySide
from alchemiser.domain.orders.messages import Side

CHANGES = st.lists(st.tuples(st.sampled_from(Side), st.integers(0, 9), st.none() | st.integers()))


@given(changes=CHANGES)
def test_it_is_what_going_through_all_would_find(
    changes: list[tuple[Side, int, int | None]],
) -> None:
    kept, plain = BySide[int](), dict[tuple[Side, int], int | None]()
    for side, place, one in changes:
        kept.keep(side, place, one)
        plain[side, place] = one

    found = {
        side: tuple(one for place in range(10) if (one := plain.get((side, place))) is not None)
        for side in Side
    }
    assert {side: kept.on(side) for side in Side} == found
    assert kept.on(None) == (*found[Side.SELL], *found[Side.BUY])
    assert {side: kept.has(side) for side in Side} == {side: bool(found[side]) for side in Side}
