"""Which algorithm works an order: by its size, if its data allow it (EX-02 to EX-04)."""

from decimal import Decimal

import pytest

from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.planning.choosing import BY_VOLUME, AlgorithmChoice
from alchemiser.domain.values.errors import InvalidValueError

D = Decimal
KNOWN = Liquidity(volatility=D("0.01"), daily_volume=D(10_000))


@pytest.mark.parametrize(
    ("quantity", "impact"), [("100", "0.001"), ("400", "0.002"), ("0", "0"), ("10000", "0.01")]
)
def test_impact_grows_with_the_root_of_the_share_of_the_volume(quantity: str, impact: str) -> None:
    """EX-04: the deviation of a day for all that trades in one."""
    assert KNOWN.impact(D(quantity)) == D(impact)


@pytest.mark.parametrize(
    "liquidity",
    [
        Liquidity(),
        Liquidity(volatility=D("0.01")),
        Liquidity(daily_volume=D(10_000)),
        Liquidity(volatility=D("0.01"), daily_volume=D(0)),
    ],
)
def test_impact_is_not_known_without_volume_and_deviation(liquidity: Liquidity) -> None:
    """RS-10."""
    assert liquidity.impact(D(100)) is None


def test_impact_of_no_number_is_refused() -> None:
    """FAULTS invariant 15."""
    with pytest.raises(InvalidValueError):
        KNOWN.impact(D("NaN"))


@pytest.mark.parametrize(
    ("quantity", "algorithm"),
    [("99", Algorithm.WALK_THE_BOOK), ("100", Algorithm.VWAP), ("5000", Algorithm.VWAP)],
)
def test_order_is_large_from_its_impact_on(quantity: str, algorithm: Algorithm) -> None:
    """EX-02, EX-04: ten basis points are reached with a hundredth of the volume."""
    choice = AlgorithmChoice(
        usual=Algorithm.WALK_THE_BOOK, large=Algorithm.VWAP, large_impact=D("0.001")
    )

    assert choice.of(D(quantity), KNOWN) == (algorithm, "")


def test_order_whose_impact_is_not_known_is_not_large() -> None:
    choice = AlgorithmChoice(large=Algorithm.VWAP)

    assert choice.of(D(5000), Liquidity()) == (Algorithm.MARKETABLE_LIMIT, "")


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize(
    ("liquidity", "thin", "why"),
    [
        (Liquidity(volatility=D("0.01")), False, "those of the last sessions are not known"),
        (KNOWN, True, "those there are come from a part of the market"),
    ],
)
def test_algorithm_whose_volumes_are_unfit_gives_way_with_a_reason(
    algorithm: Algorithm, liquidity: Liquidity, thin: bool, why: str
) -> None:
    """EX-03: of those that rest on volumes."""
    choice = AlgorithmChoice(usual=algorithm, large=algorithm, is_volume_thin=thin)

    found = choice.of(D(50), liquidity)

    if algorithm in BY_VOLUME:
        reason = f"{algorithm} rests on volumes, and {why}"
        assert found == (Algorithm.MARKETABLE_LIMIT, reason)
    else:
        assert found == (algorithm, "")


def test_what_is_worked_unless_the_owner_says_otherwise() -> None:
    assert AlgorithmChoice() == AlgorithmChoice(
        usual=Algorithm.MARKETABLE_LIMIT,
        large=Algorithm.TWAP,
        large_impact=D("0.001"),
        is_volume_thin=False,
    )
