"""Every calendar of ours keeps the calendar contract."""

import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.ports.calendar import CalendarPort
from alchemiser.testing.contracts.calendar import CalendarContract


class TestSessionTable(CalendarContract):
    """The generated table."""

    @pytest.fixture
    def calendar(self) -> CalendarPort:
        return SessionTable()
