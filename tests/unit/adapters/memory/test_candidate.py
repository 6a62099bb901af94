"""A rule tree that no plugin made is tried where it is."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from alchemiser.adapters.memory.candidate import TreeCandidate
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.document import content_hash
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import Memory, Surroundings
from alchemiser.rules import price, sma, when

TREE = when(price("SPY") > sma("SPY", 3), "SPY", "AGG")
LARGEST = {AssetClass.BROAD_FUND: Decimal("0.5")}
SPY, AGG = (Decided(target=TargetPortfolio.of({name: 1})) for name in ("SPY", "AGG"))
CLOSES = [100.0, 101, 102, 103, 90, 80]


def candidate() -> TreeCandidate:
    """Return the tree as a candidate."""
    return TreeCandidate(RuleStrategy(TREE, LARGEST))


def bars() -> BarPanel:
    """Return closes of three symbols that rise, then fall."""
    days = tuple(date(2020, 1, 6) + timedelta(days=day) for day in range(len(CLOSES)))
    names = tuple(map(Symbol, ("AGG", "QQQ", "SPY")))
    return BarPanel(sessions=days, symbols=names, close=np.array([CLOSES] * 3).T)


def test_tree_is_known_by_its_own_hash_and_has_no_code() -> None:
    """ST-04."""
    identity = candidate().identity()

    assert (identity.strategy, identity.plugin, identity.version) == ("tree", "none", "")
    assert identity.content_hash == content_hash(TREE)
    assert candidate().sources() == ()


def test_tree_describes_itself() -> None:
    """ST-04."""
    described = candidate().start(Surroundings(elsewhere=True)).describe()

    assert described.tree == TREE
    assert described.requirements.lookbacks == (("AGG", 1), ("SPY", 3))
    assert described.largest_weights == LARGEST
    assert (described.impure, described.changed, described.unsteady) == ((), (), ())


def test_tree_decides_by_the_bars_up_to_the_row() -> None:
    """BT-02: shown with its future or without, it wants the same."""
    process = candidate().start(Surroundings())

    for row, wanted in ((2, SPY), (3, SPY), (4, AGG), (5, AGG)):
        assert process.follow(bars(), row).outcomes == (wanted,)
        assert process.show(bars(), row, fresh=True).outcomes == (wanted,)
    assert process.show(bars(), 4, times=3).outcomes == (AGG,) * 3
    assert set(process.show(bars(), 4).reads) == {"AGG", "SPY"}


def test_tree_with_too_few_bars_is_undecided_and_says_why() -> None:
    """ST-04."""
    (outcome,) = candidate().follow(bars(), 1).outcomes

    assert isinstance(outcome, Undecided)
    assert "SPY" in outcome.reason


def test_tree_keeps_nothing_and_outlives_its_end() -> None:
    process = candidate().start(Surroundings())
    process.show(bars(), 4)
    process.close()

    assert process.memory() == Memory(kept=0, peak=0)
    assert process.show(bars(), 4).outcomes == (AGG,)
