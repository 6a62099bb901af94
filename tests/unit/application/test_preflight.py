"""Everything is looked at, and what a strategy may want is held against the limits."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from alchemiser.application.engine import EnabledStrategy, Mode
from alchemiser.application.preflight import (
    Probe,
    check_declared,
    declared_excess,
    effective,
    preflight,
)
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.limits import (
    DEFAULT_MAX_POSITION,
    RESEARCH_LIMITS,
    OverLimit,
    RiskLimits,
)
from alchemiser.domain.rules.language import weight_equal
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE


def _enabled(weight: str, **largest: str) -> EnabledStrategy:
    declared = {AssetClass(kind): Decimal(share) for kind, share in largest.items()}
    return EnabledStrategy(
        strategy_id=StrategyId("mix"),
        weight=Decimal(weight),
        strategy=RuleStrategy(weight_equal("SPY"), declared),
        content_hash="0" * 64,
    )


BROAD = _enabled("0.6", broad_fund="1")


def test_every_probe_is_looked_at_whatever_is_wrong_before_it() -> None:
    def wrong() -> str:
        msg = "the file is gone: write it."
        raise SettingsError(msg)

    report = preflight([Probe(id="a", look=wrong), Probe(id="b", look=lambda: "fine")])

    assert [(check.id, check.ok, check.message) for check in report.checks] == [
        ("a", False, "the file is gone: write it."),
        ("b", True, "fine"),
    ]
    assert report.ok is False
    assert preflight([Probe(id="b", look=lambda: "fine")]).ok is True


@pytest.mark.parametrize(("weight", "found"), [("0.1", 0), ("0.100000001", 1), ("0.5", 1)])
def test_a_declaration_is_held_against_the_limit_of_its_class(weight: str, found: int) -> None:
    """RC-16: a declaration times the book's weight above a limit is found at start."""
    excess = list(declared_excess(_enabled(weight, stock="1", broad_fund="1"), RiskLimits()))

    assert len(excess) == found


def test_an_excess_names_the_line_to_write() -> None:
    (text,) = declared_excess(_enabled("0.50", leveraged_fund="0.4"), RiskLimits())

    assert text == (
        "mix may want 0.2 of the account in one leveraged_fund, the limit is 0.10: orders will be "
        "clipped; to allow it, write leveraged_fund = 0.2 under [risk.max_position]."
    )


def test_without_limits_nothing_is_in_excess() -> None:
    assert list(declared_excess(_enabled("1", stock="1"), RESEARCH_LIMITS)) == []


def test_what_is_above_the_limit_of_its_class_together_is_found_too() -> None:
    """RC-16: one symbol alone may be more than the whole class is allowed."""
    limits = RiskLimits(max_position={**DEFAULT_MAX_POSITION, AssetClass.LEVERAGED_FUND: ONE})

    (text,) = declared_excess(_enabled("0.5", leveraged_fund="0.6"), limits)

    assert text.startswith("mix may want 0.3 of the account in one leveraged_fund, the limit is")
    assert text.endswith("to allow it, write leveraged_fund = 0.3 under [risk.max_asset_class].")


def test_what_is_above_what_may_be_held_at_all_is_found_too() -> None:
    """RC-16: a fund of half a multiple is the least that a leveraged one can count."""
    limits = RiskLimits(max_leverage=Decimal("0.5"), max_gross_exposure=Decimal("0.4"))

    found = [text.rpartition("write ")[2] for text in declared_excess(BROAD, limits)]
    exempt = replace(RESEARCH_LIMITS, max_gross_exposure=Decimal("0.3"))

    assert found == ["max_leverage = 0.6 under [risk].", "max_gross_exposure = 0.6 under [risk]."]
    assert list(declared_excess(_enabled("1", leveraged_fund="0.6"), exempt)) == []
    assert len(list(declared_excess(_enabled("1", leveraged_fund="0.61"), exempt))) == 1


def test_an_excess_says_what_becomes_of_it_where_limits_refuse() -> None:
    limits = RiskLimits(over_limit=OverLimit.REFUSE)

    (text,) = declared_excess(_enabled("0.5", stock="1"), limits)

    assert "the limit is 0.10: orders will be refused; to allow it" in text


def test_live_refuses_what_declares_too_much_and_prints_the_line_to_write() -> None:
    """RC-16, DESIGN §3: what is warned of elsewhere is not traded live."""
    greedy = _enabled("0.50", leveraged_fund="0.4", stock="0.3")

    with pytest.raises(SettingsError) as refused:
        check_declared(Mode.LIVE, [BROAD, greedy], RiskLimits())

    assert "write leveraged_fund = 0.2 under [risk.max_position]." in str(refused.value)
    assert "write stock = 0.15 under [risk.max_position]." in str(refused.value)
    check_declared(Mode.LIVE, [BROAD], RiskLimits())


@pytest.mark.parametrize("mode", [Mode.SIMULATED, Mode.PAPER])
def test_paper_and_simulated_trade_what_declares_too_much(mode: Mode) -> None:
    """RC-16, DESIGN §3."""
    check_declared(mode, [_enabled("1", stock="1")], RiskLimits())


@pytest.mark.parametrize(("kind", "prefix"), [(RiskLimits, ""), (BreakerLimits, "breakers.")])
def test_every_field_of_the_limits_is_among_the_effective_values(kind: type, prefix: str) -> None:
    """RC-16: so that none can be forgotten."""
    told = [part.partition(" ")[0] for part in effective(RiskLimits(), BreakerLimits()).split(", ")]

    for row in fields(kind):
        own = [name for name in told if re.fullmatch(rf"{prefix}{row.name}(\.\w+)?", name)]
        value = getattr(kind(), row.name)
        assert len(own) == (len(value) if isinstance(value, Mapping) and value else 1), row.name
    assert len(told) == len(set(told))


def test_effective_values_are_those_in_force() -> None:
    """RC-16."""
    limits = RiskLimits(
        max_position_symbol={Symbol("TQQQ"): Decimal("0.25")},
        max_sector=None,
        max_order_notional=Decimal(2500),
        restricted=frozenset({Symbol("TSLA"), Symbol("GME")}),
        over_limit=OverLimit.REFUSE,
        intraday_margin_since=date(2026, 6, 4),
    )

    told = effective(limits, BreakerLimits(max_losing_sessions=7)).split(", ")

    assert told[:6] == [
        "max_position.broad_fund 1",
        "max_position.leveraged_fund 0.1",
        "max_position.sector_fund 0.25",
        "max_position.stock 0.1",
        "max_position_symbol.TQQQ 0.25",
        "max_sector not set",
    ]
    assert {
        "max_order_notional 2500",
        "max_order_quantity not set",
        "restricted GME TSLA",
        "over_limit refuse",
        "intraday_margin_since 2026-06-04",
        "breakers.drawdown_action stop_increasing",
        "breakers.max_losing_sessions 7",
    } <= set(told)
    assert told[-1] == "breakers.cool_off_sessions 1"
    assert "restricted none" in effective(RiskLimits(), BreakerLimits())
