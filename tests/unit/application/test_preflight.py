"""Everything is looked at, and what a strategy may want is held against the limits."""

from decimal import Decimal

import pytest

from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.preflight import Probe, declared_excess, preflight
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.rules.language import weight_equal
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.instrument import AssetClass


def _enabled(weight: str, **largest: str) -> EnabledStrategy:
    declared = {AssetClass(kind): Decimal(share) for kind, share in largest.items()}
    return EnabledStrategy(
        strategy_id=StrategyId("mix"),
        weight=Decimal(weight),
        strategy=RuleStrategy(weight_equal("SPY"), declared),
        content_hash="0" * 64,
    )


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
    (text,) = declared_excess(_enabled("0.50", leveraged_fund="0.6"), RiskLimits())

    assert text == (
        "mix may want 0.3 of the account in one leveraged_fund, the limit is 0.10: orders will be "
        "clipped; to allow it, write leveraged_fund = 0.3 under [risk.max_position]."
    )


def test_without_limits_nothing_is_in_excess() -> None:
    assert list(declared_excess(_enabled("1", stock="1"), RESEARCH_LIMITS)) == []
