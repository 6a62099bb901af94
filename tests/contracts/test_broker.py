"""Every broker of ours keeps the broker contract."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_many import BrokerManyContract
from alchemiser.testing.contracts.broker_on_close import OnCloseBench, OnCloseContract
from alchemiser.testing.contracts.broker_refusals import BrokerRefusalsContract
from tests.simulated_venue import DAY, SPY, World, world


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


class Cases(BrokerContract, BrokerRefusalsContract, BrokerManyContract, OnCloseContract):
    """All that a broker of ours must do."""


class TestSimulatedBrokerInMemory(Cases):
    """As a backtest uses it."""

    @pytest.fixture
    def bench(self) -> OnCloseBench:
        return bench_of(world())


class TestSimulatedBrokerInAFile(Cases):
    """As a run uses it."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[OnCloseBench]:
        here = world(tmp_path / "broker.db")
        yield bench_of(here)
        here.broker.close()
