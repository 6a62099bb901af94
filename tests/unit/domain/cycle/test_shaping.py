"""Wishes before they are consolidated: what is given up, cut and scaled, in this order."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.cycle.shaping import Shape, Shaped, Shaper
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.allocation import Turn
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.portfolio.exits import ExitReason, Exits
from alchemiser.domain.portfolio.sizing import Sizing, SizingRule
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import ONE
from alchemiser.testing.builders import a_book, decided

AGG, GLD, SPY = map(Symbol, ("AGG", "GLD", "SPY"))
KLM, TECL = StrategyId("klm"), StrategyId("tecl")
FIRST = date(2024, 1, 1)
STOP = Exits(stop_loss=Decimal("0.1"))
HALF, TENTH = Decimal("0.5"), Decimal("0.1")
NOBODY: Mapping[StrategyId, Shape] = {}
UNDECIDED = Undecided(reason="no bars", symbols=(SPY,))
FAILED = Failed(reason="broken")


def panel(
    closes: Mapping[Symbol, Sequence[float]], volume: Sequence[float] | None = None
) -> BarPanel:
    names = tuple(sorted(closes))
    table = np.array([closes[name] for name in names], dtype=np.float64).T
    shares = None if volume is None else np.tile(np.array(volume)[:, None], (1, len(names)))
    return BarPanel(
        sessions=tuple(FIRST + timedelta(days=row) for row in range(len(table))),
        symbols=names,
        close=table,
        volume=shares,
    )


FALLEN = panel({AGG: [100, 101, 102], SPY: [100, 95, 90]})
"""SPY has fallen by a tenth since its first close, AGG has risen."""
LIQUID = panel({SPY: [100, 100, 100]}, volume=[10, 10, 1000])
"""What is traded in SPY: a thousand dollars on two days, a hundred thousand on the third."""
BOTH = a_book("0", {"AGG": "10", "SPY": "10"})


def shaped(
    outcomes: Mapping[StrategyId, StrategyOutcome],
    shapes: Mapping[StrategyId, Shape] = NOBODY,
    *,
    bars: BarPanel = FALLEN,
    book: Book = BOTH,
    opened: Mapping[Symbol, date] | None = None,
    **said: object,
) -> Shaped:
    """Return the answers shaped on the last row; klm holds AGG and SPY since the first."""
    since = dict.fromkeys(book.positions, FIRST) if opened is None else opened
    shaper = Shaper(
        panel=bars,
        row=len(bars.sessions) - 1,
        books={BookId(KLM): book},
        marks=dict.fromkeys((AGG, GLD, SPY), Decimal(100)),
        opened={BookId(KLM): since},
        provisional=bool(said.get("provisional")),
        scale=Decimal(str(said.get("scale", ONE))),
    )
    return shaper.shape(sorted(outcomes.items()), shapes)


def weights(result: Shaped, name: StrategyId = KLM) -> dict[Symbol, Decimal]:
    outcome = dict(result.outcomes)[name]
    assert isinstance(outcome, Decided)
    return dict(outcome.target.weights)


def given_up(result: Shaped) -> list[tuple[StrategyId, Symbol, ExitReason]]:
    return [(name, one.symbol, one.reason) for name, one in result.exits]


def test_without_rules_nothing_is_changed() -> None:
    outcomes: dict[StrategyId, StrategyOutcome] = {
        KLM: decided(SPY="0.6", AGG="0.4"),
        TECL: UNDECIDED,
    }

    result = shaped(outcomes)

    assert result == Shaped(outcomes=tuple(sorted(outcomes.items())))
    assert result.turn(KLM, Turn()) == Turn()


def test_what_is_given_up_is_cash() -> None:
    """RC-14: the other weights stay as they are."""
    result = shaped({KLM: decided(SPY="0.6", AGG="0.4")}, {KLM: Shape(exits=STOP)})

    assert weights(result) == {AGG: Decimal("0.4")}
    assert given_up(result) == [(KLM, SPY, ExitReason.STOP_LOSS)]
    assert result.turn(KLM, Turn(due=False)) == Turn(due=False, leaving=frozenset({SPY}))
    assert result.turn(TECL, Turn()) == Turn()


@pytest.mark.parametrize("answer", [UNDECIDED, FAILED])
def test_position_is_given_up_whatever_its_strategy_answers(answer: StrategyOutcome) -> None:
    """RC-14: a stop does not wait until a strategy can decide again."""
    result = shaped({KLM: answer}, {KLM: Shape(exits=STOP)})

    assert dict(result.outcomes) == {KLM: answer}
    assert given_up(result) == [(KLM, SPY, ExitReason.STOP_LOSS)]
    assert result.turn(KLM, Turn()).leaving == {SPY}


def test_exits_are_of_the_book_that_holds_the_position() -> None:
    """RC-14: another strategy's wish for the same symbol is its own affair."""
    rules = {KLM: Shape(exits=STOP), TECL: Shape(exits=STOP)}

    result = shaped({KLM: decided(SPY="1"), TECL: decided(SPY="1")}, rules)

    assert (weights(result), weights(result, TECL)) == ({}, {SPY: ONE})


def test_what_was_given_up_is_not_wanted_again_while_it_is_barred() -> None:
    """RC-14: whether or not it is held, and without another exit."""
    barred = Shape(exits=STOP, barred=frozenset({SPY}))

    result = shaped({KLM: decided(SPY="0.6", AGG="0.4")}, {KLM: barred}, opened={})

    assert weights(result) == {AGG: Decimal("0.4")}
    assert (result.exits, result.turn(KLM, Turn()).leaving) == ((), frozenset())


def test_position_whose_entry_is_unknown_is_held_and_told() -> None:
    """RC-14: nothing is sold because a bar is missing."""
    result = shaped(
        {KLM: decided(SPY="0.6", AGG="0.4")},
        {KLM: Shape(exits=STOP)},
        opened={SPY: FIRST - timedelta(days=1)},
    )

    assert weights(result) == {SPY: Decimal("0.6"), AGG: Decimal("0.4")}
    assert (result.exits, result.unjudged) == ((), ((KLM, SPY),))


ADV = Sizing(max_adv_share=HALF, adv_sessions=2)


def test_weights_are_cut_by_sizing() -> None:
    """RC-12, RC-19: half of 50500 dollars a day, in a book of 100000."""
    result = shaped({KLM: decided(SPY="1")}, {KLM: Shape(sizing=ADV)}, bars=LIQUID, book=RICH)

    assert weights(result) == {SPY: Decimal("0.2525")}
    (cut,) = result.sized
    assert (cut[0], cut[1].rule, cut[1].wanted) == (KLM, SizingRule.MAX_ADV_SHARE, ONE)


RICH = a_book("100000")


def test_sizing_of_a_session_that_has_not_closed_does_not_read_its_volume() -> None:
    """RC-14, RC-19: the backtest's panel holds what the live day cannot know."""
    result = shaped(
        {KLM: decided(SPY="1")},
        {KLM: Shape(sizing=ADV)},
        bars=LIQUID,
        book=RICH,
        provisional=True,
    )

    assert weights(result) == {SPY: Decimal("0.005")}


@pytest.mark.parametrize("book", [a_book("0"), a_book("-5"), a_book("5", {"XYZ": "1"})])
def test_book_without_a_value_is_not_sized(book: Book) -> None:
    """RC-12: it is told as undecided when it is consolidated."""
    result = shaped({KLM: decided(SPY="1")}, {KLM: Shape(sizing=ADV)}, bars=LIQUID, book=book)

    assert weights(result) == {SPY: ONE}
    assert result.sized == ()


def test_every_target_is_scaled_after_it_was_sized() -> None:
    """RC-08: half of what sizing leaves, rounded down to nine decimals."""
    result = shaped(
        {KLM: decided(SPY="1"), TECL: decided(AGG="0.333333333")},
        {KLM: Shape(sizing=ADV)},
        bars=LIQUID,
        book=RICH,
        scale=HALF,
    )

    assert weights(result) == {SPY: Decimal("0.12625")}
    assert weights(result, TECL) == {AGG: Decimal("0.166666666")}


def test_scale_of_zero_leaves_nothing() -> None:
    """RC-08."""
    assert weights(shaped({KLM: decided(SPY="1")}, scale=Decimal(0))) == {}


PARTS = st.integers(min_value=0, max_value=10**9 // 2).map(lambda one: Decimal(one) / 10**9)


@given(
    spy=PARTS,
    agg=PARTS,
    scale=st.integers(0, 100).map(lambda one: Decimal(one) / 100),
    barred=st.sets(st.sampled_from([AGG, GLD, SPY])),
    stop=st.sampled_from([None, TENTH, HALF]),
)
def test_shaping_only_makes_weights_smaller(
    spy: Decimal, agg: Decimal, scale: Decimal, barred: set[Symbol], stop: Decimal | None
) -> None:
    """RC-12, RC-14: no symbol is added and no weight grows, whatever the rules."""
    before = decided(SPY=f"{spy:f}", AGG=f"{agg:f}")
    shape = Shape(exits=Exits(stop_loss=stop), barred=frozenset(barred))

    after = weights(shaped({KLM: before}, {KLM: shape}, scale=scale))

    known = dict(before.target.weights)
    assert all(0 < weight <= known[name] * scale for name, weight in after.items())
    assert not after.keys() & barred
