"""What the owner tells of a reorganisation, in the books of the strategies."""

from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.simulated.corporate import Exchange
from alchemiser.application.operate import overview
from alchemiser.application.report import Overview
from alchemiser.domain.books.terms import SpinOff
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import cents
from tests.cycle.world import FIRST, SECOND, make_engine, run, write_bars

AGG, QQQ = Symbol("AGG"), Symbol("QQQ")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path / "bars")
    assert run(tmp_path, FIRST, 1).exit_code == 0
    return tmp_path


def test_cost_of_a_spin_off_is_divided_as_the_owner_tells(home: Path) -> None:
    """26 U.S.C. 358(c): a quarter of what QQQ has cost goes over to AGG."""
    engine = make_engine(home, SECOND, 1)
    assert isinstance(engine.broker, SimulatedBroker)
    engine.broker.exchange(Exchange(symbol=QQQ, received=AGG, ratio=Decimal(2), kept=True))
    told = [SpinOff(symbol=AGG, kept=QQQ, basis=Decimal("0.25"))]

    whole, divided = (_costs(overview(engine, terms)) for terms in ((), told))

    assert not whole[AGG]
    assert divided[AGG] == cents(whole[QQQ] / 4)
    assert divided[QQQ] == whole[QQQ] - divided[AGG]


def _costs(seen: Overview) -> dict[Symbol, Decimal]:
    (line,) = (line for line in seen.books if line.book == "trend")
    return {lot.symbol: lot.cost for lot in line.lots if lot.cost is not None}
