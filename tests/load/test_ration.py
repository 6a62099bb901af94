"""A day at a broker who rations requests: slower, and no order is lost for want of a request."""

from pathlib import Path

import pytest

from tests.load.day import day_of
from tests.load.world import Size

RATE = 180
"""Requests a minute: 45 at once, then nine in four seconds."""
SIZE = Size(strategies=10, symbols=150)


@pytest.mark.parametrize("fault", [None, "stream_limit_429"])
def test_every_order_of_a_rationed_day_is_sent_and_followed(
    tmp_path: Path, fault: str | None
) -> None:
    """RS-16, CC-09: with streams and without, none is refused because nobody could look."""
    with day_of(tmp_path, SIZE, rate=RATE) as day:
        if fault is not None:
            day.fault(fault)
        traded = day.run(patience=300)

    # Who is not filled is shown with the moment at which the venue had the order.
    rows = (row for row in traded.report["orders"] if row["status"] != "filled")
    assert [(row, traded.sent.get(row["symbol"])) for row in rows] == []
    assert (traded.report["status"], traded.report["reason"]) == ("completed", "")
    assert (traded.code, traded.lost) == (0, ())
    assert traded.in_time()
    # More orders than may go at once: without the ration's due they would have waited too long.
    assert len(traded.report["orders"]) > RATE // 4
