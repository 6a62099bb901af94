"""Every calendar of ours keeps the calendar contract."""

from datetime import UTC, date, datetime

import pytest

from alchemiser.adapters.alpaca.calendar import BrokerCalendar
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.ports.calendar import CalendarPort
from alchemiser.testing.contracts.calendar import CalendarContract
from alchemiser.testing.fakes import FixedClock
from tests.alpaca_data import Broker, silent


class TestSessionTable(CalendarContract):
    """The generated table."""

    @pytest.fixture
    def calendar(self) -> CalendarPort:
        return SessionTable()


class TestBrokerCalendar(CalendarContract):
    """The broker's own sessions in the summer of 2024, over the table."""

    @pytest.fixture
    def calendar(self) -> CalendarPort:
        table = SessionTable()
        broker = Broker(calendar=table.sessions(date(2024, 1, 1), date(2024, 12, 31)))
        clock = FixedClock(datetime(2024, 7, 3, 16, tzinfo=UTC))
        return BrokerCalendar(table, broker, clock, tell=silent)
