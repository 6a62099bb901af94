"""A check is left out only where it would have said nothing (RC-16)."""

from dataclasses import fields, replace

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk import conduct, exposure
from alchemiser.domain.risk.checks import ORDER_CHECKS, POOLS, FitsInto
from alchemiser.domain.risk.in_force import FOR_BUYS, LIMITS, in_force
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.risk.measures import MEASURES
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE

EVERY = replace(RiskLimits(), max_order_quantity=ONE, max_order_notional=ONE)


def test_under_every_limit_a_buy_is_asked_everything_but_for_shares() -> None:
    found = in_force(EVERY, Side.BUY)

    assert found.checks == tuple(one for one in ORDER_CHECKS if one is not conduct.short_sale)
    assert (found.makers, found.measures) == (POOLS, MEASURES)


def test_a_sell_is_not_asked_what_only_concerns_buys() -> None:
    found = in_force(EVERY, Side.SELL)

    left_out = {one.maker if isinstance(one, FitsInto) else one for one in ORDER_CHECKS}
    left_out -= {one.maker if isinstance(one, FitsInto) else one for one in found.checks}
    assert left_out >= FOR_BUYS
    assert conduct.short_sale in found.checks
    assert found.measures == ()


@pytest.mark.parametrize("name", sorted(LIMITS.values()))
def test_one_limit_switches_its_own_check_alone(name: str) -> None:
    without = in_force(replace(EVERY, **{name: None}), Side.BUY)  # type: ignore[arg-type]

    missing = [one for one in in_force(EVERY, Side.BUY).checks if one not in without.checks]
    assert [LIMITS[one.maker if isinstance(one, FitsInto) else one] for one in missing] == [name]


def test_the_limit_of_a_single_symbol_is_in_force_without_one_of_its_class() -> None:
    single = replace(RESEARCH_LIMITS, max_position_symbol={Symbol("SPY"): ONE})

    assert exposure.position not in in_force(RESEARCH_LIMITS, Side.BUY).makers
    assert exposure.position in in_force(single, Side.BUY).makers


def test_every_limit_that_can_be_off_has_its_check() -> None:
    """What is missing here would be asked in vain; what is too much would be a hole."""
    off = {
        row.name for row in fields(RESEARCH_LIMITS) if getattr(RESEARCH_LIMITS, row.name) is None
    }
    figures = {"max_net_exposure", "max_var", "max_expected_shortfall"}

    assert {*LIMITS.values(), *figures, "max_position"} == off - {"intraday_margin_since"}
