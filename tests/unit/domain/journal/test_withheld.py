"""What is not bought although a strategy wants it, and what lifts that."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.withheld import Withheld
from alchemiser.domain.values.identifiers import HOUSE, BookId, StrategyId, Symbol

KLM, TECL = StrategyId("klm"), StrategyId("tecl")
SPY = Symbol("SPY")
CHANGED = StrategyChanged(strategy=KLM, enabled=True, actor="ann", reason="calm")
SOLD = Posting(
    book=BookId(KLM), kind=PostingKind.MANUAL, cash=Decimal(5), symbol=SPY, quantity=Decimal(-1)
)


def withheld() -> Withheld:
    return Withheld(barred={KLM: {SPY}, TECL: {SPY}}, trimmed={KLM: {SPY}, TECL: {SPY}})


@pytest.mark.parametrize(
    "change",
    [
        replace(CHANGED, weight=Decimal("0.3"), reweigh=True),
        replace(CHANGED, enabled=False, leaving=True),
    ],
)
def test_owner_who_reweighs_or_sells_a_book_lifts_what_it_does_not_buy(
    change: StrategyChanged,
) -> None:
    kept = withheld()

    kept.change(change)

    assert (kept.barred, kept.trimmed) == ({TECL: {SPY}}, {TECL: {SPY}})


@pytest.mark.parametrize("change", [CHANGED, replace(CHANGED, enabled=False)])
def test_strategy_that_only_rests_keeps_what_it_does_not_buy(change: StrategyChanged) -> None:
    kept = withheld()

    kept.change(change)

    assert kept == withheld()


def test_only_what_was_sold_by_hand_of_a_strategy_is_trimmed() -> None:
    kept = Withheld()

    kept.sell((SOLD, replace(SOLD, book=HOUSE), replace(SOLD, kind=PostingKind.DIVIDEND)))

    assert kept.trimmed == {KLM: {SPY}}
