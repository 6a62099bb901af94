"""Which breakers tell of money that was lost, so that time has to pass before going on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.risk.breakers import Action, BreakerCode, Trip
from alchemiser.domain.risk.track import Track
from alchemiser.testing.builders import DAY

MONEY = (
    "daily_loss",
    "drawdown",
    "losing_streak",
    "pnl_trend",
    "strategy_daily_loss",
    "strategy_drawdown",
)


@pytest.mark.parametrize("code", BreakerCode)
def test_losses_and_nothing_else_ask_for_time(code: BreakerCode) -> None:
    """RC-06, RC-07, RC-08."""
    trip = Trip(code=code, action=Action.HALT, observed="2", limit="1", session=DAY)

    assert trip.is_loss() is (code.value in MONEY)


def test_loss_of_a_session_knows_nothing_of_later_ones() -> None:
    """RC-06: one that is judged again after it is over is measured from what came before it."""
    track = Track()
    track.flow(Decimal(100))
    for number, equity in enumerate((100, 90, 45)):
        track.observe(DAY + timedelta(days=number), Decimal(equity))
    middle = DAY + timedelta(days=1)

    assert track.day_loss(middle, Decimal(80)) == Decimal("0.2")
    assert track.losing_sessions(middle, Decimal(80)) == 1
