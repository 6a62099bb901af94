"""Every broker of ours keeps the broker contract."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_bench import BrokerBench
from tests.simulated_venue import DAY, SPY, World, world


def bench_of(here: World) -> BrokerBench:
    return BrokerBench(
        broker=here.broker,
        session=DAY,
        symbol=SPY,
        quantity=Decimal("17.5"),
        buy_filling=Decimal("502.50"),
        buy_resting=Decimal("431.00"),
        sell_filling=Decimal("497.50"),
        elapse=here.elapse,
    )


class TestSimulatedBrokerInMemory(BrokerContract):
    """As a backtest uses it."""

    @pytest.fixture
    def bench(self) -> BrokerBench:
        return bench_of(world())


class TestSimulatedBrokerInAFile(BrokerContract):
    """As a run uses it."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[BrokerBench]:
        here = world(tmp_path / "broker.db")
        yield bench_of(here)
        here.broker.close()
