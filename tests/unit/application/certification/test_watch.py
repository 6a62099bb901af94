"""What a strategy is asked on, how much it may hold, and what is noticed while it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import pytest

from alchemiser.application.certification.bench import Bench, Ceilings, Watch
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import Description, Memory, Told
from tests.unit.application.certification.in_memory import a_bench
from tests.unit.application.certification.small_market import CHANCE, DAYS, whole_market

BROAD, LEVERAGED, STOCK = AssetClass.BROAD_FUND, AssetClass.LEVERAGED_FUND, AssetClass.STOCK
Limits = Mapping[AssetClass, Decimal]
DECLARED: Final[Limits] = {BROAD: Decimal("0.6"), LEVERAGED: Decimal("0.25")}


class Extreme:
    """Draw the least and the greatest number in turn; implements ChancePort."""

    def uniform(self, stream: str, count: int) -> Floats:
        """Return 0 and the last step below 1, again and again."""
        return CHANCE.uniform(stream, count) * 0 + [
            place % 2 * (1 - 2**-16) for place in range(count)
        ]

    def normal(self, stream: str, count: int) -> Floats:
        """Return zeros."""
        return CHANCE.normal(stream, count) * 0


@dataclass(slots=True)
class Scripted:
    """Answer what it was given, and note what it was asked; implements Process."""

    told: Told
    shown: list[tuple[str, int, int, int, bool]] = field(default_factory=list)

    def describe(self) -> Description:
        """Return nothing much."""
        return Description(tree=None, requirements=Requirements(()))

    def follow(self, panel: BarPanel, row: int) -> Told:
        """Note it."""
        self.shown.append(("follow", len(panel.sessions), row, 1, False))
        return self.told

    def show(self, panel: BarPanel, row: int, *, times: int = 1, fresh: bool = False) -> Told:
        """Note it."""
        self.shown.append(("show", len(panel.sessions), row, times, fresh))
        return self.told

    def memory(self) -> Memory:
        """Return none."""
        return Memory()

    def close(self) -> None:
        """Do nothing."""


def wants(**weights: float | str) -> Decided:
    return Decided(
        target=TargetPortfolio.of({name: Decimal(weight) for name, weight in weights.items()})
    )


def ceilings(largest: Limits) -> Ceilings:
    return Ceilings(a_bench().reference, largest)


def a_watch(largest: Limits = DECLARED) -> Watch:
    return Watch(needed=Requirements.of({"SPY": 5, "TQQQ": 5}), ceilings=ceilings(largest))


def extreme_bench() -> Bench:
    return replace(a_bench(), chance=Extreme())


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 1), (7, 7), (3, 250)])
def test_rows_reach_from_the_first_to_the_last_and_no_further(first: int, last: int) -> None:
    """ST-04."""
    assert extreme_bench().rows("ahead", 4, last, first=first) == [first, last, first, last]
    assert extreme_bench().rows("ahead", 2, last) == [0, last]


def test_rows_of_a_stream_are_drawn_again_alike() -> None:
    """BT-10."""
    bench = a_bench()

    assert bench.rows("ahead", 50, 99) == bench.rows("ahead", 50, 99)
    assert bench.rows("ahead", 50, 99)[:20] == bench.rows("ahead", 20, 99)
    assert bench.rows("ahead", 50, 99) != bench.rows("back", 50, 99)
    assert bench.rows("ahead", 0, 99) == []
    assert all(type(row) is int for row in bench.rows("ahead", 50, 99))


def test_every_row_has_the_same_chance() -> None:
    """ST-04."""
    rows = a_bench().rows("ahead", 10_000, 14, first=10)

    assert all(1_800 < rows.count(row) < 2_200 for row in range(10, 15))


@pytest.mark.parametrize(
    ("cuts", "part", "least", "share"),
    [(1_000, 10, 8, 100), (1_000, 1, 8, 1_000), (79, 10, 8, 8), (89, 10, 8, 8), (99, 10, 9, 9)],
)
def test_share_of_the_cuts_is_rounded_down_to_a_least_number(
    cuts: int, part: int, least: int, share: int
) -> None:
    """ST-04."""
    assert a_bench(cuts=cuts).share(part, least=least) == share


def test_least_share_is_eight_unless_told() -> None:
    assert a_bench(cuts=1).share(10) == 8
    assert a_bench(cuts=1).share(10, least=3) == 3


@pytest.mark.parametrize(
    ("outcome", "excess"),
    [
        (wants(SPY="0.6", TQQQ="0.25"), ""),
        (
            wants(SPY="0.600000001"),
            "wants 0.600000001 of SPY, a broad_fund, of which largest_weights declares 0.6 at most",
        ),
        (
            wants(AAPL="0.3", TQQQ="0.5"),
            "wants 0.5 of TQQQ, a leveraged_fund, of which largest_weights declares 0.25 at most",
        ),
        (wants(GLD="0.1"), "wants GLD, a sector_fund, of which largest_weights declares nothing"),
        (wants(), ""),
        (Undecided(reason="too early."), ""),
        (Failed(reason="it broke."), ""),
    ],
)
def test_no_weight_may_be_above_what_is_declared_for_its_class(
    outcome: StrategyOutcome, excess: str
) -> None:
    """ST-04."""
    assert ceilings(DECLARED).excess(outcome) == excess


def test_each_symbol_is_held_against_the_ceiling_alone() -> None:
    """ST-04: a ceiling is of one symbol, not of all of its class."""
    assert ceilings(DECLARED).excess(wants(SPY="0.5", BIL="0.5")) == ""


def test_stock_that_nobody_listed_is_noted_and_not_refused() -> None:
    """ST-04: an unlisted symbol is taken for a stock; it may be a fund that was declared."""
    found = ceilings(DECLARED)

    assert found.excess(wants(AAPL="0.9")) == ""
    assert found.undeclared == {STOCK}


def test_declared_ceiling_of_stocks_holds() -> None:
    """ST-04."""
    found = ceilings({STOCK: Decimal("0.1")})

    assert found.excess(wants(AAPL="0.1")) == ""
    assert "declares 0.1 at most" in found.excess(wants(AAPL="0.2"))
    assert found.undeclared == set()


def test_where_nothing_is_declared_the_classes_are_noted() -> None:
    """ST-04."""
    found = ceilings({})

    assert found.excess(wants(SPY="0.5", TQQQ="0.5")) == ""
    assert found.undeclared == {BROAD, LEVERAGED}


def test_watch_asks_as_it_was_told() -> None:
    """ST-04."""
    process, panel = Scripted(Told(outcomes=(wants(),))), whole_market()
    watch = a_watch()

    watch.follow(process, panel, 50)
    watch.show(process, panel, 51, times=2, fresh=True)
    watch.exact(process, panel, 52, times=3)
    watch.show(process, panel, 53)
    watch.exact(process, panel, 54)

    assert process.shown == [
        ("follow", len(DAYS), 50, 1, False),
        ("show", len(DAYS), 51, 2, True),
        ("show", 53, 52, 3, False),
        ("show", len(DAYS), 53, 1, False),
        ("show", 55, 54, 1, False),
    ]


def test_watch_returns_what_it_was_told() -> None:
    told = Told(outcomes=(wants(SPY="0.5"),), seconds=0.25)

    assert a_watch().follow(Scripted(told), whole_market(), 50) is told


def test_watch_notes_every_fault_with_its_day() -> None:
    """ST-04."""
    told = Told(
        outcomes=(wants(SPY="0.9"), Failed(reason="it broke."), Undecided(reason="too early.")),
        reads=(Symbol("QQQ"), Symbol("SPY")),
        impure=("asks the clock",),
        changed=("changes its bars",),
        seconds=0.25,
    )
    watch = a_watch()

    watch.show(Scripted(told), whole_market(), 3, times=3)

    day = DAYS[3]
    assert watch.impure == [f"as of {day} it asks the clock."]
    assert watch.changed == [f"as of {day} it changes its bars."]
    assert watch.strange == [f"as of {day} it reads QQQ, which its requirements do not name."]
    (heavy,) = watch.heavy
    assert heavy.startswith(f"as of {day} it wants 0.9 of SPY, a broad_fund, ")
    assert heavy.endswith(" 0.6 at most.")
    assert (watch.asked, watch.decided, watch.seconds) == (3, 1, [0.25])


def test_watch_notes_nothing_of_an_honest_answer() -> None:
    """ST-04."""
    told = Told(outcomes=(wants(SPY="0.5"),), reads=(Symbol("SPY"), Symbol("TQQQ")))
    watch = a_watch()

    for row in (50, 51):
        watch.exact(Scripted(told), whole_market(), row)

    assert (watch.asked, watch.decided) == (2, 2)
    assert [*watch.impure, *watch.changed, *watch.strange, *watch.heavy] == []
