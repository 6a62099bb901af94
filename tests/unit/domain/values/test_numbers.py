"""Exact splitting and rounding, and floats that agree everywhere (OS-05)."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import (
    CENT,
    SHARE,
    apportion,
    cents,
    decimal_from_float,
    finite,
    is_multiple,
    plain,
    positive,
    round_down,
    round_significant,
    round_up,
    weight_from_float,
)

NOT_FINITE = [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]
INCREMENTS = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("1e-9"), Decimal("0.05")])
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=11)
MEASURES = st.floats(min_value=1e-11, max_value=1e33) | st.floats(min_value=-1e33, max_value=-1e-11)
"""Where the powers of ten that the rounding needs are exact floats: all that is ever measured."""


@pytest.mark.parametrize("value", NOT_FINITE)
def test_finite_and_positive_refuse_what_is_no_number(value: Decimal) -> None:
    """OS-02."""
    with pytest.raises(InvalidValueError, match="price must be a finite number"):
        finite(value, "price")
    with pytest.raises(InvalidValueError, match="price must be a finite number"):
        positive(value, "price")


def test_positive_refuses_zero_and_passes_the_smallest_step_above() -> None:
    """OS-02."""
    assert positive(SHARE, "order_qty") == SHARE
    for value in (Decimal(0), Decimal("-0"), -SHARE):
        with pytest.raises(InvalidValueError, match="order_qty must be above zero"):
            positive(value, "order_qty")


@given(value=AMOUNTS, increment=INCREMENTS)
@example(value=Decimal("7.49"), increment=Decimal("0.5"))
@example(value=Decimal("-7.49"), increment=Decimal("0.5"))
def test_rounding_brackets_the_value_within_one_increment(
    value: Decimal, increment: Decimal
) -> None:
    """OS-05."""
    low, high = round_down(value, increment), round_up(value, increment)

    assert abs(low) <= abs(value) <= abs(high)
    assert abs(high) - abs(low) in (0, increment)
    assert is_multiple(low, increment)
    assert is_multiple(high, increment)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.125", "0.12"), ("0.135", "0.14"), ("-0.125", "-0.12"), ("0.1250000001", "0.13")],
)
def test_cents_round_half_to_even(value: str, rounded: str) -> None:
    """OS-05."""
    assert cents(Decimal(value)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("value", "unit", "answer"),
    [
        ("7.25", "0.05", True),
        ("7.26", "0.05", False),
        ("0", "0.05", True),
        ("-0.15", "0.05", True),
        ("1e25", "1e-9", True),
        ("1e25", "3", False),
    ],
)
def test_multiple_is_told_for_any_size(value: str, unit: str, answer: bool) -> None:
    """A quotient beyond the precision of Decimal is an answer, not an arithmetic error."""
    assert is_multiple(Decimal(value), Decimal(unit)) is answer


@pytest.mark.parametrize(
    ("value", "text"),
    [("100.00", "100"), ("1E+2", "100"), ("-0.00", "0"), ("1E-9", "0.000000001"), ("2.50", "2.5")],
)
def test_plain_text_depends_on_the_value_alone(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_largest_remainder_gives_the_odd_units_to_the_largest_fractions() -> None:
    """10 cents over 5.1 : 2.3 : 2.6 are 5.1, 2.3 and 2.6 cents; the last has the largest rest."""
    claims = [("nuclear", Decimal("5.1")), ("klm", Decimal("2.3")), ("tecl", Decimal("2.6"))]

    assert apportion(Decimal("0.10"), claims, CENT) == [
        Decimal("0.05"),
        Decimal("0.02"),
        Decimal("0.03"),
    ]


def test_equal_remainders_go_to_the_name_that_sorts_first() -> None:
    claims = [("tecl", Decimal(7)), ("klm", Decimal(7)), ("nuclear", Decimal(7))]

    assert apportion(Decimal("0.05"), claims, CENT) == [
        Decimal("0.01"),
        Decimal("0.02"),
        Decimal("0.02"),
    ]


CLAIMS = st.lists(
    st.decimals(min_value=0, max_value=10**6, places=9), min_size=1, max_size=7
).filter(any)


@given(units=st.integers(-(10**12), 10**12), claims=CLAIMS)
def test_parts_sum_to_the_total_and_stay_within_one_unit_of_their_quota(
    units: int, claims: list[Decimal]
) -> None:
    """OS-05: nothing is lost or made by splitting."""
    total, named = units * SHARE, [(f"book-{i}", claim) for i, claim in enumerate(claims)]

    parts = apportion(total, named, SHARE)

    assert sum(parts) == total
    assert all(is_multiple(part, SHARE) for part in parts)
    for part, claim in zip(parts, claims, strict=True):
        assert abs(part * sum(claims) - total * claim) < (SHARE + SHARE / 1000) * sum(claims)
        assert claim or not part


@given(units=st.integers(0, 10**12), claims=CLAIMS)
def test_parts_do_not_depend_on_the_order_of_claims(units: int, claims: list[Decimal]) -> None:
    named = [(f"book-{i}", claim) for i, claim in enumerate(claims)]
    turned = named[::-1]

    straight = dict(zip(named, apportion(units * SHARE, named, SHARE), strict=True))
    reverse = dict(zip(turned, apportion(units * SHARE, turned, SHARE), strict=True))

    assert straight == reverse


@given(units=st.integers(0, 10**12), claims=CLAIMS)
def test_negative_total_is_split_as_its_mirror_image(units: int, claims: list[Decimal]) -> None:
    named = [(f"book-{i}", claim) for i, claim in enumerate(claims)]

    assert apportion(-units * SHARE, named, SHARE) == [
        -part for part in apportion(units * SHARE, named, SHARE)
    ]


@given(claims=CLAIMS)
def test_whole_is_given_back_claim_by_claim(claims: list[Decimal]) -> None:
    """A complete fill gives every book exactly what it claimed."""
    named = [(f"book-{i}", claim) for i, claim in enumerate(claims)]

    assert apportion(sum(claims, Decimal(0)), named, SHARE) == claims


@pytest.mark.parametrize(
    ("total", "claims", "sentence"),
    [
        ("0.10", [], "not all zero"),
        ("0.10", [("klm", "0"), ("tecl", "0")], "not all zero"),
        ("0.10", [("klm", "3"), ("tecl", "-1")], "must not be negative"),
        ("0.105", [("klm", "3")], "not a multiple"),
    ],
)
def test_apportion_refuses(total: str, claims: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(InvalidValueError, match=sentence):
        apportion(Decimal(total), [(name, Decimal(claim)) for name, claim in claims], CENT)


@given(value=MEASURES)
@example(value=0.3)
@example(value=99_999_999_999.95)
@example(value=-1.2345678901249999)
def test_significant_rounding_moves_less_than_a_unit_of_the_twelfth_digit(value: float) -> None:
    exact = Decimal(value)
    rounded = Decimal(float(round_significant(np.array(value))))
    with localcontext(prec=120):
        unit = Decimal(10) ** (exact.adjusted() - 11)

        assert abs(rounded - exact) <= unit * Decimal("0.5001")
        # And it stands on twelve digits, up to the error of a float.
        twelve = rounded.quantize(unit, rounding=ROUND_HALF_EVEN)
        assert abs(rounded - twelve) <= unit / 1000


def test_significant_rounding_counts_its_digits_from_the_power_of_ten_at_or_below() -> None:
    powers = np.array([float(f"1e{e}") for e in range(-300, 301)])
    near = np.concatenate([powers, np.nextafter(powers, 0), np.nextafter(powers, np.inf)])
    values = np.concatenate([near, -near, near * 1.23456789012345, near * 7.6543210987654])
    digits = 312 - np.searchsorted(powers, np.abs(values), side="right")
    up, down = (powers[np.clip(some, 0, 300) + 300] for some in (digits, -digits))

    with np.errstate(over="ignore"):
        plain = np.where(digits >= 0, np.rint(values * up) / up, np.rint(values / down) * down)
        assert np.array_equal(round_significant(values), plain)
        assert np.array_equal(round_significant(values.reshape(4, -1).T).T.ravel(), plain)


@given(value=MEASURES)
def test_significant_rounding_is_idempotent_and_odd(value: float) -> None:
    once = round_significant(np.array([value]))

    assert round_significant(once) == once
    assert round_significant(np.array([-value])) == -once


@given(values=st.lists(st.floats(width=64), max_size=40))
def test_significant_rounding_does_not_depend_on_the_neighbours(values: list[float]) -> None:
    """Vector units work on several values at once; each must come out as if it were alone."""
    together = round_significant(np.array(values, dtype=np.float64))
    alone = [float(round_significant(np.array(value))) for value in values]

    assert np.array_equal(together, np.array(alone, dtype=np.float64), equal_nan=True)


@given(low=MEASURES, high=MEASURES)
def test_significant_rounding_keeps_the_order(low: float, high: float) -> None:
    low, high = sorted((low, high))

    assert round_significant(np.array(low)) <= round_significant(np.array(high))


def test_significant_rounding_makes_ties_of_what_only_noise_tells_apart() -> None:
    """Two ways to add the same returns must rank alike."""
    forward, backward = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert forward != backward

    rounded = round_significant(np.array([forward, backward, 0.600000000002]))

    assert rounded[0] == rounded[1] != rounded[2]


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.00123456789012345, 0.00123456789012),
        (-0.123456789012678, -0.123456789013),
        (1.00000000000499, 1.0),
        (9.99999999999612, 10.0),
        (12345678901.2642, 12345678901.3),
        (123456789012.37, 123456789012.0),
        (1234567890126.0, 1234567890130.0),
        (123456789012345678.0, 123456789012000000.0),
        (1.23456789012987e32, 1.23456789013e32),
    ],
)
def test_significant_rounding_keeps_twelve_digits_of_any_size(value: float, rounded: float) -> None:
    assert round_significant(np.array(value)) == rounded


def test_significant_rounding_leaves_nan_infinity_and_zero_alone() -> None:
    values = np.array([[np.nan, np.inf], [-np.inf, 0.0]])

    assert np.array_equal(round_significant(values), values, equal_nan=True)
    assert round_significant(values).shape == (2, 2)


@given(value=MEASURES)
def test_decimal_of_a_float_has_at_most_twelve_digits_and_lies_nearest(value: float) -> None:
    decimal = decimal_from_float(value)

    assert len(decimal.normalize().as_tuple().digits) <= 12
    with localcontext(prec=120):
        unit = Decimal(10) ** (Decimal(value).adjusted() - 11)
        assert abs(decimal - Decimal(value)) <= unit / 2


def test_decimal_of_a_float_reads_as_a_person_wrote_it() -> None:
    assert str(decimal_from_float(0.1)) == "0.1"
    assert str(decimal_from_float(1500.0)) == "1500"
    assert str(decimal_from_float(-0.0)) == "0"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_float_that_is_no_number_never_becomes_a_decimal(value: float) -> None:
    with pytest.raises(InvalidValueError, match="finite"):
        decimal_from_float(value)
    with pytest.raises(InvalidValueError, match="finite"):
        weight_from_float(value)


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        (1 / 3, "0.333333333"),
        (2 / 3, "0.666666666"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
        (0.9999999999999, "1"),
        (4e-10, "0"),
        (1e25, "1e25"),
    ],
)
def test_weight_of_a_float_is_cut_to_the_ninth_decimal(value: float, weight: str) -> None:
    assert weight_from_float(value) == Decimal(weight)


@given(parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=60))
def test_cut_weights_never_sum_to_more_than_one(parts: list[int]) -> None:
    assert sum(weight_from_float(part / sum(parts)) for part in parts) <= 1
