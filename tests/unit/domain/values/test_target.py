"""A target is long only, finite, exact and at most one (FAULTS invariant 13)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import is_multiple
from alchemiser.domain.values.target import TargetPortfolio

SPY, AGG = Symbol("SPY"), Symbol("AGG")


def test_weights_come_sorted_exact_and_without_zeros() -> None:
    target = TargetPortfolio.of({"SPY": 2 / 3, "AGG": Decimal("0.25"), "GLD": 0, "TLT": 1e-12})

    assert target.weights == ((AGG, Decimal("0.25")), (SPY, Decimal("0.666666666")))
    assert target.total() == Decimal("0.916666666")


def test_nothing_at_all_is_a_target_of_cash() -> None:
    assert TargetPortfolio.of({}).weights == ()
    assert TargetPortfolio.of({}).total() == 0


def test_weights_may_sum_to_exactly_one() -> None:
    assert TargetPortfolio.of({"SPY": Decimal("0.6"), "AGG": Decimal("0.4")}).total() == 1


def test_weights_one_step_above_one_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"sum to 1\.000000001, more than 1"):
        TargetPortfolio.of({"SPY": Decimal("0.6"), "AGG": Decimal("0.400000001")})


@pytest.mark.parametrize(
    "weight",
    [
        *[-0.2, float("nan"), float("inf"), 1.5, 1e25, 1e300],
        *[Decimal("NaN"), Decimal("0.1234567891"), Decimal("-1e400"), Decimal("9e999999")],
    ],
)
def test_weight_outside_its_range_is_refused_whatever_its_size(weight: float | Decimal) -> None:
    """A plugin may return any number; each is refused as a value, none as an arithmetic error."""
    with pytest.raises(InvalidValueError):
        TargetPortfolio.of({"SPY": weight})


def test_symbol_is_checked_and_written_in_one_way() -> None:
    assert TargetPortfolio.of({"BRK/B": 0.5}).weights == ((Symbol("BRK.B"), Decimal("0.5")),)
    with pytest.raises(InvalidValueError, match="not a ticker"):
        TargetPortfolio.of({"spy": 0.5})


def test_two_spellings_of_one_symbol_are_refused_not_merged() -> None:
    with pytest.raises(InvalidValueError, match="each stand once"):
        TargetPortfolio.of({"BRK/B": 0.5, "BRK.B": 0.25})


@pytest.mark.parametrize(
    "weights",
    [
        ((SPY, Decimal("0.5")), (AGG, Decimal("0.5"))),
        ((AGG, Decimal("0.5")), (AGG, Decimal("0.5"))),
        ((Symbol("BRK/B"), Decimal("0.5")),),
        ((SPY, Decimal(0)),),
    ],
)
def test_weights_out_of_form_are_refused(weights: tuple[tuple[Symbol, Decimal], ...]) -> None:
    with pytest.raises(InvalidValueError):
        TargetPortfolio(weights)


@given(parts=st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_any_shares_of_a_whole_make_a_target(parts: list[int]) -> None:
    target = TargetPortfolio.of({f"S{i}": part / sum(parts) for i, part in enumerate(parts)})

    assert 0 < target.total() <= 1
    assert all(is_multiple(weight, Decimal("1e-9")) for _, weight in target.weights)
