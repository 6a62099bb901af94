"""Transfers between the house and the books: who gives, who receives, and who has to wait."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Book, total_cash, total_positions
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings, Turn
from alchemiser.domain.portfolio.capital import Allocated, Capital, allocate_capital
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Undecided
from alchemiser.domain.values.identifiers import HOUSE, BookId, StrategyId, Symbol
from alchemiser.testing.builders import a_book, decided

SPY, AGG = Symbol("SPY"), Symbol("AGG")
KLM, TECL, ZEN = StrategyId("klm"), StrategyId("tecl"), StrategyId("zen")
MARKS = {SPY: Decimal(400), AGG: Decimal(80)}
DRIFT = AllocationSettings()
MIX = AllocationSettings(allocation=Allocation.CONSTANT_MIX)
SILENT = Undecided(reason="too young")
HALVES = {KLM: Decimal("0.5"), TECL: Decimal("0.5")}


def allocated(
    outcomes: Mapping[StrategyId, StrategyOutcome],
    books: Mapping[str, Book],
    capital: Capital,
    settings: AllocationSettings = DRIFT,
    *,
    turns: Mapping[StrategyId, Turn] | None = None,
) -> Allocated:
    return allocate_capital(
        sorted(outcomes.items()),
        turns or {},
        {BookId(name): book for name, book in books.items()},
        MARKS,
        capital,
        settings,
    )


def moved(result: Allocated) -> list[tuple[str, Decimal]]:
    return [(one.book, one.cash) for one in result.transfers]


def both(klm: StrategyOutcome | None = None) -> dict[StrategyId, StrategyOutcome]:
    return {KLM: klm or decided(SPY="1"), TECL: decided(AGG="1")}


def test_books_drift_unless_the_owner_says_otherwise() -> None:
    books = {"klm": a_book("0", {"SPY": "20"}), "tecl": a_book("100"), "house": a_book("50")}

    result = allocated(both(), books, Capital(weights=HALVES))

    assert (result.transfers, result.reached) == ((), ())
    assert result.books == books


def test_reweighted_book_gives_first_and_the_house_passes_on_what_it_has() -> None:
    """8,000 + 2,000: klm to 0.3 gives 5,000 and owes 4,900 of it; tecl to 0.6 receives 4,000."""
    books = {"klm": a_book("0", {"SPY": "20"}), "tecl": a_book("2000"), "house": a_book("0")}
    capital = Capital(
        weights={KLM: Decimal("0.3"), TECL: Decimal("0.6")}, owed=frozenset({KLM, TECL})
    )

    result = allocated(both(), books, capital)

    assert moved(result) == [("klm", Decimal(-5000)), ("tecl", Decimal(4000))]
    assert result.reached == (KLM, TECL)
    assert [one.reason for one in result.transfers] == [
        "re-weighting of klm to 0.3",
        "re-weighting of tecl to 0.6",
    ]
    assert result.books[BookId("klm")] == a_book("-5000", {"SPY": "20"})
    assert result.books[HOUSE].cash == 1000


@pytest.mark.parametrize("answer", [SILENT, Failed(reason="broken")])
def test_without_a_decision_a_book_gives_its_cash_and_the_rest_later(
    answer: StrategyOutcome,
) -> None:
    books = {"klm": a_book("300", {"SPY": "20"}), "house": a_book("0")}
    capital = Capital(weights={KLM: Decimal("0.5")}, owed=frozenset({KLM}))

    first = allocated({KLM: answer}, books, capital)
    then = allocated({KLM: decided(SPY="1")}, {str(k): v for k, v in first.books.items()}, capital)

    assert (moved(first), first.reached) == ([("klm", Decimal(-300))], ())
    assert (moved(then), then.reached) == ([("klm", Decimal(-3850))], (KLM,))


def test_what_is_wanted_but_has_no_price_is_no_decision() -> None:
    books = {"klm": a_book("300", {"SPY": "20"}), "house": a_book("0")}
    capital = Capital(weights={KLM: Decimal("0.5")}, owed=frozenset({KLM}))

    result = allocated({KLM: decided(OKLO="1")}, books, capital)

    assert moved(result) == [("klm", Decimal(-300))]


def test_house_shares_what_it_has_in_proportion_and_owes_no_more() -> None:
    """Of 1,000 dollars wanted 3,000 and 1,000: 750 and 250."""
    books = {
        "klm": a_book("1000"),
        "tecl": a_book("3000"),
        "zen": a_book("0", {"AGG": "37.5"}),
        "house": a_book("1000"),
    }
    weights = {KLM: Decimal("0.5"), TECL: Decimal("0.5")}
    capital = Capital(weights=weights, owed=frozenset(weights))

    result = allocated(both(), books, capital)

    assert moved(result) == [("klm", Decimal(750)), ("tecl", Decimal(250))]
    assert result.reached == (KLM, TECL)
    assert result.books[HOUSE].cash == 0


def test_whoever_is_to_receive_waits_for_those_that_are_still_to_give() -> None:
    books = {"klm": a_book("100", {"SPY": "20"}), "tecl": a_book("1900"), "house": a_book("0")}
    capital = Capital(
        weights={KLM: Decimal("0.3"), TECL: Decimal("0.7")}, owed=frozenset({KLM, TECL})
    )

    first = allocated(both(SILENT), books, capital)
    then = allocated(both(), {str(k): v for k, v in first.books.items()}, capital)

    assert (moved(first), first.reached) == ([("klm", Decimal(-100)), ("tecl", Decimal(100))], ())
    assert moved(then) == [("klm", Decimal(-5000)), ("tecl", Decimal(5000))]
    assert then.reached == (KLM, TECL)


def test_nothing_is_weighed_while_a_book_has_no_value() -> None:
    books = {"klm": a_book("10"), "house": a_book("990", {"OKLO": "1"})}
    capital = Capital(weights={KLM: Decimal("0.5")}, owed=frozenset({KLM}))

    result = allocated({KLM: decided(SPY="1")}, books, capital)

    assert (result.transfers, result.reached) == ((), ())


def test_book_at_its_weight_is_reached_without_a_transfer() -> None:
    books = {"klm": a_book("500"), "house": a_book("500")}
    capital = Capital(weights={KLM: Decimal("0.5")}, owed=frozenset({KLM}))

    result = allocated({KLM: SILENT}, books, capital)

    assert (result.transfers, result.reached) == ((), (KLM,))


def test_constant_mix_moves_only_books_whose_strategy_trades_now() -> None:
    books = {"klm": a_book("6000"), "tecl": a_book("4000"), "house": a_book("0")}
    capital = Capital(weights=HALVES)

    assert moved(allocated(both(), books, capital, MIX)) == [
        ("klm", Decimal(-1000)),
        ("tecl", Decimal(1000)),
    ]
    assert allocated(both(SILENT), books, capital, MIX).transfers == ()
    resting = allocated(both(), books, capital, MIX, turns={KLM: Turn(due=False)})
    assert resting.transfers == ()


@pytest.mark.parametrize(("more", "transfers"), [("19.99", 0), ("20", 1)])
def test_constant_mix_moves_no_dust(more: str, transfers: int) -> None:
    books = {"klm": a_book(str(500 + Decimal(more))), "house": a_book(str(500 - Decimal(more)))}

    result = allocated({KLM: decided(SPY="1")}, books, Capital(weights={KLM: Decimal("0.5")}), MIX)

    assert len(result.transfers) == transfers


def test_owner_s_word_moves_cents_even_in_a_constant_mix() -> None:
    books = {"klm": a_book("500.01"), "house": a_book("499.99")}
    capital = Capital(weights={KLM: Decimal("0.5")}, owed=frozenset({KLM}))

    assert moved(allocated({KLM: SILENT}, books, capital, MIX)) == [("klm", Decimal("-0.01"))]


def test_book_that_leaves_gives_its_cash_and_with_its_last_share_its_debt() -> None:
    leaving = Capital(leaving=frozenset({BookId("klm"), BookId("gone")}))
    holding, owing = a_book("70", {"SPY": "1"}), a_book("-3")

    assert moved(allocated({}, {"klm": holding, "house": a_book("0")}, leaving)) == [
        ("klm", Decimal(-70))
    ]
    assert moved(allocated({}, {"klm": owing, "house": a_book("5")}, leaving)) == [
        ("klm", Decimal(3))
    ]
    in_debt = a_book("-3", {"SPY": "1"})
    assert allocated({}, {"klm": in_debt, "house": a_book("5")}, leaving).transfers == ()


def test_book_that_leaves_gives_its_cash_although_another_has_no_value() -> None:
    books = {"klm": a_book("70"), "house": a_book("1", {"OKLO": "1"})}

    result = allocated({}, books, Capital(leaving=frozenset({BookId("klm")})))

    assert moved(result) == [("klm", Decimal(-70))]


@st.composite
def worlds(
    draw: st.DrawFn,
) -> tuple[dict[StrategyId, StrategyOutcome], dict[str, Book], Capital, AllocationSettings]:
    names = draw(st.lists(st.sampled_from([KLM, TECL, ZEN]), unique=True, min_size=1))
    cash = st.decimals(0, 9000, places=2).map(str)
    shares = st.decimals("0.000000001", 90, places=9).map(str)
    books = {"house": a_book(draw(cash))}
    for name in names:
        held = draw(st.lists(st.sampled_from(["SPY", "AGG"]), unique=True))
        books[name] = a_book(draw(cash), {one: draw(shares) for one in held})
    answers: list[StrategyOutcome] = [decided(SPY="1"), decided(AGG="0.4", SPY="0.6"), SILENT]
    outcomes = {name: draw(st.sampled_from(answers)) for name in names}
    weight = st.decimals("0.001", "0.333", places=3)
    capital = Capital(
        weights={name: draw(weight) for name in names},
        owed=frozenset(draw(st.lists(st.sampled_from(names), unique=True))),
    )
    return outcomes, books, capital, draw(st.sampled_from([DRIFT, MIX]))


@given(world=worlds())
def test_transfers_sum_to_nothing_and_the_house_never_gives_what_it_lacks(
    world: tuple[dict[StrategyId, StrategyOutcome], dict[str, Book], Capital, AllocationSettings],
) -> None:
    """TE-06: money moves between books and comes from nowhere."""
    outcomes, books, capital, settings = world

    result = allocated(outcomes, books, capital, settings)

    assert total_cash(result.books) == total_cash({BookId(n): b for n, b in books.items()})
    assert total_positions(result.books) == total_positions({
        BookId(name): book for name, book in books.items()
    })
    house = books["house"].cash
    for one in result.transfers:
        assert sum(posting.cash for posting in one.postings()) == 0
        house -= one.cash
        assert house >= 0
    for name, outcome in outcomes.items():
        if outcome is SILENT:
            assert result.books[BookId(name)].cash >= 0


@given(world=worlds())
def test_whoever_decides_has_its_weight_after_a_constant_mix(
    world: tuple[dict[StrategyId, StrategyOutcome], dict[str, Book], Capital, AllocationSettings],
) -> None:
    """TE-06: where everybody decides the house has enough, and each book misses at most a cent."""
    _, books, capital, _ = world
    outcomes: dict[StrategyId, StrategyOutcome] = {
        name: decided(SPY="1") for name in capital.weights
    }
    settings = replace(MIX, minimum_transfer=Decimal("0.01"))
    total = sum((book.equity(MARKS) or Decimal(0) for book in books.values()), Decimal(0))

    result = allocated(outcomes, books, capital, settings)

    for name, weight in capital.weights.items():
        equity = result.books[BookId(name)].equity(MARKS)
        assert equity is not None
        assert abs(equity - weight * total) < Decimal("0.01")
    assert set(result.reached) == capital.owed


def test_dividends_that_are_owed_are_worth_what_they_will_pay() -> None:
    """The price is without them already: a constant mix would sell klm for what is coming to it."""
    books = {
        "klm": a_book("500", {"SPY": "20"}),
        "tecl": a_book("500", {"AGG": "100"}),
        "house.accruals": a_book("-1000"),
    }

    result = allocated(both(), books, Capital(weights=HALVES), MIX)

    assert result.transfers == ()
