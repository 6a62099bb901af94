"""When orders enter the closing auction, on whole and on half days (TE-14)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.closing import AuctionTimes, whole_shares
from alchemiser.domain.values.session import Session
from alchemiser.testing.builders import SESSION

HALF_DAY = Session(
    day=date(2024, 7, 3),
    open_at=datetime(2024, 7, 3, 13, 30, tzinfo=UTC),
    close_at=datetime(2024, 7, 3, 17, 0, tzinfo=UTC),
)


@pytest.mark.parametrize("session", [SESSION, HALF_DAY])
def test_everything_is_relative_to_the_sessions_own_close(session: Session) -> None:
    times = AuctionTimes(cutoff_seconds=600, margin_seconds=30, report_seconds=120)

    assert session.close_at - times.entered_until(session) == timedelta(minutes=10, seconds=30)
    assert times.told_until(session) - session.close_at == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("quantity", "whole"),
    [("0", "0"), ("0.999999999", "0"), ("1", "1"), ("57.3", "57"), ("1e9", "1000000000")],
)
def test_auction_takes_whole_shares(quantity: str, whole: str) -> None:
    """OS-14."""
    assert whole_shares(Decimal(quantity)) == Decimal(whole)
