"""Where capital at risk begins and how far leveraged funds reach (RC-20)."""

from decimal import Decimal

import pytest

from alchemiser.domain.risk.capital import MULTIPLES, capital_at_risk
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import AssetClass


def test_account_that_owes_a_cent_is_refused_and_an_empty_one_is_not() -> None:
    """RC-20."""
    with pytest.raises(InvalidValueError, match="pay in"):
        capital_at_risk(RiskLimits(), Decimal("-0.01"))

    assert capital_at_risk(RiskLimits(), Decimal(0)).worst == 0


def test_leveraged_funds_reach_from_half_to_three_times_either_way() -> None:
    """RC-20: what an exchange lists at most, and the least that counts as leveraged."""
    told = [Decimal(one) for one in ("0.5", "-0.5", "3", "-3")]

    assert sorted(MULTIPLES[AssetClass.LEVERAGED_FUND]) == sorted(told)
