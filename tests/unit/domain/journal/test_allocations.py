"""The owner's changes: what stands, and what is still owed."""

from decimal import Decimal

import pytest

from alchemiser.domain.journal.allocations import (
    Allocations,
    StrategyChanged,
    StrategyReweighted,
)
from alchemiser.domain.values.identifiers import StrategyId

KLM = StrategyId("klm")


def changed(**what: object) -> StrategyChanged:
    told: dict[str, object] = {"enabled": True, "actor": "ann", "reason": "calm"} | what
    return StrategyChanged(strategy=KLM, **told)  # type: ignore[arg-type]


def test_change_stands_until_the_next_one_and_nothing_stands_as_configured() -> None:
    allocations = Allocations()

    allocations.apply(changed(enabled=False))
    assert allocations.changes == {KLM: changed(enabled=False)}
    allocations.apply(changed(weight=Decimal("0.3")))
    assert allocations.changes == {KLM: changed(weight=Decimal("0.3"))}
    allocations.apply(changed())
    assert allocations.changes == {}


def test_weight_is_owed_until_it_is_reached() -> None:
    allocations = Allocations()

    allocations.apply(changed(weight=Decimal("0.3"), reweigh=True))
    allocations.apply(changed(enabled=False))
    assert allocations.owed == {KLM}
    allocations.apply(StrategyReweighted(strategy=KLM))
    allocations.apply(StrategyReweighted(strategy=KLM))
    assert allocations.owed == set()


def test_book_that_is_given_up_is_owed_no_weight() -> None:
    allocations = Allocations()

    allocations.apply(changed(weight=Decimal("0.3"), reweigh=True))
    allocations.apply(changed(enabled=False, leaving=True))

    assert allocations.owed == set()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (changed(enabled=False), "klm: disabled (calm, ann)"),
        (changed(enabled=False, leaving=True), "klm: disabled, its book is sold (calm, ann)"),
        (changed(weight=Decimal("0.3")), "klm: weight 0.3 (calm, ann)"),
        (changed(), "klm: as configured (calm, ann)"),
    ],
)
def test_change_tells_what_stands(change: StrategyChanged, sentence: str) -> None:
    assert change.sentence() == sentence
