"""The timing contract says when, on what and at which price."""

from datetime import UTC, date, datetime, timedelta

import pytest

from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.domain.values.session import Session

HALF_DAY = Session(
    day=date(2024, 7, 3),
    open_at=datetime(2024, 7, 3, 13, 30, tzinfo=UTC),
    close_at=datetime(2024, 7, 3, 17, 0, tzinfo=UTC),
)
AHEAD = timedelta(minutes=10, seconds=30)


@pytest.mark.parametrize(
    ("timing", "moment", "sees", "at_open"),
    [
        (Timing.NEAR_CLOSE, "16:45", True, False),
        (Timing.NEXT_OPEN, "13:31", False, True),
        (Timing.NEXT_CLOSE, "16:45", False, False),
    ],
)
def test_each_timing_has_a_moment_bars_and_a_price(
    timing: Timing, moment: str, sees: object, at_open: object
) -> None:
    """BT-03; TE-14: the session closes at one in New York."""
    decided = Schedule(timing=timing).moment(HALF_DAY)

    assert f"{decided:%H:%M}" == moment
    assert (timing.sees_session(), timing.trades_at_open()) == (sees, at_open)


@pytest.mark.parametrize(
    ("schedule", "auction", "sentence"),
    [
        (
            Schedule(before_close=timedelta(minutes=20)),
            False,
            (
                "near_close: decided at close-20m on a provisional bar of its own, "
                "traded near the close at the close"
            ),
        ),
        (
            Schedule(timing=Timing.NEXT_OPEN, after_open=timedelta(minutes=5)),
            False,
            (
                "next_open: decided at open+5m on bars up to the session before, "
                "traded after the open at the open"
            ),
        ),
        (
            Schedule(timing=Timing.NEXT_CLOSE),
            True,
            (
                "next_close: decided at close-15m on bars up to the session before, "
                "traded in the closing auction at the close"
            ),
        ),
    ],
)
def test_contract_says_it_whole(schedule: Schedule, auction: bool, sentence: str) -> None:
    assert schedule.contract(auction=auction).sentence() == sentence


@pytest.mark.parametrize("timing", Timing)
@pytest.mark.parametrize(
    ("late", "reached"), [(timedelta(0), True), (timedelta(microseconds=1), False)]
)
def test_auction_is_reached_by_who_decides_before_its_last_moment(
    timing: Timing, late: timedelta, reached: object
) -> None:
    """EX-07: what is decided at the open trades there."""
    schedule = Schedule(timing=timing, before_close=AHEAD - late)

    assert schedule.reaches_auction(AHEAD) is (reached and timing is not Timing.NEXT_OPEN)
