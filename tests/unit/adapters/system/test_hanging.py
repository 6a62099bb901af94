"""Calls that hang pull the brake, and the owner's own brake is seen through it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alchemiser.adapters.system.control import FolderControl
from alchemiser.adapters.system.hanging import HANGING_MAX, HangingCalls
from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.control import HaltRequest
from alchemiser.testing.fakes import FixedClock

AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)


@pytest.mark.parametrize("count", [0, HANGING_MAX, HANGING_MAX + 1])
def test_more_hanging_calls_than_are_allowed_are_a_halt(tmp_path: Path, count: int) -> None:
    """RS-03."""
    brake = HangingCalls(FolderControl(tmp_path), lambda: count, FixedClock(AT))

    request = brake.halt_request()

    if count <= HANGING_MAX:
        assert request is None
    else:
        assert request == HaltRequest(
            actor="engine", reason=f"{count} calls to the broker hang", at=AT
        )
        assert request.state is TradingState.HALTED


def test_owners_brake_is_set_seen_and_lifted_through_it(tmp_path: Path) -> None:
    owners = FolderControl(tmp_path)
    brake = HangingCalls(owners, lambda: 0, FixedClock(AT))
    request = HaltRequest(actor="ann", reason="fire", at=AT, state=TradingState.REDUCING)

    brake.request_halt(request)

    assert owners.halt_request() == brake.halt_request() == request
    brake.clear_halt()
    assert owners.halt_request() is None
