"""A session's trades add up to its daily bar, whatever that is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.venue.data.path import TRADE_SECONDS, VOLUME_MIN, DayBar, session_path

LENGTHS = st.sampled_from((60, 3 * 3_600 + 1_800, 23_400))


@st.composite
def bars(draw: st.DrawFn) -> DayBar:
    step = draw(st.sampled_from((1, 100)))
    low = draw(st.integers(1, 10**9))
    high = low + draw(st.integers(0, 10**7))
    opened, closed = draw(st.integers(low, high)), draw(st.integers(low, high))
    return DayBar(
        open=opened * step,
        high=high * step,
        low=low * step,
        close=closed * step,
        volume=draw(st.integers(VOLUME_MIN, 10**10)),
        step=step,
    )


@given(bar=bars(), seconds=LENGTHS, name=st.text(max_size=8))
def test_trades_add_up_to_the_bar(bar: DayBar, seconds: int, name: str) -> None:
    path = session_path(bar, seconds=seconds, name=name)

    assert (path.prices[0], path.prices[-1]) == (bar.open, bar.close)
    assert (path.prices.max(), path.prices.min()) == (bar.high, bar.low)
    assert path.sizes.sum() == bar.volume
    assert path.sizes.min() > 0
    assert not np.any(path.prices % bar.step)
    assert path.seconds[0] == 0
    assert np.all(np.diff(path.seconds) >= TRADE_SECONDS)
    assert path.seconds[-1] < seconds


@given(bar=bars(), name=st.text(max_size=8))
def test_the_same_name_gives_the_same_trades(bar: DayBar, name: str) -> None:
    first, again = (session_path(bar, seconds=23_400, name=name) for _ in range(2))

    assert np.array_equal(first.seconds, again.seconds)
    assert np.array_equal(first.prices, again.prices)
    assert np.array_equal(first.sizes, again.sizes)


def test_another_name_gives_other_trades() -> None:
    bar = DayBar(open=10_000, high=10_500, low=9_900, close=10_200, volume=4_000_000)

    one, other = (session_path(bar, seconds=23_400, name=name) for name in ("7/SPY", "8/SPY"))

    assert not np.array_equal(one.prices, other.prices)
    assert not np.array_equal(one.sizes, other.sizes)
