"""A paper account that was made anew under the same key is another account."""

from datetime import date

import pytest

from alchemiser.domain.values.errors import SettingsError
from tests.faults.lockstep import CALENDAR, account

DAYS = tuple(one.day for one in CALENDAR.sessions(date(2023, 1, 11), date(2023, 1, 12)))


def test_a_reset_account_is_not_traded_by_the_old_ones_journal() -> None:
    """A30, invariant 7: its names of orders are free again, and its money is not the books'."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        assert here.run(DAYS[0]).exit_code == 0
        here.venue.document("POST", "/control/reset", {})
        here.go_to(DAYS[1])
        here.restart()
        records = here.engine.journal.head().sequence

        with pytest.raises(SettingsError, match="give each account a journal of its own"):
            here.run(DAYS[1])

        assert here.truth()["orders"] == []
        assert here.engine.journal.head().sequence == records
