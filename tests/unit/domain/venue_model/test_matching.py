"""A limit order meets a quote: prices, parts and delays (EX-04, EX-05, EX-07)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.matching import (
    DRAWS,
    Market,
    ScheduledFill,
    fill_schedule,
    touch,
)
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.testing.fakes import quote
from tests.simulated_venue import DAY, EXACT, SESSION, SPY, TECL, order, sell

FUND = Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND)
QUOTE = quote("SPY", "499.98", "500.02", at=SESSION.open_at)
LIQUID = Liquidity(volatility=Decimal("0.02"), daily_volume=Decimal(30_000))
MIDDLE = [Decimal("0.5")] * DRAWS


def schedule(
    asked: NewOrderSingle,
    *,
    settings: VenueSettings = EXACT,
    draws: list[Decimal] = MIDDLE,
    market: Quote = QUOTE,
    instrument: Instrument = FUND,
    liquidity: Liquidity = LIQUID,
) -> tuple[ScheduledFill, ...]:
    met = Market(quote=market, instrument=instrument, liquidity=liquidity)
    return fill_schedule(asked, asked.order_qty, met, settings, draws)


def drawn(*changes: tuple[int, str]) -> list[Decimal]:
    draws = list(MIDDLE)
    for place, value in changes:
        draws[place] = Decimal(value)
    return draws


@pytest.mark.parametrize(
    ("side", "half_spread", "price"),
    [
        (Side.BUY, "0", "500.02"),
        (Side.SELL, "0", "499.98"),
        (Side.BUY, "0.0003", "500.15"),
        (Side.SELL, "0.0003", "499.85"),
    ],
)
def test_touch_is_the_quote_or_the_half_spread_whichever_is_worse(
    side: Side, half_spread: str, price: str
) -> None:
    assert touch(side, QUOTE, Decimal(half_spread)) == Decimal(price)


@pytest.mark.parametrize(("limit", "filled"), [("500.01", False), ("500.02", True)])
def test_buy_fills_from_the_touch_on(limit: str, filled: bool) -> None:
    assert bool(schedule(order("a", "30", limit))) is filled


@pytest.mark.parametrize(("limit", "filled"), [("499.99", False), ("499.98", True)])
def test_sell_fills_from_the_touch_on(limit: str, filled: bool) -> None:
    assert bool(schedule(sell("a", "30", limit))) is filled


def test_crossed_quote_fills_nothing() -> None:
    crossed = quote("SPY", "500.04", "500.02", at=SESSION.open_at)

    assert schedule(order("a", "30", "510"), market=crossed) == ()


def test_slippage_and_impact_add_to_the_touch_and_round_against_the_order() -> None:
    settings = VenueSettings(
        half_spread=dict.fromkeys(AssetClass, Decimal(0)),
        slippage=Decimal("0.0004"),
        impact=ImpactModel(coefficient=Decimal("0.5")),
        partial_probability=Decimal(0),
    )
    # Half of the slippage, and half of 0.02 x sqrt(30 / 30000) = 0.000632 of impact:
    # 500.02 x (1 + 0.0002 + 0.000316) = 500.2781...
    (bought,) = schedule(order("a", "30", "510"), settings=settings)
    # 499.98 x (1 - 0.0002 - 0.000316) = 499.7219...
    (sold,) = schedule(sell("a", "30", "490"), settings=settings)

    assert bought.price == Decimal("500.28")
    assert sold.price == Decimal("499.72")


def test_every_part_pays_for_the_parts_before_it() -> None:
    settings = VenueSettings(
        half_spread=dict.fromkeys(AssetClass, Decimal(0)),
        slippage=Decimal(0),
        impact=ImpactModel(coefficient=Decimal(1)),
        partial_probability=Decimal(1),
    )

    prices = [fill.price for fill in schedule(order("a", "300", "510"), settings=settings)]

    # A hundred shares a part: 0.02 x sqrt(n / 300) of 500.02, which is 0.577, 0.816 and 1 of 0.001.
    assert prices == [Decimal("500.60"), Decimal("500.84"), Decimal("501.03")]


def test_part_that_would_pass_the_limit_is_left_for_later() -> None:
    settings = VenueSettings(
        half_spread=dict.fromkeys(AssetClass, Decimal(0)),
        slippage=Decimal("0.001"),
        impact=ImpactModel(coefficient=Decimal(0)),
        partial_probability=Decimal(1),
        parts_max=2,
    )
    # Slips of 0.0001 and 0.0009: 500.08 inside, 500.48 outside a limit of 500.30.
    draws = drawn((10, "0.1"), (11, "0.9"))

    fills = schedule(order("a", "30", "500.30"), settings=settings, draws=draws)

    assert [(fill.quantity, fill.price) for fill in fills] == [(Decimal(15), Decimal("500.08"))]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("0.35", "0", 1), ("0.34", "0.49", 2), ("0.34", "0.5", 3), ("0", "0.99", 3)],
)
def test_number_of_parts_follows_the_first_two_draws(first: str, second: str, count: int) -> None:
    draws = drawn((0, first), (1, second))

    assert len(schedule(order("a", "30", "510"), settings=VenueSettings(), draws=draws)) == count


def test_one_part_when_no_more_are_allowed() -> None:
    settings = VenueSettings(parts_max=1, partial_probability=Decimal(1))

    assert len(schedule(order("a", "30", "510"), settings=settings)) == 1


def test_parts_are_shared_out_by_their_draws_in_whole_increments() -> None:
    settings = VenueSettings(partial_probability=Decimal(1), parts_max=2)
    whole = Instrument(symbol=SPY, quantity_increment=Decimal(1))
    # Claims of 1.75 and 1.25 on 31 shares: 18.08 and 12.92.
    draws = drawn((2, "0.75"), (3, "0.25"))

    fills = schedule(order("a", "31", "510"), settings=settings, draws=draws, instrument=whole)

    assert [fill.quantity for fill in fills] == [18, 13]


def test_single_share_is_not_split() -> None:
    settings = VenueSettings(partial_probability=Decimal(1))
    whole = Instrument(symbol=SPY, quantity_increment=Decimal(1))

    fills = schedule(order("a", "1", "510"), settings=settings, instrument=whole)

    assert [fill.quantity for fill in fills] == [1]


def test_delays_lie_between_their_bounds_and_ascend() -> None:
    settings = VenueSettings(partial_probability=Decimal(1))
    draws = drawn((1, "0.9"), (6, "0.75"), (7, "0"), (8, "0.5"))

    fills = schedule(order("a", "30", "510"), settings=settings, draws=draws)

    # 0.2 s and 2.8 s more between the bounds.
    seconds = [fill.delay / timedelta(seconds=1) for fill in fills]
    assert seconds == pytest.approx([0.2, 1.6, 2.3])


def test_fee_is_charged_on_each_part() -> None:
    settings = VenueSettings(
        partial_probability=Decimal(1), fees=FeeSchedule(commission_per_share=Decimal("0.003"))
    )

    fills = schedule(sell("a", "30", "490"), settings=settings)

    # Three parts of 10 shares near 499.9: 10 x 0.003166 + 4999 x 0.0000278 = 0.1706
    assert [fill.commission for fill in fills] == [Decimal("0.18")] * 3


def test_sell_never_fills_at_nothing_when_impact_is_absurd() -> None:
    settings = VenueSettings(impact=ImpactModel(coefficient=Decimal(1000)))

    assert schedule(sell("a", "90000", "0.01"), settings=settings) == ()


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=f"takes {DRAWS} draws"):
        schedule(order("a", "30", "510"), draws=MIDDLE[1:])


UNIFORMS = st.lists(
    st.decimals(min_value=0, max_value=Decimal("0.999999"), places=6),
    min_size=DRAWS,
    max_size=DRAWS,
)


@given(
    draws=UNIFORMS,
    units=st.integers(1, 10**14),
    ticks=st.integers(-300, 300),
    side=st.sampled_from(Side),
    parts=st.integers(1, 4),
)
def test_fills_never_pass_the_limit_beat_the_touch_or_exceed_the_order(
    draws: list[Decimal], units: int, ticks: int, side: Side, parts: int
) -> None:
    """OS-05, OS-13: exact at the increments, whatever the draws."""
    instrument = Instrument(symbol=TECL, asset_class=AssetClass.LEVERAGED_FUND)
    settings = VenueSettings(
        parts_max=parts, partial_probability=Decimal("0.8"), slippage=Decimal("0.01")
    )
    market = quote("TECL", "71.30", "71.36", at=SESSION.open_at)
    limit = Decimal("71.33") + ticks * Decimal("0.01")
    quantity = units * Decimal("1e-9")
    asked = order("a", str(quantity), str(limit), symbol=TECL, side=side)
    best = touch(side, market, settings.half_spread[instrument.asset_class])

    fills = schedule(asked, settings=settings, draws=draws, market=market, instrument=instrument)

    assert len(fills) <= parts
    assert sum(fill.quantity for fill in fills) <= quantity
    assert [fill.delay for fill in fills] == sorted(fill.delay for fill in fills)
    for fill in fills:
        assert fill.quantity > 0
        assert fill.quantity % instrument.quantity_increment == 0
        assert fill.price % instrument.price_increment == 0
        assert side.sign() * (fill.price - best) >= 0
        assert side.sign() * (limit - fill.price) >= 0
        assert settings.delay_min <= fill.delay <= settings.delay_max
        assert fill.commission == settings.fees.charge(side, fill.quantity, fill.price, DAY)
