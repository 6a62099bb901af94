"""How boldly orders are to be worked, from what each step of them has cost (EX-09)."""

from decimal import Decimal

import pytest

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.calibration.estimates import Estimate, Lack, NoEstimate
from alchemiser.domain.execution.calibration.samples import ChildSample
from alchemiser.domain.execution.calibration.working import (
    ShorterWalk,
    StepQuality,
    WorkingCalibration,
    working_calibration,
)
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.instrument import AssetClass

D = Decimal
SETTINGS = AlgorithmSettings(walk=(D("0.25"), D("0.5"), D("0.75")))
COLLAR = D("0.02")


def children(
    step: int,
    costs: list[float],
    *,
    seconds: float | None = 2.0,
    across: bool = False,
    reach: float = 0.001,
    algorithm: Algorithm = Algorithm.WALK_THE_BOOK,
) -> list[ChildSample]:
    """Return a child of number `step`, from 0, for each cost onward; a quarter of a first one."""
    return [
        ChildSample(
            asset_class=AssetClass.STOCK,
            algorithm=algorithm,
            step=step,
            across=across,
            fill_rate=0.25 if step == 0 else 1.0,
            increment=0.0001,
            parts=(),
            fill_seconds=seconds,
            cost_onward=cost,
            reach=reach,
        )
        for cost in costs
    ]


def about(level: float) -> list[float]:
    """Return forty costs round `level`, a basis point to either side."""
    return [level + (0.0001 if n % 2 else -0.0001) for n in range(40)]


def found_in(*samples: list[ChildSample]) -> WorkingCalibration:
    """Return what all of `samples` say together."""
    return working_calibration([one for part in samples for one in part], SETTINGS, COLLAR)


def test_steps_are_summed_up_one_by_one() -> None:
    """EX-09: how often a step fills, and what it cost to begin with it."""
    found = found_in(
        children(0, about(0.0002)),
        children(3, about(0.0006), across=True),
        children(0, about(0.0005), across=True, algorithm=Algorithm.TWAP),
        children(2, about(0.0004), across=True, algorithm=Algorithm.TWAP),
    )

    twap, first, last = found.steps
    assert (twap.algorithm, twap.step, twap.children) == (Algorithm.TWAP, None, 80)
    assert (first.algorithm, first.step, last.step) == (Algorithm.WALK_THE_BOOK, 1, None)
    assert isinstance(first.fill_rate, Estimate)
    assert isinstance(first.cost, Estimate)
    assert (first.fill_rate.value, first.cost.value) == (D("0.25"), D("0.0002"))
    assert first.cost.half_width() == pytest.approx(D("0.0000314"), abs=D("0.000001"))


@pytest.mark.parametrize(
    ("second", "across", "rest"),
    [
        (0.0002, 0.0006, (D("0.5"), D("0.75"))),
        (0.0009, 0.0003, (D(1),)),
    ],
)
def test_walk_begins_where_it_is_cheapest(
    second: float, across: float, rest: tuple[Decimal, ...]
) -> None:
    """EX-09: what waiting cost against crossing, market run away included."""
    found = found_in(
        children(0, about(0.0008)),
        children(1, about(second)),
        children(2, about(across), across=True),
    )

    assert isinstance(found.walk, ShorterWalk)
    assert found.walk.walk == rest
    saving = found.walk.saving
    assert saving.value == D(str(round(0.0008 - min(second, across), 7)))
    assert saving.low > 0


@pytest.mark.parametrize("across", [0.0008, 0.00079, 0.0012])
def test_walk_is_left_alone_unless_another_is_cheaper_beyond_doubt(across: float) -> None:
    found = found_in(children(0, about(0.0008)), children(1, about(across), across=True))

    assert isinstance(found.walk, NoEstimate)
    assert found.walk.code is Lack.ALIKE


@pytest.mark.parametrize("samples", [[], children(0, about(0.001)), children(5, [0.001])])
def test_walk_without_two_steps_to_compare_says_so(samples: list[ChildSample]) -> None:
    found = found_in(samples)

    assert isinstance(found.walk, NoEstimate)
    assert found.walk.code is Lack.TOO_FEW_ORDERS


def test_offset_is_what_nineteen_of_twenty_needed_in_whole_basis_points() -> None:
    """EX-09."""
    reaches = [n / 1e5 for n in range(200)]
    found = found_in(
        *(children(0, [0.0], across=True, reach=one) for one in reaches),
        children(0, [0.0], reach=0.05),
    )

    offset = found.limit_offset
    assert isinstance(offset, Estimate)
    assert offset.value == D("0.0019")
    assert offset.low < D("0.00189") < offset.high
    assert offset.count == 200


def test_offset_goes_neither_below_a_basis_point_nor_beyond_the_collar() -> None:
    gains = found_in(children(0, [0.0] * 100, across=True, reach=-0.001))
    losses = found_in(children(0, [0.0] * 100, across=True, reach=0.5))

    assert isinstance(gains.limit_offset, Estimate)
    assert isinstance(losses.limit_offset, Estimate)
    assert gains.limit_offset.value == D("0.0001")
    assert losses.limit_offset.value == COLLAR


def test_offset_is_not_known_where_too_many_were_not_filled() -> None:
    found = found_in(
        children(0, [0.0] * 80, across=True),
        children(0, [0.0] * 20, across=True, reach=float("inf")),
    )

    assert isinstance(found.limit_offset, NoEstimate)
    assert found.limit_offset.code is Lack.UNFILLED


@pytest.mark.parametrize(("seconds", "wait"), [(7.2, 8), (0.5, 3), (5000.0, 600)])
def test_wait_is_what_nine_of_ten_fills_of_waiting_steps_took(seconds: float, wait: int) -> None:
    """EX-09: in whole seconds, above the shortest wait and at most what the settings allow."""
    found = found_in(
        children(0, [0.0] * 45, seconds=seconds),
        children(1, [0.0] * 45, seconds=None),
        children(3, [0.0] * 45, seconds=900.0, across=True),
        children(0, [0.0] * 45, seconds=900.0, algorithm=Algorithm.PASSIVE),
    )

    assert isinstance(found.step_seconds_max, Estimate)
    assert found.step_seconds_max.value == wait
    assert found.step_seconds_max.count == 45


def test_nothing_on_record_says_nothing() -> None:
    found = found_in()

    assert found.steps == ()
    assert isinstance(found.limit_offset, NoEstimate)
    assert isinstance(found.step_seconds_max, NoEstimate)


def test_rare_steps_are_counted_and_not_judged() -> None:
    (row,) = found_in(children(0, [0.001, 0.002])).steps

    few = NoEstimate(code=Lack.TOO_FEW_ORDERS, observed="2", limit="at least 30")
    assert row == StepQuality(
        algorithm=Algorithm.WALK_THE_BOOK, step=1, children=2, fill_rate=few, cost=few
    )
