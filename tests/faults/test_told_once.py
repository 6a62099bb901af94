"""What a decision itself gives cause to say is said once, however often its day is gone on with."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from alchemiser.application.engine import EnabledStrategy
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.losses import Ears
from tests.faults.lockstep import account
from tests.faults.test_single_faults import DAYS, DONE, OPEN

YOUNG = EnabledStrategy(
    strategy_id=StrategyId("young"),
    weight=Decimal("0.05"),
    strategy=RuleStrategy(when(cumulative_return("SPY", 5_000) > 0, asset("SPY"), asset("TLT"))),
    content_hash="",
)
"""It lacks history."""


def test_a_day_whose_outcome_is_proved_later_repeats_no_alert_of_its_decision() -> None:
    """RS-10."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        ears = Ears()
        strategies = (*here.engine.strategies, YOUNG)
        here.engine = replace(here.engine, notifier=ears, strategies=strategies)
        here.venue.fault("drop", times=-1, path="/v2/account/activities$", after=1)
        assert here.run(DAYS[0]).exit_code == OPEN
        assert ears.codes().count("strategy_undecided") == 1

        here.venue.document("DELETE", "/control/faults")
        here.clock.advance_to(here.clock.now() + timedelta(minutes=1))

        assert here.run(DAYS[0]).exit_code == DONE
        assert ears.codes().count("strategy_undecided") == 1
        assert ears.codes().count("cycle_failed") == 1
