"""Every broker of ours keeps the broker contract."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.transport import Limits
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_on_close import OnCloseBench, OnCloseContract
from tests.served_venue import Served, served
from tests.simulated_venue import DAY, SPY, World, world
from tests.unit.adapters.alpaca.telling import transport

NEAR_CLOSE = datetime(2026, 11, 25, 20, 45, tzinfo=UTC)
LIMITS = Limits(per_minute=60_000)


def bench_of(here: World) -> OnCloseBench:
    return OnCloseBench(
        broker=here.broker,
        session=DAY,
        symbol=SPY,
        quantity=Decimal("17.5"),
        buy_filling=Decimal("502.50"),
        buy_resting=Decimal("431.00"),
        sell_filling=Decimal("497.50"),
        elapse=here.elapse,
        until_cutoff=timedelta(minutes=5),
        until_told=timedelta(minutes=16),
    )


class TestSimulatedBrokerInMemory(BrokerContract, OnCloseContract):
    """As a backtest uses it."""

    @pytest.fixture
    def bench(self) -> OnCloseBench:
        return bench_of(world())


class TestSimulatedBrokerInAFile(BrokerContract, OnCloseContract):
    """As a run uses it."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[OnCloseBench]:
        here = world(tmp_path / "broker.db")
        yield bench_of(here)
        here.broker.close()


def bench_over_the_wire(venue: Served, broker: AlpacaBroker) -> OnCloseBench:
    # What is told here of shorts is what an account that may not be short is told.
    venue.document("PATCH", "/v2/account/configurations", {"no_shorting": True})
    return OnCloseBench(
        broker=broker,
        session=NEAR_CLOSE.date(),
        symbol=SPY,
        quantity=Decimal("17.5"),
        buy_filling=Decimal("603.50"),
        buy_resting=Decimal("517.00"),
        sell_filling=Decimal("597.50"),
        elapse=lambda time: venue.advance(time.total_seconds()),
        until_cutoff=timedelta(minutes=5),
        until_told=timedelta(minutes=16),
    )


class TestAlpacaBrokerAtTheLocalVenue(BrokerContract, OnCloseContract):
    """As paper and live accounts are traded, over the wire."""

    @pytest.fixture
    def bench(self) -> Iterator[OnCloseBench]:
        with served(start=NEAR_CLOSE) as venue:
            broker = AlpacaBroker(
                transport(venue.urls["trading_url"], limits=LIMITS), SystemClock()
            )
            yield bench_over_the_wire(venue, broker)
            broker.close()
