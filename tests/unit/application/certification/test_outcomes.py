"""Answers are compared by what they come to, and told so that the difference shows."""

from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from alchemiser.application.certification.outcomes import SLACK, differing, same, worded
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.target import TargetPortfolio

DAY: Final = date(2024, 7, 1)
HALF: Final = Decimal("0.5")


def wants(instead_of: str = "", **weights: Decimal) -> Decided:
    return Decided(target=TargetPortfolio.of(weights), instead_of=instead_of)


@pytest.mark.parametrize(
    ("difference", "alike"),
    [("0", True), ("1e-9", True), ("1e-8", True), ("1.1e-8", False), ("1e-6", False)],
)
def test_last_digit_of_a_sum_makes_no_difference(difference: str, alike: bool) -> None:
    """ST-10: weights are cut to 1e-9, each by itself."""
    one, other = wants(SPY=HALF), wants(SPY=HALF + Decimal(difference))

    assert same(one, other) is alike
    assert same(other, one) is alike


@pytest.mark.parametrize(("weight", "alike"), [("1e-9", True), ("1e-8", True), ("2e-8", False)])
def test_symbol_of_almost_no_weight_may_be_absent(weight: str, alike: bool) -> None:
    """ST-10."""
    one, other = wants(SPY=HALF), wants(SPY=HALF, QQQ=Decimal(weight))

    assert same(one, other) is alike
    assert same(other, one) is alike


def test_every_symbol_counts() -> None:
    """ST-04."""
    one = wants(AGG=Decimal("0.2"), QQQ=Decimal("0.3"), SPY=HALF)

    assert same(one, wants(AGG=Decimal("0.2"), QQQ=Decimal("0.3"), SPY=HALF))
    assert not same(one, wants(AGG=Decimal("0.3"), QQQ=Decimal("0.2"), SPY=HALF))
    assert not same(one, wants(AGG=Decimal("0.2"), QQQ=Decimal("0.3"), TLT=HALF))
    assert not same(one, wants())


def test_answers_of_different_kinds_never_come_to_the_same() -> None:
    """ST-04."""
    answers: list[StrategyOutcome] = [wants(), Undecided(reason="why."), Failed(reason="why.")]

    assert [[same(one, other) for other in answers] for one in answers] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_reasons_may_be_worded_otherwise() -> None:
    """ST-04: a message may tell how many sessions there are."""
    assert same(Failed(reason="row 3."), Failed(reason="row 4."))
    assert same(Undecided(reason="3 bars."), Undecided(reason="4 bars."))
    assert same(wants(instead_of="too few bars.", SPY=HALF), wants(SPY=HALF))


def test_change_is_told_with_both_answers_and_the_circumstances() -> None:
    """ST-04."""
    then, now = wants(SPY=HALF), Undecided(reason="SPY has too few bars.")

    assert differing(DAY, then, now, "asked again") == (
        "as of 2024-07-01 it wants SPY 0.5, but asked again it is undecided (SPY has too few bars)."
    )
    assert differing(DAY, now, then, "asked again").endswith("asked again it wants SPY 0.5.")
    assert differing(DAY, then, then, "asked again") == ""


@pytest.mark.parametrize("difference", ["1.1e-8", "2e-8", "4e-7", "1e-6", "0.25"])
def test_weights_that_differ_are_told_so_that_they_differ(difference: str) -> None:
    """ST-04: a sentence that says the same twice would help nobody."""
    then, now = wants(SPY=HALF), wants(SPY=HALF + Decimal(difference))

    text = differing(DAY, then, now, "later")

    assert text == (
        f"as of 2024-07-01 it wants SPY 0.5, but later it wants SPY {HALF + Decimal(difference):f}."
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (wants(), "wants nothing but cash"),
        (wants(SPY=Decimal(1)), "wants SPY 1"),
        (wants(SPY=HALF, AGG=Decimal("0.250")), "wants AGG 0.25, SPY 0.5"),
        (wants(SPY=Decimal("1e-9")), "wants SPY 0.000000001"),
        (Undecided(reason="no data"), "is undecided (no data)"),
        (Failed(reason="it broke..."), "fails (it broke)"),
    ],
)
def test_answers_are_told_without_exponents_zeros_and_stops(
    outcome: StrategyOutcome, words: str
) -> None:
    assert worded(outcome) == words


def test_slack_is_far_below_what_anybody_trades() -> None:
    """ST-10."""
    assert Decimal("1e-8") == SLACK
