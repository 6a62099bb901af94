"""What a book gives up is sold whatever its strategy says, and nothing else of it is touched."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.portfolio.allocation import AllocationSettings, Turn
from alchemiser.domain.portfolio.consolidation import (
    Consolidation,
    Failed,
    Market,
    StrategyOutcome,
    consolidate,
)
from alchemiser.domain.rules.decision import Undecided
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import a_book, an_intent, decided, some_claims

AGG, GLD, SPY = map(Symbol, ("AGG", "GLD", "SPY"))
KLM, TECL = StrategyId("klm"), StrategyId("tecl")
MARKS = {SPY: Decimal(400), AGG: Decimal(80), GLD: Decimal(160)}
BANDED = AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal("0.05"))
BOTH = a_book("0", {"AGG": "50", "SPY": "10"})
LEAVE_SPY = Turn(leaving=frozenset({SPY}))


def together(
    outcomes: Mapping[StrategyId, StrategyOutcome],
    books: Mapping[StrategyId, Book],
    turn: Turn,
    marks: Mapping[Symbol, Decimal] = MARKS,
) -> Consolidation:
    """Return what the books want when klm's turn is `turn`."""
    return consolidate(
        sorted(outcomes.items()),
        {BookId(name): book for name, book in books.items()},
        Market(marks=marks, instruments={name: Instrument(symbol=name) for name in MARKS}),
        BANDED,
        {KLM: turn},
    )


@pytest.mark.parametrize(
    "answer", [Undecided(reason="no bars", symbols=(SPY,)), Failed(reason="broken")]
)
def test_book_without_a_decision_sells_what_it_gives_up_and_nothing_else(
    answer: StrategyOutcome,
) -> None:
    """RC-14."""
    result = together({KLM: answer}, {KLM: BOTH}, LEAVE_SPY)

    assert result.net == (an_intent("SPY", buy=False, klm="10"),)
    (row,) = result.contributions
    assert (row.symbol, row.weight, row.held, row.wanted) == (
        SPY,
        Decimal(0),
        Decimal(10),
        Decimal(-10),
    )


def test_book_that_rests_sells_what_it_gives_up_and_nothing_else() -> None:
    """RC-14: AGG is far from the half that is wanted, and it is not its turn."""
    resting = Turn(due=False, leaving=frozenset({SPY}))

    result = together({KLM: decided(AGG="0.1")}, {KLM: BOTH}, resting)

    assert result.net == (an_intent("SPY", buy=False, klm="10"),)


def test_book_within_its_threshold_sells_what_it_gives_up() -> None:
    """RC-14."""
    calm = Turn(threshold=Decimal("0.2"), leaving=frozenset({SPY}))

    result = together({KLM: decided(AGG="0.5")}, {KLM: BOTH}, calm)

    assert result.net == (an_intent("SPY", buy=False, klm="10"),)


def test_book_that_decides_trades_the_rest_to_its_target() -> None:
    """RC-14: of 8000 dollars 80 per cent are 80 shares of AGG."""
    result = together({KLM: decided(AGG="0.8")}, {KLM: BOTH}, LEAVE_SPY)

    wanted = [(row.symbol, row.buy, row.quantity()) for row in result.net]
    assert wanted == [(AGG, True, Decimal(30)), (SPY, False, Decimal(10))]


def test_book_that_cannot_be_valued_sells_what_it_gives_up() -> None:
    """RC-14: a stop does not wait for the price of another symbol."""
    marks = {SPY: Decimal(400)}

    result = together({KLM: decided(SPY="0.5", AGG="0.5")}, {KLM: BOTH}, LEAVE_SPY, marks)

    assert [name for name, _ in result.undecided] == [KLM]
    assert result.net == (an_intent("SPY", buy=False, klm="10"),)


@pytest.mark.parametrize("answer", [Failed(reason="broken"), decided(AGG="1")])
def test_what_has_no_price_itself_is_kept(answer: StrategyOutcome) -> None:
    """RC-14: it cannot be sold within a bound, and the rest of the book stays as it is."""
    result = together({KLM: answer}, {KLM: BOTH}, LEAVE_SPY, {AGG: Decimal(80)})

    assert (result.net, result.contributions) == ((), ())


def test_what_is_given_up_crosses_with_another_book_that_wants_it() -> None:
    """RC-14: an exit is the book's, not the account's."""
    result = together(
        {KLM: Failed(reason="broken"), TECL: decided(SPY="1")},
        {KLM: BOTH, TECL: a_book("1600")},
        LEAVE_SPY,
    )

    (crossing,) = result.crossings
    assert (crossing.quantity, crossing.buys, crossing.sells) == (
        Decimal(4),
        some_claims(tecl="4"),
        some_claims(klm="4"),
    )
    assert result.net == (an_intent("SPY", buy=False, klm="6"),)


def test_symbol_that_is_not_held_is_not_sold() -> None:
    """RC-14."""
    result = together({KLM: Failed(reason="broken")}, {KLM: a_book("5", {"AGG": "50"})}, LEAVE_SPY)

    assert (result.net, result.crossings) == ((), ())


@pytest.mark.parametrize(("weight", "sold"), [("0.9", "0"), ("0.2", "6")])
def test_book_buys_no_more_of_what_somebody_else_has_sold_of_it_but_may_sell(
    weight: str, sold: str
) -> None:
    """M01: what the owner did is not undone."""
    result = together({KLM: decided(SPY=weight)}, {KLM: BOTH}, Turn(trimmed=frozenset({SPY})))

    (row,) = (row for row in result.contributions if row.symbol == SPY)
    assert row.wanted == -Decimal(sold)


def test_what_somebody_else_has_sold_wholly_is_not_bought_from_another_book_either() -> None:
    """M01, OS-11: a crossing is a purchase."""
    books = {KLM: a_book("4000", {}), TECL: a_book("0", {"SPY": "10"})}

    result = together(
        {KLM: decided(SPY="1"), TECL: decided()}, books, Turn(trimmed=frozenset({SPY}))
    )

    assert result.crossings == ()
    assert result.net == (an_intent("SPY", buy=False, tecl="10"),)
