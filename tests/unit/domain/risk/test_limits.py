"""Limits are data by asset class, with single symbols above it (OS-16)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, RiskLimits, Violation
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument

OKLO = Symbol("OKLO")


@pytest.mark.parametrize(
    ("cls", "limit"),
    [
        (AssetClass.STOCK, "0.10"),
        (AssetClass.BROAD_FUND, "1.00"),
        (AssetClass.SECTOR_FUND, "0.25"),
        (AssetClass.LEVERAGED_FUND, "0.10"),
    ],
)
def test_default_position_limit_follows_the_class(cls: AssetClass, limit: str) -> None:
    """RC-01, DESIGN §3."""
    instrument = Instrument(symbol=OKLO, asset_class=cls)

    assert RiskLimits().position_limit(instrument) == Decimal(limit)


def test_symbol_s_own_limit_wins_over_its_class_even_where_classes_have_none() -> None:
    own = {OKLO: Decimal("0.02")}
    stock = Instrument(symbol=OKLO)

    assert RiskLimits(max_position_symbol=own).position_limit(stock) == Decimal("0.02")
    assert replace(RESEARCH_LIMITS, max_position_symbol=own).position_limit(stock) == Decimal(
        "0.02"
    )
    assert RESEARCH_LIMITS.position_limit(stock) is None


def test_violation_reads_as_a_sentence() -> None:
    violation = Violation(code=RiskCode.MAX_POSITION, observed="0.12", limit="0.1", symbol=OKLO)

    assert violation.sentence() == "OKLO: max_position is 0.12, the limit 0.1"
    assert replace(violation, symbol=None).sentence().startswith("the plan: max_position")


def test_defaults_are_on_and_unleveraged() -> None:
    """DESIGN §3, OS-07, OS-09, OS-10: what an owner gets who writes nothing."""
    limits = RiskLimits()

    assert (limits.max_gross_exposure, limits.max_order_equity) == (Decimal(1), Decimal(1))
    assert limits.max_orders_per_day == 200
    assert limits.price_collar == Decimal("0.02")
    assert limits.quote_age_seconds_max == 60
