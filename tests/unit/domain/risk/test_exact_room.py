"""An order that takes exactly the room there is has not been cut (RC-17)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode
from alchemiser.testing.builders import a_context, an_account, an_order


@pytest.mark.parametrize(
    ("shares", "binding"), [("10", None), ("10.000000001", RiskCode.MAX_LEVERAGE)]
)
def test_limit_is_told_only_where_it_cuts(shares: str, binding: RiskCode | None) -> None:
    """RC-17: five thousand dollars of as many."""
    limits = replace(RESEARCH_LIMITS, max_leverage=Decimal("0.05"))
    context = a_context(an_account("100000", {}, equity="100000"), limits=limits)

    assert room_for(an_order(quantity=shares), context) == (Decimal(10), binding)
