"""A look back rests on the closes of its session."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.application.as_of import ClosingQuotes
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError
from alchemiser.testing.fakes import FakeMarket, quote

DAY = date(2024, 8, 5)
AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
SPY, AGG, NEW = Symbol("SPY"), Symbol("AGG"), Symbol("NEW")


@pytest.fixture
def market() -> FakeMarket:
    """Return three sessions of two symbols, and what is quoted today."""
    panel = BarPanel(
        sessions=(DAY - timedelta(days=3), DAY, DAY + timedelta(days=1)),
        symbols=(AGG, SPY),
        close=np.array([[90.0, 500.0], [91.25, 510.5], [92.0, 520.0]]),
    )
    return FakeMarket([quote("SPY", "700", "700.1", at=AT)], panel=panel)


def test_closes_of_the_session_are_its_quotes(market: FakeMarket) -> None:
    quotes = ClosingQuotes(market, DAY).quotes((SPY, AGG, NEW), at=AT)

    assert [(one.symbol, one.bid, one.ask, one.last, one.at) for one in quotes] == [
        (name, price, price, price, AT)
        for name, price in ((AGG, Decimal("91.25")), (SPY, Decimal("510.5")))
    ]


def test_a_session_without_bars_has_no_quotes(market: FakeMarket) -> None:
    assert ClosingQuotes(market, DAY + timedelta(days=9)).quotes((SPY,), at=AT) == ()
    assert ClosingQuotes(FakeMarket(), DAY).quotes((SPY,), at=AT) == ()


def test_everything_else_is_the_markets(market: FakeMarket) -> None:
    looking_back = ClosingQuotes(market, DAY)

    looking_back.check()
    assert looking_back.bars((SPY,), through=DAY).close.tolist() == [[500.0], [510.5]]
    assert looking_back.corporate_actions((SPY,), first=DAY, last=DAY) == ()
    market.failure = InputError("broken.")
    with pytest.raises(InputError):
        looking_back.check()
