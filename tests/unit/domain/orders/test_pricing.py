"""The limit is marketable but bounded (OS-10)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.pricing import limit_price
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import is_multiple
from alchemiser.testing.builders import NOW
from alchemiser.testing.fakes import quote

OFFSET = Decimal("0.005")
PRICES = st.decimals("0.01", "90000", places=4)
TICKS = st.sampled_from([Decimal("0.01"), Decimal("0.0001"), Decimal("0.05"), Decimal("1e-9")])


def instrument(tick: Decimal = Decimal("0.01")) -> Instrument:
    return Instrument(symbol=Symbol("SPY"), price_increment=tick)


@pytest.mark.parametrize(
    ("side", "offset", "price"),
    [
        (Side.BUY, "0.005", "502.60"),
        (Side.SELL, "0.005", "497.41"),
        (Side.BUY, "0", "500.10"),
        (Side.SELL, "0", "499.90"),
    ],
)
def test_limit_goes_through_the_touch_and_rounds_towards_it(
    side: Side, offset: str, price: str
) -> None:
    """500.10 x 1.005 = 502.6005 and 499.90 x 0.995 = 497.4005; the middle plays no part."""
    spy = quote("SPY", "499.90", "500.10", at=NOW)

    assert limit_price(side, spy, instrument(), Decimal(offset)) == Decimal(price)


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, "1.98"), (Side.SELL, "1.95")])
def test_limit_of_a_cheap_share_goes_one_whole_tick_through_the_touch(
    side: Side, price: str
) -> None:
    """1.97 x 1.005 is 1.97 on a tick of one cent: an order at the touch, which slippage passes."""
    cheap = quote("SPY", "1.96", "1.97", at=NOW)

    assert limit_price(side, cheap, instrument(), OFFSET) == Decimal(price)


def test_limit_is_never_below_one_tick() -> None:
    penny = quote("SPY", "0.004", "0.006", at=NOW)

    assert limit_price(Side.BUY, penny, instrument(), OFFSET) == Decimal("0.01")
    assert limit_price(Side.SELL, penny, instrument(), OFFSET) == Decimal("0.01")


@given(bid=PRICES, spread=st.decimals(0, 5, places=4), tick=TICKS, side=st.sampled_from(Side))
def test_limit_is_on_the_tick_and_gives_up_no_more_than_the_offset(
    bid: Decimal, spread: Decimal, tick: Decimal, side: Side
) -> None:
    """OS-05, OS-10, OS-22: rounding never worsens the bound, but for the one tick that must be."""
    spy = Quote(symbol=Symbol("SPY"), bid=bid, ask=bid + spread, last=bid, at=NOW)

    price = limit_price(side, spy, instrument(tick), OFFSET)

    assert price > 0
    assert is_multiple(price, tick)
    if side is Side.BUY:
        assert price <= max(spy.ask * (1 + OFFSET), spy.ask + tick)
    else:
        assert price >= min(spy.bid * (1 - OFFSET), spy.bid - tick)


@given(bid=PRICES, spread=st.decimals(0, 5, places=4), tick=TICKS, side=st.sampled_from(Side))
def test_limit_is_marketable_wherever_a_tick_is_finer_than_the_offset(
    bid: Decimal, spread: Decimal, tick: Decimal, side: Side
) -> None:
    spy = Quote(symbol=Symbol("SPY"), bid=bid, ask=bid + spread, last=bid, at=NOW)
    touch = spy.ask if side is Side.BUY else spy.bid

    if touch * OFFSET >= tick:
        price = limit_price(side, spy, instrument(tick), OFFSET)
        assert (price - touch) * side.sign() >= 0
