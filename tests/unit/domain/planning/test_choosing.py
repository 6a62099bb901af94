"""Which algorithm works an order: by its size, if its data allow it (EX-02 to EX-04)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.plan import PlannedOrder
from alchemiser.domain.orders.working import Algorithm, Liquidity
from alchemiser.domain.planning.choosing import BY_VOLUME, AlgorithmChoice, OrderBudget
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.testing.builders import a_planned_order, an_order

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


def orders(count: int, algorithm: Algorithm = Algorithm.TWAP) -> list[PlannedOrder]:
    """Return orders of one, two and so on shares, worked by an algorithm."""
    return [
        replace(
            a_planned_order(an_order(f"S{place}", str(place)), reference="500", klm=str(place)),
            algorithm=algorithm,
        )
        for place in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("session", "worked"),
    [(None, 4), (200, 4), (32, 4), (31, 3), (25, 3), (24, 2), (11, 1), (10, 0), (4, 0), (1, 0)],
)
def test_largest_orders_are_worked_as_far_as_their_children_may_be_sent(
    session: int | None, worked: int
) -> None:
    """OS-09: four orders of eight children are thirty-two, and no runaway."""
    found = OrderBudget(session=session).affordable(orders(4))

    assert [one.algorithm is Algorithm.TWAP for one in found] == [
        place > 4 - worked for place in range(1, 5)
    ]
    for one in found[: 4 - worked]:
        assert one.algorithm is Algorithm.MARKETABLE_LIMIT
        assert one.instead_of == (
            f"twap sends up to 8 orders, and only {session} of a session are allowed"
        )


@pytest.mark.parametrize(("symbol", "worked"), [(None, True), (8, True), (7, False)])
def test_no_order_is_worked_whose_symbol_may_not_have_so_many(
    symbol: int | None, worked: bool
) -> None:
    """OS-09."""
    found = OrderBudget(symbol=symbol).affordable(orders(2))

    assert {one.algorithm is Algorithm.TWAP for one in found} == {worked}
    if not worked:
        assert found[0].instead_of.endswith("only 7 of a symbol are allowed")


def test_order_for_the_auction_needs_room_for_two() -> None:
    """OS-09: the largest has its eight, and of the others as many go on as there is room for."""
    three = [*orders(2, Algorithm.LIMIT_ON_CLOSE), *orders(3)[2:]]

    found = OrderBudget(session=11).affordable(three)

    assert [one.algorithm for one in found] == [
        Algorithm.MARKETABLE_LIMIT,
        Algorithm.LIMIT_ON_CLOSE,
        Algorithm.TWAP,
    ]
    assert found[0].instead_of == (
        "limit_on_close sends up to 2 orders, and only 11 of a session are allowed"
    )


@pytest.mark.parametrize(("symbol", "worked"), [(1, False), (2, True)])
def test_order_for_the_auction_is_two_of_its_symbol(symbol: int, worked: bool) -> None:
    """OS-09."""
    found = OrderBudget(symbol=symbol).affordable(orders(1, Algorithm.LIMIT_ON_CLOSE))

    assert (found[0].algorithm is Algorithm.LIMIT_ON_CLOSE) is worked


def test_single_orders_need_no_budget() -> None:
    plain = orders(3, Algorithm.MARKETABLE_LIMIT)

    assert OrderBudget(session=1, symbol=1).affordable(plain) == tuple(plain)


@pytest.mark.parametrize(
    ("limits", "budget"),
    [
        (RiskLimits(), OrderBudget(session=180, symbol=10)),
        (RESEARCH_LIMITS, OrderBudget()),
        (
            RiskLimits(max_orders_per_day=9, max_orders_per_symbol=3),
            OrderBudget(session=9, symbol=3),
        ),
        (
            RiskLimits(max_orders_per_minute=None, max_repeats=None),
            OrderBudget(session=200, symbol=20),
        ),
    ],
)
def test_budget_is_the_tightest_of_the_limits_on_orders(
    limits: RiskLimits, budget: OrderBudget
) -> None:
    """OS-09."""
    assert OrderBudget.of(limits) == budget
