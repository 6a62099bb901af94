"""Positions are given up on closes, day by day and in a backtest on the same bars alike."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.ledger import CODEC, Ledger
from alchemiser.application.owner import Owner
from alchemiser.application.report import CycleReport
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.portfolio.exits import ExitReason, Exits
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.journal import JournalPort
from alchemiser.ports.strategy import Strategy
from alchemiser.rules import asset, cumulative_return, price, weight_equal, when
from tests.cycle.losses import DAYS, QUIET, Desk, enabled, write_falls

FIRST_ROTATION = when(cumulative_return("GLD", 1) > 0, asset("SPY"), asset("AGG"))
BOTH = weight_equal(asset("SPY"), asset("AGG"))
STOP = Exits(stop_loss=Decimal("0.05"))
ONLY = StrategyId("only")
CALM = [0.001] * 10
FALL = {"SPY": [0.0, -0.03, -0.03, 0.02, 0.02, *CALM], "AGG": CALM, "GLD": CALM}
"""SPY is bought on the first day; its loss since then reaches five per cent on the third."""
TAKEN = replace(QUIET, max_daily_loss=None)


def a_desk(home: Path, tree: Node, exits: Exits, bars: Mapping[str, list[float]] = FALL) -> Desk:
    write_falls(home, **bars)
    (only,) = enabled({"only": "1"}, {"only": tree})
    return Desk(home, breakers=TAKEN, strategies=(replace(only, exits=exits),))


def week(desk: Desk, count: int = 5) -> list[CycleReport]:
    return [desk.run(day) for day in DAYS[:count]]


def trades(report: CycleReport) -> list[tuple[Side, str]]:
    return [(line.side, str(line.symbol)) for line in report.orders]


def exits(report: CycleReport) -> list[tuple[str, ExitReason]]:
    return [(str(one.exit.symbol), one.exit.reason) for one in report.exits]


def test_position_is_given_up_at_its_stop_and_not_bought_again(tmp_path: Path) -> None:
    """RC-14: although the strategy wants it on every day, and its price has risen since."""
    desk = a_desk(tmp_path, BOTH, STOP)

    reports = week(desk)

    assert [exits(one) for one in reports] == [[], [], [("SPY", ExitReason.STOP_LOSS)], [], []]
    assert (Side.SELL, "SPY") in trades(reports[2])
    assert not [one for report in reports[2:] for one in trades(report) if one[0] is Side.BUY]
    assert set(desk.held()) == {"AGG"}
    assert desk.state().withheld.barred == {StrategyId("only"): {Symbol("SPY")}}
    assert desk.ears.codes().count("exit") == 1


def test_position_is_bought_again_once_the_strategy_itself_has_let_go_of_it(
    tmp_path: Path,
) -> None:
    """RC-14: the fifth day wants AGG alone, the sixth SPY again."""
    bars = FALL | {"GLD": [0.01, 0.01, 0.01, 0.01, -0.01, 0.01, 0.01]}
    desk = a_desk(tmp_path, FIRST_ROTATION, STOP, bars)

    reports = week(desk, 6)

    assert exits(reports[2]) == [("SPY", ExitReason.STOP_LOSS)]
    assert trades(reports[3]) == []
    assert trades(reports[4]) == [(Side.BUY, "AGG")]
    assert trades(reports[5]) == [(Side.SELL, "AGG"), (Side.BUY, "SPY")]
    assert desk.state().opened[list(desk.state().opened)[-1]] == {Symbol("SPY"): DAYS[5]}


@pytest.mark.parametrize(
    ("rules", "bars", "day", "reason"),
    [
        (Exits(take_profit=Decimal("0.05")), [0, 0.03, 0.03, 0], 2, ExitReason.TAKE_PROFIT),
        (Exits(trailing_stop=Decimal("0.05")), [0, 0.1, -0.04, -0.02], 3, ExitReason.TRAILING_STOP),
        (Exits(stop_loss=Decimal("0.05")), [0, 0.1, -0.04, -0.02], None, None),
    ],
)
def test_gains_are_taken_and_falls_from_the_peak_end_a_position(
    tmp_path: Path, rules: Exits, bars: list[float], day: int | None, reason: ExitReason | None
) -> None:
    """RC-14."""
    desk = a_desk(tmp_path, BOTH, rules, FALL | {"SPY": bars})

    found = [(place, exits(one)) for place, one in enumerate(week(desk, 4)) if one.exits]

    assert found == ([] if day is None else [(day, [("SPY", reason)])])


def test_book_that_rests_gives_up_its_position_all_the_same(tmp_path: Path) -> None:
    """RC-14: a stop does not wait for the next month."""
    desk = a_desk(tmp_path, BOTH, STOP)
    monthly = RuleStrategy(BOTH, rebalance=Rebalance(frequency=Frequency.MONTHLY))
    desk.strategies = (replace(desk.strategies[0], strategy=monthly),)

    reports = week(desk, 3)

    assert [one.strategies[0].resting for one in reports] == [False, True, True]
    assert trades(reports[2]) == [(Side.SELL, "SPY")]


class Failing:
    """A strategy that wants SPY and AGG, and fails once SPY has fallen far."""

    requirements = Requirements(((Symbol("AGG"), 1), (Symbol("SPY"), 1)))
    largest_weights: Mapping[AssetClass, Decimal] = MappingProxyType({})

    def target(self, view: MarketView) -> TargetPortfolio:
        """Want both halves, or fail.

        Raises:
            ValueError: Once SPY has fallen far.
        """
        if view.close("SPY")[-1] < LOW:
            msg = "it fell too far"
            raise ValueError(msg)
        return TargetPortfolio.of({"AGG": Decimal("0.5"), "SPY": Decimal("0.5")})


LOW = 88
BLIND = RuleStrategy(when(price("QQQ") > 0, BOTH, BOTH))


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another"])
@pytest.mark.parametrize(
    ("strategy", "state"), [(Failing(), "failed"), (BLIND, "undecided")], ids=["failing", "blind"]
)
def test_strategy_without_an_answer_gives_up_its_position_all_the_same(
    tmp_path: Path, strategy: Strategy, state: str, *, beside: bool
) -> None:
    """RC-14, ST-13: AGG is held, since nothing says that it should not be."""
    desk = a_desk(tmp_path, BOTH, STOP, FALL | {"QQQ": [0.0, 0.0]})
    only = replace(desk.strategies[0], weight=Decimal("0.5"), strategy=strategy)
    other = enabled({"other": "0.5"}, {"other": asset("GLD")})
    desk.strategies = (only, *(other if beside else ()))

    third = week(desk, 3)[2]

    assert third.strategies[0].state == state
    assert exits(third) == [("SPY", ExitReason.STOP_LOSS)]
    assert trades(third) == [(Side.SELL, "SPY")]
    assert set(desk.held()) == ({"AGG", "GLD"} if beside else {"AGG"})


def decisions(journal: JournalPort) -> Iterator[tuple[str, object]]:
    """Yield what was decided and traded, record by record, without ids and moments."""
    told = {"TargetDecided", "PositionExited", "TargetsConsolidated", "OrderPlanned"}
    for one in journal.read():
        if one.type in told or one.type == "FillAllocated":
            yield one.type, CODEC.decode(one.type, one.version, one.data)


@pytest.mark.parametrize("tree", [BOTH, FIRST_ROTATION])
def test_backtest_gives_up_the_same_positions_on_the_same_days(tmp_path: Path, tree: Node) -> None:
    """RC-14, FAULTS invariant 43: the same bars, the same records, to the last share."""
    bars = FALL | {"GLD": [0.01, 0.01, 0.01, 0.01, -0.01, 0.01, 0.01]}
    live = a_desk(tmp_path / "live", tree, STOP, bars)
    week(live, 6)
    tested = a_desk(tmp_path / "tested", tree, STOP, bars).engine(DAYS[0])
    journal, clock = MemoryJournal(keep=True), tested.clock
    assert isinstance(clock, VirtualClock)

    report = backtest(
        BacktestSetup(
            engine=replace(tested, journal=journal),
            clock=clock,
            sessions=tested.calendar.sessions(DAYS[0], DAYS[5]),
            risk_profile="owner",
            units="dollars",
            chance=Chance(7),
        ),
        lambda _done, _total: None,
    )

    assert list(decisions(journal)) == list(decisions(live.engine(DAYS[0]).journal))
    assert report.final_equity == live.engine(DAYS[5]).broker.account().equity
    states: list[EngineState] = [Ledger(journal).state, live.state()]
    assert states[0].withheld.barred == states[1].withheld.barred
    assert states[0].opened == states[1].opened
    assert sum(len(one.exits) for one in states[0].cycles.values()) == 1


def test_owner_who_reweighs_a_strategy_has_it_buy_again_what_it_gave_up(tmp_path: Path) -> None:
    """RC-14: a bar that nobody can lift would be a change of the strategy."""
    desk = a_desk(tmp_path, BOTH, STOP)
    week(desk, 4)
    owner = Owner(desk.engine(DAYS[3]), {ONLY: Decimal(1)}, actor="ann", reason="calm")

    owner.weigh(ONLY, Decimal("0.9"))

    assert (Side.BUY, "SPY") in trades(desk.run(DAYS[4]))


def test_owner_who_sells_a_book_and_enables_its_strategy_has_it_buy_what_was_sold_by_hand(
    tmp_path: Path,
) -> None:
    """M01."""
    desk = a_desk(tmp_path, BOTH, Exits())
    desk.run(DAYS[0])
    made = desk.engine(DAYS[1])
    assert isinstance(made.broker, SimulatedBroker)
    made.broker.trade(Symbol("SPY"), -desk.held()["SPY"], Decimal(50))
    desk.run(DAYS[1])
    assert set(desk.held()) == {"AGG"}
    owner = Owner(desk.engine(DAYS[1]), {ONLY: Decimal(1)}, actor="ann", reason="calm")

    owner.disable(ONLY, leaving=True)
    owner.enable(ONLY)

    assert (Side.BUY, "SPY") in trades(desk.run(DAYS[2]))
