"""What counts as a looser limit (K05, FAULTS invariant 20)."""

from dataclasses import replace

import pytest

from alchemiser.application.preflight import in_force
from alchemiser.domain.risk.breakers import Action, BreakerLimits
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.risk.loosening import loosened
from alchemiser.domain.values.identifiers import Symbol


@pytest.mark.parametrize(
    ("name", "strict", "loose"),
    [
        ("max_order_equity", "0.5", "0.50001"),
        ("max_order_equity", "0.5", "not set"),
        ("max_orders_per_day", "9", "10"),
        ("price_collar", "0.02", "0.1"),
        ("correlation_threshold", "0.8", "0.9"),
        ("var_confidence", "0.99", "0.95"),
        ("reversal_sessions", "20", "10"),
        ("breakers.cool_off_sessions", "2", "1"),
        ("breakers.max_drawdown", "0.2", "0.3"),
        ("breakers.max_losing_sessions", "3", "not set"),
        ("breakers.drawdown_action", "liquidate", "reduce"),
        ("restricted", "OKLO SMR", "OKLO"),
        ("restricted", "OKLO", "none"),
        ("max_position.stock", "0.1", "not set"),
    ],
)
def test_more_room_is_looser_and_less_is_not(name: str, strict: str, loose: str) -> None:
    """K05: whichever way round the limit is written."""
    assert list(loosened({name: strict}, {name: loose})) == [name]
    assert list(loosened({name: loose}, {name: strict})) == []
    assert list(loosened({name: strict}, {name: strict})) == []


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("max_position_symbol.TQQQ", "0.1", "not set"),
        ("intraday_margin_since", "2026-06-04", "2026-07-06"),
        ("intraday_margin_since", "2026-06-04", "not set"),
        ("restricted", "OKLO", "SMR"),
    ],
)
def test_what_cannot_be_told_to_be_as_strict_counts_as_looser(
    name: str, one: str, other: str
) -> None:
    """K05: a symbol's own row wins over its class, which may be the stricter one."""
    assert list(loosened({name: one}, {name: other})) == [name]
    assert list(loosened({name: other}, {name: one})) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "correlation_sessions",
        "var_sessions",
        "adv_sessions",
        "breakers.trend_sessions",
        "over_limit",
        "max_position_symbol",
    ],
)
def test_how_a_figure_is_reckoned_is_neither(name: str) -> None:
    """RC-16: it is told, and not held."""
    assert list(loosened({name: "1"}, {name: "2"})) == []
    assert list(loosened({name: "2"}, {name: "1"})) == []


def test_row_that_is_gone_or_new_is_compared_as_not_set() -> None:
    """K05."""
    assert list(loosened({"max_var": "0.1", "max_leverage": "1"}, {"max_leverage": "1"})) == [
        "max_var"
    ]
    assert list(loosened({}, {"max_var": "0.1"})) == []
    assert list(loosened({}, {"max_position_symbol.TQQQ": "0.01"})) == ["max_position_symbol.TQQQ"]


def test_every_limit_there_is_can_be_compared() -> None:
    """RC-16: with all of them off, on, and written as they are on record."""
    on = dict(in_force(RiskLimits(restricted=frozenset({Symbol("OKLO")})), BreakerLimits()))
    off = dict(in_force(RESEARCH_LIMITS, BreakerLimits()))
    sold = replace(BreakerLimits(), drawdown_action=Action.LIQUIDATE)

    assert {"max_gross_exposure", "max_var", "restricted", "max_daily_loss"} <= set(
        loosened(on, off)
    )
    assert list(loosened(off, on)) == []
    assert list(loosened(on, dict(in_force(RiskLimits(), sold)))) == ["restricted"]
