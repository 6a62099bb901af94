"""The model's price is what its venue takes on average, so that nobody drifts from it by chance."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.parity.model import Model
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.matching import DRAWS, Market, fill_schedule
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.testing.builders import NOW, a_planned_order, an_order
from alchemiser.testing.fakes import quote

SPY = Symbol("SPY")
MARKETS = {SPY: quote("SPY", "500", "500", at=NOW)}
FINE = Instrument(symbol=SPY, price_increment=Decimal("0.000001"))
VENUE = VenueSettings(
    slippage=Decimal("0.0002"),
    impact=ImpactModel(coefficient=Decimal(3)),
    partial_probability=Decimal("0.6"),
    parts_max=4,
    fees=FeeSchedule(regulatory=False),
)
TRIALS = 3_000


def planned(side: Side) -> PlannedOrder:
    order = an_order("SPY", "900", "600" if side is Side.BUY else "400", side=side)
    return a_planned_order(order, reference="500", trend="900")


def taken(side: Side, venue: VenueSettings) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the mean prices of `TRIALS` whole fills at `venue`."""
    order, random = planned(side), Random(11)
    market = Market(quote=MARKETS[SPY], instrument=FINE)
    found = []
    for _ in range(TRIALS):
        draws = [Decimal(repr(random.random())) for _ in range(DRAWS)]
        fills = fill_schedule(order.request(), order.quantity, market, venue, draws)
        assert sum(fill.quantity for fill in fills) == order.quantity
        found.append(float(sum(fill.quantity * fill.price for fill in fills) / order.quantity))
    return np.array(found)


def modelled(side: Side, venue: VenueSettings) -> float:
    order = planned(side)
    model = Model(
        quotes=MARKETS, instruments={SPY: FINE}, venue=venue, closes={}, working=AlgorithmSettings()
    )
    priced = model.price(order, order.quantity)
    assert priced is not None
    return float(priced[0])


@pytest.mark.parametrize("side", Side)
def test_price_is_the_mean_of_what_the_venue_takes(side: Side) -> None:
    """BT-06: in one part or in several, which pay less impact; three standard errors."""
    prices = taken(side, VENUE)
    error = 3 * prices.std() / np.sqrt(TRIALS)

    assert abs(prices.mean() - modelled(side, VENUE)) < error
    at_once = modelled(side, replace(VENUE, parts_max=1))
    assert abs(prices.mean() - at_once) > 3 * error, "a model of one part would drift"


@pytest.mark.parametrize("chance", ["0", "1"])
def test_venue_without_chance_of_parts_is_met_exactly(chance: str) -> None:
    sure = replace(VENUE, slippage=Decimal(0), partial_probability=Decimal(chance), parts_max=2)
    whole = replace(sure, parts_max=1)

    assert (modelled(Side.BUY, sure) == modelled(Side.BUY, whole)) is (chance == "0")
    assert modelled(Side.BUY, sure) <= modelled(Side.BUY, whole)


def test_nothing_and_no_quote_have_no_price() -> None:
    model = Model(
        quotes={}, instruments={SPY: FINE}, venue=VENUE, closes={}, working=AlgorithmSettings()
    )

    assert model.price(planned(Side.BUY), Decimal(9)) is None
    assert replace(model, quotes=MARKETS).price(planned(Side.BUY), Decimal(0)) is None


@pytest.mark.parametrize("side", Side)
def test_whole_shares_of_an_order_for_the_auction_trade_at_the_close(side: Side) -> None:
    """BT-06: neither spread nor impact there, whatever the quotes were when it was decided."""
    order = replace(planned(side), algorithm=Algorithm.LIMIT_ON_CLOSE)
    model = Model(
        quotes=MARKETS,
        instruments={SPY: FINE},
        venue=VENUE,
        closes={SPY: Decimal("512.34")},
        working=AlgorithmSettings(),
    )
    usual = modelled(side, VENUE)

    assert model.price(order, Decimal(900)) == (Decimal("512.340000"), Decimal(0))
    half = model.price(order, Decimal("0.5"))
    assert half == model.price(planned(side), Decimal("0.5"))
    assert half is not None
    assert model.price(order, Decimal("3.5")) == (
        (3 * Decimal("512.34") + half[0] / 2) / Decimal("3.5"),
        Decimal(0),
    )
    assert float(half[0]) != pytest.approx(usual, abs=1e-3)


def test_part_of_a_share_that_is_worth_too_little_takes_a_whole_one_with_it() -> None:
    """As the algorithm sends it: 1.001 shares before the auction, and two in it."""
    order = replace(planned(Side.BUY), algorithm=Algorithm.LIMIT_ON_CLOSE)
    model = Model(
        quotes=MARKETS,
        instruments={SPY: FINE},
        venue=replace(VENUE, impact=ImpactModel(coefficient=Decimal(0)), slippage=Decimal(0)),
        closes={SPY: Decimal(600)},
        working=AlgorithmSettings(),
    )
    touch = model.price(planned(Side.BUY), Decimal(1))
    assert touch is not None

    priced = model.price(order, Decimal("3.001"))

    assert priced == (
        (2 * Decimal(600) + Decimal("1.001") * touch[0]) / Decimal("3.001"),
        Decimal(0),
    )


def test_quote_that_is_crossed_has_a_price_in_the_auction_alone() -> None:
    crossed = replace(MARKETS[SPY], bid=Decimal(501))
    order = replace(planned(Side.BUY), algorithm=Algorithm.LIMIT_ON_CLOSE)
    model = Model(
        quotes={SPY: crossed},
        instruments={SPY: FINE},
        venue=VENUE,
        closes={},
        working=AlgorithmSettings(),
    )

    assert model.price(order, Decimal(2)) == (Decimal("500.000000"), Decimal(0))
    assert model.price(order, Decimal("2.5")) is None


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("algorithm", [Algorithm.TWAP, Algorithm.VWAP, Algorithm.PARTICIPATION])
def test_order_that_is_worked_over_time_pays_the_impact_of_its_parts(
    side: Side, algorithm: Algorithm
) -> None:
    """BT-06: six of 150 shares each meet a market that has recovered."""
    order = replace(planned(side), algorithm=algorithm)
    model = Model(
        quotes=MARKETS,
        instruments={SPY: FINE},
        venue=VENUE,
        closes={},
        working=AlgorithmSettings(slices=6),
    )

    part = model.price(planned(side), Decimal(150))

    whole = model.price(order, Decimal(900))
    assert part is not None
    assert whole is not None
    assert abs(whole[0] - part[0]) < Decimal("1e-20")
    assert whole != model.price(planned(side), Decimal(900))


def test_order_that_is_too_small_to_be_cut_meets_the_market_whole() -> None:
    tiny = an_order("SPY", "0.3", "600", side=Side.BUY)
    order = replace(a_planned_order(tiny, reference="500", trend="0.3"), algorithm=Algorithm.TWAP)
    model = Model(
        quotes=MARKETS, instruments={SPY: FINE}, venue=VENUE, closes={}, working=AlgorithmSettings()
    )

    whole = replace(order, algorithm=Algorithm.MARKETABLE_LIMIT)
    assert model.price(order, order.quantity) == model.price(whole, order.quantity)
