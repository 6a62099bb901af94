"""A strategy that loses or fails is switched off; its book is held, and the others go on."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.report import CycleReport
from alchemiser.domain.risk.breakers import BreakerCode, BreakerLimits
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.rules import asset, cumulative_return, when
from tests.cycle.losses import FIVE, FOUR, ONE, QUIET, THREE, TWO, Desk, enabled, write_falls

SPINS_QQQ = when(cumulative_return("QQQ", 1) > 0, asset("QQQ"), asset("AGG"))
STILL_SPY = asset("SPY")
TREES = {"bad": SPINS_QQQ, "good": when(cumulative_return("GLD", 1) > 0, asset("GLD"), STILL_SPY)}
FIRM = replace(QUIET, max_daily_loss=None)
BAD, GOOD = StrategyId("bad"), StrategyId("good")


def a_desk(home: Path, breakers: BreakerLimits, qqq: list[float]) -> Desk:
    """Return a desk on which `bad` holds QQQ and `good` rotates each day."""
    wave = [0.01, -0.01] * 3
    write_falls(home, QQQ=qqq, GLD=wave, SPY=[0.001] * 6, AGG=[0.001] * 6)
    return Desk(home, breakers=breakers, strategies=enabled({"bad": "0.5", "good": "0.5"}, TREES))


def traded(report: CycleReport) -> set[str]:
    return {str(line.symbol) for line in report.orders}


def states(report: CycleReport) -> dict[str, str]:
    return {str(line.strategy): line.state for line in report.strategies}


def book(desk: Desk, name: str) -> set[str]:
    return {str(symbol) for symbol in desk.state().books[BookId(name)].positions}


def test_daily_loss_of_a_book_switches_off_its_strategy_alone(tmp_path: Path) -> None:
    """RC-07: the book of the loser is held, though it wants to rotate; the other one trades."""
    limits = replace(FIRM, strategy_max_daily_loss=Decimal("0.04"))
    desk = a_desk(tmp_path, limits, [0.01, -0.06, 0.01, 0.01])
    desk.run(ONE)

    second, third = desk.run(TWO), desk.run(THREE)

    assert states(second) == {"bad": "undecided", "good": "decided"}
    assert traded(second) == {"GLD", "SPY"} == traded(third)
    assert book(desk, "bad") == {"QQQ"}
    assert desk.standing() is TradingState.ACTIVE
    assert "strategy_daily_loss" in desk.ears.codes()
    assert set(desk.state().standing.latch.disabled()) == {BAD}


def test_drawdown_of_a_book_switches_off_its_strategy_alone(tmp_path: Path) -> None:
    """RC-07: over several days, from the peak of its own ledger."""
    limits = replace(FIRM, strategy_max_drawdown=Decimal("0.05"))
    desk = a_desk(tmp_path, limits, [0.01, 0.02, -0.03, 0.0, -0.03])
    desk.strategies = enabled({"bad": "0.5", "good": "0.5"}, TREES | {"bad": asset("QQQ")})

    for day in (ONE, TWO, THREE, FOUR):
        assert states(desk.run(day))["bad"] == "decided"
    fifth = desk.run(FIVE)

    assert states(fifth) == {"bad": "undecided", "good": "decided"}
    assert desk.tripped() == [BreakerCode.STRATEGY_DRAWDOWN]
    assert book(desk, "bad") == {"QQQ"}


def test_strategy_goes_on_from_a_resume_and_its_loss_is_forgiven(tmp_path: Path) -> None:
    """RC-07, FAULTS invariant 20: only a person switches it on again."""
    limits = replace(FIRM, strategy_max_drawdown=Decimal("0.05"))
    desk = a_desk(tmp_path, limits, [0.01, -0.06, 0.01, 0.01])
    for day in (ONE, TWO):
        desk.run(day)

    early, later = desk.resume(TWO), desk.resume(THREE)
    third = desk.run(THREE)

    assert (early.refused, later.refused) == (True, False)
    assert states(third) == {"bad": "decided", "good": "decided"}
    assert desk.tripped() == []


def test_strategy_that_is_switched_off_is_told_for_its_loss_and_not_for_failures(
    tmp_path: Path,
) -> None:
    """RC-09: it is not asked, so that it cannot fail."""
    limits = replace(FIRM, strategy_max_daily_loss=Decimal("0.04"), strategy_failures_max=2)
    desk = a_desk(tmp_path, limits, [0.01, -0.06, 0.01, 0.01, 0.01])

    for day in (ONE, TWO, THREE, FOUR, FIVE):
        desk.run(day)

    assert desk.tripped() == [BreakerCode.STRATEGY_DAILY_LOSS]


class Failing:
    """A strategy that fails on the days named."""

    requirements = Requirements(((Symbol("SPY"), 2),))
    largest_weights: Mapping[AssetClass, Decimal] = MappingProxyType({})

    def __init__(self) -> None:
        self.fails = True
        self.asked = 0

    def target(self, view: MarketView) -> TargetPortfolio:
        """Fail, or hold SPY.

        Raises:
            ValueError: While it fails.
        """
        del view
        self.asked += 1
        if self.fails:
            msg = "no idea"
            raise ValueError(msg)
        return TargetPortfolio.of({Symbol("SPY"): Decimal(1)})


def failing_desk(home: Path, bad: Failing) -> Desk:
    """Return a desk with a strategy that fails and one that trades each day."""
    desk = a_desk(home, replace(FIRM, strategy_failures_max=3), [0.001] * 6)
    (good,) = (one for one in desk.strategies if one.strategy_id == GOOD)
    failing = EnabledStrategy(strategy_id=BAD, weight=Decimal("0.5"), strategy=bad, content_hash="")
    desk.strategies = (failing, good)
    return desk


def test_failures_in_a_row_switch_a_strategy_off(tmp_path: Path) -> None:
    """RC-09: after the third it is not asked any more, and the other strategy trades on."""
    bad = Failing()
    desk = failing_desk(tmp_path, bad)

    reports = [desk.run(day) for day in (ONE, TWO, THREE)]
    assert (bad.asked, desk.tripped()) == (3, [])
    fourth = desk.run(FOUR)

    assert bad.asked == 3
    assert desk.tripped() == [BreakerCode.STRATEGY_FAILURES]
    assert [states(one)["bad"] for one in (*reports, fourth)] == ["failed"] * 3 + ["undecided"]
    assert all(states(one)["good"] == "decided" for one in (*reports, fourth))
    assert traded(fourth) == {"GLD", "SPY"}
    assert desk.standing() is TradingState.ACTIVE
    assert "strategy_failures" in desk.ears.codes()


def test_failures_with_a_decision_between_switch_nothing_off(tmp_path: Path) -> None:
    """RC-09: in a row means in a row."""
    bad = Failing()
    desk = failing_desk(tmp_path, bad)

    for day in (ONE, TWO, THREE, FOUR, FIVE):
        bad.fails = day != THREE
        desk.run(day)

    assert bad.asked == 5
    assert desk.tripped() == []


def test_failures_do_not_count_on_after_a_resume(tmp_path: Path) -> None:
    """RC-09: no time has to pass, since no money was lost."""
    bad = Failing()
    desk = failing_desk(tmp_path, bad)
    for day in (ONE, TWO, THREE, FOUR):
        desk.run(day)

    resumed = desk.resume(FOUR)
    desk.run(FIVE)

    assert not resumed.refused
    assert bad.asked == 4
    assert desk.tripped() == []
