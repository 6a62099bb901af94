"""Every algorithm against books that nobody has written it for: it ends, in its bounds."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.numbers import CENT
from tests.unit.domain.execution.scripted_book import Market, Script, market
from tests.unit.domain.execution.test_algorithms_on_books import (
    CALM,
    MINUTES,
    check_bounds,
    worked,
)

STALE = 61
"""Seconds: a quote that is older than a minute is none (`quote_age_seconds_max`)."""


def locked(_: int) -> Market:
    """Bid and ask are the same."""
    return market("100.00", "100.00", "0.5")


def flickering(second: int) -> Market:
    """Crossed, halted and calm by turns, every seven seconds."""
    turns = (market("100.10", "99.90"), replace(CALM, halted=True), CALM)
    return turns[second // 7 % 3]


def halted_amid(second: int) -> Market:
    """Trading is halted from the third to the eighth minute, again and again for two seconds."""
    return replace(CALM, depth=Decimal("0.5"), halted=180 <= second < 480 or second % 60 < 2)


def stale(_: int) -> Market:
    """The quote is older than the limit, although there is trading."""
    return replace(CALM, age=STALE)


def stale_at_first(second: int) -> Market:
    """The source hangs for five minutes."""
    return replace(CALM, age=second + STALE if second < 300 else 0)


def from_tomorrow(_: int) -> Market:
    """The quote's clock is ahead."""
    return replace(CALM, age=-STALE)


def sub_penny(_: int) -> Market:
    """Quotes in hundredths of a cent."""
    return market("99.9013", "100.0988", "0.3")


def wide(_: int) -> Market:
    """Nobody is serious: the touch lies far outside any collar."""
    return market("50.00", "150.00")


def empty(second: int) -> Market:
    """Quotes of no size, and every minute a billionth of a share."""
    return market("99.90", "100.10", "0.000000001" if second % 60 == 0 else "0")


def gone_away(second: int) -> Market:
    """The market leaves at once, and never comes back within the bound."""
    return CALM if second < 2 else market("120.00", "120.10")


def crashing(second: int) -> Market:
    """A flash crash and its recovery: the price halves within a minute."""
    fall = Decimal(max(0, min(second - 60, 60, 240 - second)))
    return Market(bid=CALM.bid - fall / 2, ask=CALM.ask - fall / 2, depth=Decimal(1))


def one_second_in_sixty(second: int) -> Market | None:
    """There is a quote for one second of each minute."""
    return CALM if second % 60 == 30 else None


BOOKS = (
    locked,
    flickering,
    halted_amid,
    stale,
    stale_at_first,
    from_tomorrow,
    sub_penny,
    wide,
    empty,
    gone_away,
    crashing,
    one_second_in_sixty,
)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("script", BOOKS, ids=lambda script: script.__name__)
@pytest.mark.parametrize("algorithm", Algorithm)
def test_algorithm_ends_within_its_bounds_on_books_that_are_odd(
    algorithm: Algorithm, script: Script, side: Side
) -> None:
    """EX-07, EX-10, OS-13, OS-22, OS-23, FAULTS invariants 1, 2, 9, 23, 35."""
    venue, parent = worked(algorithm, side, script)

    check_bounds(venue, parent, algorithm, side)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("script", [stale, from_tomorrow])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_order_is_sent_on_a_quote_that_is_older_than_the_limit(
    algorithm: Algorithm, script: Script, side: Side
) -> None:
    """EX-10: nor on one of the future."""
    venue, parent = worked(algorithm, side, script)

    assert venue.prices == {}
    assert parent.ended


@pytest.mark.parametrize("algorithm", Algorithm)
def test_order_gets_all_of_a_locked_market(algorithm: Algorithm) -> None:
    """EX-07: a market that is locked can be traded in."""
    if algorithm is Algorithm.LIMIT_ON_CLOSE:
        return
    venue, parent = worked(algorithm, Side.BUY, locked)

    assert parent.done().quantity > 0
    assert set(venue.prices.values()) <= {Decimal("100.00"), parent.planned.limit_price}


@pytest.mark.parametrize("minutes", [0, 1, 2])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("algorithm", Algorithm)
def test_algorithm_ends_where_there_is_hardly_any_time(
    algorithm: Algorithm, side: Side, minutes: int
) -> None:
    """EX-07, OS-22: of an early close, or of a cycle that is late."""
    venue, parent = worked(algorithm, side, lambda _: CALM, minutes=minutes)

    check_bounds(venue, parent, algorithm, side)


def drawn(states: list[tuple[int, str, int, int]]) -> Callable[[int], Market | None]:
    """Return a book that is in each of `states` for so many seconds, and then again."""
    whole = sum(seconds for seconds, *_ in states)

    def script(second: int) -> Market | None:
        at = second % whole
        for seconds, kind, cents, depth in states:
            if at < seconds:
                return _of(kind, cents, depth)
            at -= seconds
        return None

    return script


def _of(kind: str, cents: int, depth: int) -> Market | None:
    mid, half = Decimal(100) + cents * CENT, Decimal("0.07")
    if kind == "none":
        return None
    plain = Market(bid=mid - half, ask=mid + half, depth=Decimal(depth).scaleb(-9))
    match kind:
        case "crossed":
            return replace(plain, bid=plain.ask, ask=plain.bid)
        case "locked":
            return replace(plain, bid=mid, ask=mid)
        case "halted":
            return replace(plain, halted=True)
        case "stale":
            return replace(plain, age=STALE)
        case _:
            return plain


STATES = st.tuples(
    st.integers(1, 90),
    st.sampled_from(["plain", "plain", "none", "crossed", "locked", "halted", "stale"]),
    st.integers(-80, 80),
    st.sampled_from([0, 1, 10**8, 10**9, 10**12]),
)


@pytest.mark.parametrize("algorithm", Algorithm)
@given(states=st.lists(STATES, min_size=1, max_size=8), side=st.sampled_from(Side))
@settings(max_examples=10)
def test_algorithm_ends_within_its_bounds_on_any_book(
    algorithm: Algorithm, states: list[tuple[int, str, int, int]], side: Side
) -> None:
    """EX-07, OS-13, OS-22."""
    venue, parent = worked(algorithm, side, drawn(states), minutes=MINUTES)

    check_bounds(venue, parent, algorithm, side)
