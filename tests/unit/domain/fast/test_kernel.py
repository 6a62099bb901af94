"""The kernel and the arrays tell the same of the same sessions, byte for byte."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.domain.fast.kernel import sessions
from alchemiser.domain.fast.kernel.entry import run_whole
from alchemiser.domain.fast.kernel.sums import product, total
from alchemiser.domain.fast.kernel.values import desk_in, space_of
from alchemiser.domain.fast.short_way import ShortWay
from alchemiser.domain.fast.simulate import simulate
from tests.drawn_sessions import drawn, told


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), columns=st.sampled_from([1, 3, 9]))
def test_the_kernel_has_the_bytes_of_the_arrays(seed: int, columns: int) -> None:
    """BT-03."""
    made = drawn(seed, columns, rows=25)

    assert told(simulate(made, sessions.run)) == told(simulate(made))


def test_a_missing_price_is_found_on_the_way_by_whatever_session_it_is_missing() -> None:
    """What is taken to be priced everywhere is run again where it is not (BT-03)."""
    whole = next(one for one in map(drawn, range(40)) if np.isfinite(one.prices).all())
    assert run_whole(sessions.run, whole) is not None
    rows, columns = whole.prices.shape
    for row, column in ((0, columns - 1), (rows // 2, 0), (rows - 1, columns - 1)):
        prices = whole.prices.copy()
        prices[row, column] = np.nan
        holed = replace(whole, prices=prices)

        assert run_whole(sessions.run, holed) is None
        assert told(simulate(holed, sessions.run)) == told(simulate(holed))


def test_the_short_way_has_the_bytes_of_all_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [one for one in map(drawn, range(120)) if ShortWay.of(one) is not None]
    short = [told(simulate(one)) for one in made]
    monkeypatch.setattr(ShortWay, "of", lambda _: None)

    assert len(made) > 5
    assert short == [told(simulate(one)) for one in made]


def test_what_is_drawn_gives_every_rule_something_to_do() -> None:
    runs = [simulate(drawn(seed)) for seed in range(40)]

    bound = {code for run in runs for _, code in run.limited}
    assert bound == {
        "buying_power",
        "max_gross_exposure",
        "max_net_exposure",
        "max_position",
        "max_turnover",
    }
    assert any((run.books < 0).any() for run in runs), "a book that owes money"
    assert any(run.auctioned is not None and run.auctioned.any() for run in runs)
    made = [one for one in map(drawn, range(40)) if one.costs.capped is not None]
    uncapped = [replace(one, costs=replace(one.costs, capped=None)) for one in made]
    assert any(
        simulate(one).costs.sum() < simulate(other).costs.sum()
        for one, other in zip(made, uncapped, strict=True)
    ), "a fee that is capped"


@pytest.mark.parametrize(("books", "rows", "columns"), [(1, 1, 1), (3, 4, 5), (2, 9, 1), (1, 3, 0)])
def test_what_lies_on_a_desk_has_a_place_of_its_own(books: int, rows: int, columns: int) -> None:
    """And is all there is of the space, so that nothing is left without use."""
    space = space_of(books, rows, columns)
    desk = desk_in(space, 0.005)

    assert sum(one.size for one in desk) == space.each.size + space.rest.size
    assert not any(np.shares_memory(one, other) for one, other in combinations(desk, 2))
    assert len(desk.due) == rows + 1
    assert desk.worst.tolist() == [1.005] * columns
    assert desk.last.tolist() == [-1]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 127, 128, 129, 136, 1_000, 3_001])
def test_sums_are_added_in_the_order_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).normal(0, 1e6, count)

    assert total(values) == np.add.reduce(values)
    assert product(values, values + 3.0, np.empty(count)) == np.add.reduce(values * (values + 3.0))


def test_arrays_of_another_kind_are_taken_as_well() -> None:
    """A compiler knows one kind: what is read-only or in another order is copied."""
    made = drawn(11)
    prices, weights = np.asfortranarray(made.prices), np.asfortranarray(made.weights)
    weights.setflags(write=False)
    strange = replace(made, prices=prices, weights=weights)

    assert told(simulate(strange, sessions.run)) == told(simulate(made))
