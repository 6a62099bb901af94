"""Bands that follow from costs: the cube root, its bounds, and what is not known."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.portfolio.allocation import AllocationSettings
from alchemiser.domain.portfolio.bands import CostBands, TradingCost, trading_costs
from alchemiser.domain.portfolio.consolidation import Consolidation, Market, consolidate
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_book, decided
from alchemiser.testing.fakes import quote

SPY, AGG = Symbol("SPY"), Symbol("AGG")
WIDE = CostBands(risk_aversion=Decimal(3), widest=Decimal("0.5"))
KNOWN = Liquidity(volatility=Decimal("0.01"), daily_volume=Decimal(1_000_000))
WEIGHTS = st.decimals("0.001", "0.999", places=3)
COSTS = st.decimals("0.0000001", "0.02", places=7)


def test_half_width_is_the_cube_root_of_six_costs_over_aversion() -> None:
    """By hand: 6 x 0.0004 x 0.25 x 0.25 / 3 = 0.00005, whose cube root is 0.0368403149864."""
    assert WIDE.half_width(Decimal("0.5"), Decimal("0.0004")) == Decimal("0.0368403149864")


@given(weight=WEIGHTS, cost=COSTS)
def test_no_other_band_costs_less(weight: Decimal, cost: Decimal) -> None:
    """The sum k s^2 / h + gamma h^2 / 12 of the module's derivation, with sigma = 1."""
    swing, width = float(weight * (1 - weight)), float(WIDE.half_width(weight, cost))
    if width in (float(weight), float(WIDE.widest)):
        return

    def burden(half: float) -> float:
        return float(cost) * swing**2 / half + float(WIDE.risk_aversion) * half**2 / 12

    assert burden(width) <= min(burden(width * 0.99), burden(width * 1.01))


@given(weight=WEIGHTS, cost=COSTS)
def test_band_is_wider_with_cost_and_within_its_bounds(weight: Decimal, cost: Decimal) -> None:
    narrow = CostBands(widest=Decimal("0.02"))

    width = narrow.half_width(weight, cost)

    assert 0 < width <= min(weight, Decimal("0.02"))
    assert width <= narrow.half_width(weight, cost * 2)
    assert len(width.as_tuple().digits) <= 12


@pytest.mark.parametrize("weight", ["0", "1"])
def test_what_cannot_drift_has_no_band(weight: str) -> None:
    assert WIDE.half_width(Decimal(weight), Decimal("0.001")) == 0
    assert WIDE.half_width(Decimal("0.5"), Decimal(0)) == 0


def test_band_does_not_depend_on_the_context_it_is_computed_in() -> None:
    usual = WIDE.half_width(Decimal("0.3"), Decimal("0.0007"))

    with localcontext() as context:
        context.prec = 60
        precise = WIDE.half_width(Decimal("0.3"), Decimal("0.0007"))

    assert precise == usual


def test_cost_is_half_the_spread_and_the_impact_of_what_is_traded() -> None:
    """A spread of 20 cents on 100 dollars; a ten-thousandth of the volume moves 1 % of 1 %."""
    costs = trading_costs({SPY: quote("SPY", "99.90", "100.10", at=NOW)}, {SPY: KNOWN})

    assert costs[SPY].of(Decimal(100)) == Decimal("0.001") + Decimal("0.0001")
    assert costs[SPY].unknown() == ""


@pytest.mark.parametrize(
    ("cost", "reason"),
    [
        (TradingCost(liquidity=KNOWN), "its spread is not known"),
        (TradingCost(half_spread=Decimal(0)), "its volatility is not known"),
        (
            TradingCost(half_spread=Decimal(0), liquidity=Liquidity(volatility=Decimal("0.01"))),
            "its volume is not known",
        ),
    ],
)
def test_fixed_band_holds_where_a_cost_is_not_known_and_says_why(
    cost: TradingCost, reason: str
) -> None:
    settings = AllocationSettings(drift_band=Decimal("0.02"), cost_bands=WIDE)

    band = settings.band(Decimal("0.5"), Decimal(1), cost)

    assert band == (Decimal("0.02"), f"the fixed band holds: {reason}")


def test_crossed_quote_has_no_spread() -> None:
    crossed = trading_costs({SPY: quote("SPY", "100.10", "99.90", at=NOW)}, {})

    assert crossed[SPY].half_spread is None


def consolidated(spy: str, spread: str) -> Consolidation:
    """Return what a book of 10,000 dollars wants that is to hold half SPY and half AGG."""
    settings = AllocationSettings(
        cash_buffer=Decimal(0), drift_band=Decimal(0), cost_bands=CostBands()
    )
    cost = TradingCost(half_spread=Decimal(spread), liquidity=KNOWN)
    held = Decimal(spy)
    return consolidate(
        [(StrategyId("klm"), decided(SPY="0.5", AGG="0.5"))],
        {BookId("klm"): a_book("0", {"SPY": spy, "AGG": str(100 - held)})},
        Market(
            marks={SPY: Decimal(100), AGG: Decimal(100)},
            instruments={name: Instrument(symbol=name) for name in (SPY, AGG)},
            costs={SPY: cost, AGG: TradingCost()},
        ),
        settings,
    )


@pytest.mark.parametrize(("spread", "trades"), [("0.00001", True), ("0.0002", False)])
def test_dear_symbol_is_left_alone_where_a_cheap_one_is_traded(spread: str, trades: bool) -> None:
    """Two percent off: the band is 1.4 percent at a tenth of a basis point and 3 percent at two."""
    rows = {row.symbol: row for row in consolidated("52", spread).contributions}

    assert (rows[SPY].wanted == -2) is trades
    assert (rows[SPY].wanted == 0) is not trades
    assert rows[SPY].banded == ""
    assert rows[AGG].banded == "the fixed band holds: its spread is not known"
    assert rows[AGG].wanted == 2


def test_entries_and_exits_have_no_band_and_no_reason() -> None:
    settings = AllocationSettings(cash_buffer=Decimal(0), cost_bands=CostBands())

    result = consolidate(
        [(StrategyId("klm"), decided(SPY="0.001"))],
        {BookId("klm"): a_book("9900", {"AGG": "1"})},
        Market(
            marks={SPY: Decimal(100), AGG: Decimal(100)},
            instruments={name: Instrument(symbol=name) for name in (SPY, AGG)},
        ),
        settings,
    )

    assert [(row.wanted, row.band, row.banded) for row in result.contributions] == [
        (Decimal(-1), Decimal(0), ""),
        (Decimal("0.1"), Decimal(0), ""),
    ]


def test_book_that_owes_money_raises_it_whatever_the_band() -> None:
    settings = AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal("0.5"))

    result = consolidate(
        [(StrategyId("klm"), decided(SPY="1"))],
        {BookId("klm"): a_book("-100", {"SPY": "11"})},
        Market(marks={SPY: Decimal(100)}, instruments={SPY: Instrument(symbol=SPY)}),
        settings,
    )

    assert [row.wanted for row in result.contributions] == [Decimal(-1)]
