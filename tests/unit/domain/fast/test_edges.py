"""What lies on an edge in exact arithmetic lies on it in floats, whichever way sessions are run."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from alchemiser.domain.fast.inputs import Costs, FastInputs, FastRun, Rules
from alchemiser.domain.fast.kernel import sessions
from alchemiser.domain.fast.short_way import ShortWay
from alchemiser.domain.fast.simulate import simulate

EDGE = 0.01
CENTS = range(101, 400)
HELD, AFTER = 5_000.0, 5_100.0
"""Shares of half of the equity, and of 51 % of it: a hundredth of it apart, to the cent."""


def on_the_edge(cents: int, rules: Rules, *, threshold: float = 0.0, books: int = 1) -> FastInputs:
    """Return two sessions of 10,000 shares' worth of equity for each book, at so many cents each.

    Nothing costs anything, so that exact arithmetic has no digit beyond the cent.
    """
    price = cents / 100
    weights = np.tile([[[0.5], [0.51]]], (books, 1, 1)).reshape(books, 2, 1)
    prices = np.full((2, 1), price)
    return FastInputs(
        prices=prices,
        weights=weights,
        capital=np.full(books, cents * 100.0),
        costs=Costs(buy=np.zeros((2, 1)), sell=np.zeros((2, 1))),
        rules=replace(rules, cash_buffer=0.0, reserve=0.0),
        thresholds=np.full(books, threshold) if threshold else None,
    )


def by_arrays(made: FastInputs) -> FastRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShortWay, "of", lambda _: None)
        return simulate(made)


Way = Callable[[FastInputs], FastRun]
WAYS: dict[str, Way] = {
    "short": simulate,
    "arrays": by_arrays,
    "kernel": lambda made: simulate(made, sessions.run),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("whole", [False, True])
def test_a_change_as_large_as_the_drift_band_is_traded(way: str, *, whole: bool) -> None:
    """BT-03: the band is what smaller changes are left out by."""
    for cents in CENTS:
        made = on_the_edge(cents, Rules(drift_band=EDGE, minimum_trade=0.0, whole=whole))

        held = WAYS[way](made).positions[:, 0, 0]

        np.testing.assert_allclose(held, [HELD, AFTER], err_msg=f"{cents} cents")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("books", [1, 2])
def test_an_order_as_large_as_the_smallest_is_sent(way: str, books: int) -> None:
    """BT-03: also of two books together."""
    for cents in CENTS:
        least = float(books * cents)
        made = on_the_edge(cents, Rules(minimum_trade=least, whole=True), books=books)

        held = WAYS[way](made).positions[:, :, 0]

        assert held.tolist() == [[HELD] * books, [AFTER] * books], cents


@pytest.mark.parametrize("way", WAYS)
def test_a_book_as_far_off_as_its_threshold_rests(way: str) -> None:
    """BT-03: it is what a book may be off by."""
    for cents in CENTS:
        made = on_the_edge(cents, Rules(drift_band=0.0, whole=True), threshold=EDGE)

        held = WAYS[way](made).positions[:, 0, 0]

        assert held.tolist() == [HELD, HELD], cents
