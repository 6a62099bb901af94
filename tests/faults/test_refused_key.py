"""A key that the venue refuses in the middle of the day, and takes again later."""

from datetime import timedelta

import pytest

from alchemiser.domain.risk.limits import TradingState
from tests.faults.lockstep import Account, account
from tests.faults.settling import faults_of
from tests.faults.test_single_faults import DAYS, DONE, OPEN, PART

WORKING = {"new", "accepted", "partially_filled"}


def statuses(here: Account) -> set[str]:
    return {row["status"] for row in here.truth()["orders"]}


@pytest.mark.parametrize("fault", ["unauthorized", "forbidden"])
def test_open_orders_are_cancelled_once_the_key_works_again(fault: str) -> None:
    """FAULTS A10, A11: halted at once, said once; the next run follows what was out."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.venue.fault("no_fills", times=-1)
        here.venue.fault(fault, times=-1, path="/v2/orders:|/v2/orders/|/v2/account", after=7)

        report = here.run(DAYS[0])

        assert (report.exit_code, here.state()) == (OPEN, TradingState.HALTED)
        assert "refuses the key" in report.reason
        assert statuses(here) <= WORKING
        assert statuses(here)

        here.venue.document("DELETE", f"/control/faults/{fault}")
        here.clock.advance_to(here.clock.now() + timedelta(minutes=1))
        again = here.run(DAYS[0])

        assert again.exit_code == PART
        assert statuses(here) == {"canceled"}
        assert faults_of(here) == []
        here.venue.document("DELETE", "/control/faults")
        here.resume()
        here.go_to(DAYS[1])
        assert here.run(DAYS[1]).exit_code == DONE
        assert faults_of(here) == []


def test_a_key_that_is_refused_to_the_release_ends_the_day_once() -> None:
    """FAULTS A10, A11: no order is refused for it, none is sent."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.venue.fault("unauthorized", times=-1, path="/v2/positions", after=1)

        report = here.run(DAYS[0])

        assert (report.exit_code, here.state()) == (OPEN, TradingState.HALTED)
        assert "refuses the key" in report.reason
        assert here.truth()["orders"] == []
        assert [kind for kind, _ in here.alerts.told] == ["key_refused"]
