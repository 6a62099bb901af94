"""The mix is what it says, and the options are what they may be."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.plugins import AssetClass, MarketView, RuleStrategy, TargetPortfolio, UndecidedError
from alchemiser_sixty_forty import SixtyFortyParams, alchemiser_strategies, build


def view(spy: float, agg: float) -> MarketView:
    panel = BarPanel(
        sessions=(date(2024, 8, 5),),
        symbols=(Symbol("AGG"), Symbol("SPY")),
        close=np.array([[agg, spy]]),
    )
    return MarketView(panel, 0)


def test_plugin_offers_sixty_forty() -> None:
    """ST-02."""
    (spec,) = alchemiser_strategies()
    strategy = spec.build(spec.params())

    assert spec.strategy_id == "sixty-forty"
    assert strategy.requirements.lookbacks == (("AGG", 1), ("SPY", 1))
    assert strategy.target(view(520.0, 98.0)) == TargetPortfolio.of({"SPY": 0.6, "AGG": 0.4})


def test_strategy_is_undecided_without_a_price() -> None:
    with pytest.raises(UndecidedError, match="AGG has no bar"):
        build(SixtyFortyParams()).target(view(520.0, float("nan")))


@pytest.mark.parametrize("shares", ["0.25", "0.8"])
def test_mix_and_its_largest_weight_follow_the_option(shares: str) -> None:
    part = Decimal(shares)

    strategy = build(SixtyFortyParams(shares=part))

    assert strategy.target(view(520.0, 98.0)) == TargetPortfolio.of({"SPY": part, "AGG": 1 - part})
    assert strategy.largest_weights == {AssetClass.BROAD_FUND: max(part, 1 - part)}


@pytest.mark.parametrize("shares", ["0", "1", "-0.5", "1.5"])
def test_mix_of_one_thing_is_refused(shares: str) -> None:
    with pytest.raises(ValueError, match="above 0 and below 1"):
        SixtyFortyParams(shares=Decimal(shares))


def test_strategy_is_a_rule_tree() -> None:
    assert isinstance(build(SixtyFortyParams()), RuleStrategy)
