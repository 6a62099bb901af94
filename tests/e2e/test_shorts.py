"""Getting out of a position that was sold short by hand, at a venue that lends shares."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest

from alchemiser.application.cycle import run_cycle
from alchemiser.application.emergency import liquidate
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import Liquidation
from alchemiser.application.obeying import Obeying
from alchemiser.container import build_engine, exchange_day
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.identifiers import Symbol
from tests.e2e.local_venue import Venue, venue_at

IN_SESSION: Final = datetime(2025, 6, 16, 19, 30, tzinfo=UTC)
GLD: Final = Symbol("GLD")


def sell_short(venue: Venue, shares: int) -> None:
    """Sell GLD by hand, beside the engine."""
    order = {
        "symbol": GLD,
        "qty": str(shares),
        "side": "sell",
        "type": "market",
        "time_in_force": "day",
    }
    request = Request(  # noqa: S310 - loopback
        f"{venue.urls['trading_url']}/v2/orders",
        data=json.dumps(order).encode(),
        headers={"APCA-API-KEY-ID": "any", "APCA-API-SECRET-KEY": "any"},
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
        assert answer.status == 200


def test_what_is_short_is_bought_back_and_what_is_held_is_sold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-11, FAULTS invariants 9 and 14: nothing is left, by orders with limits, books exact."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with venue_at(IN_SESSION, tmp_path, speed=5) as venue:
        # What forbids to buy must not keep the owner in a position that can lose without end.
        settings = venue.settings(more='[risk]\nrestricted = ["GLD"]\n')
        engine = build_engine(settings)
        asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))
        sell_short(venue, 30)

        report = asyncio.run(liquidate(engine, engine.clock, actor="owner", reason="enough"))

        assert report.exit_code() == 0, report.sentence()
        covered = [one for one in report.fills if one.side is Side.BUY]
        assert {one.symbol for one in covered} == {GLD}
        assert sum(one.last_qty for one in covered) == 30
        account, state = engine.broker.account(), Ledger(engine.journal).state
        sent = {one["client_order_id"]: one for one in venue.control("/truth")["orders"]}
        assert {sent[one.cl_ord_id]["type"] for one in report.fills} == {"limit"}
    assert account.positions == ()
    assert all(not book.positions for book in state.books.values())
    assert sum((book.cash for book in state.books.values()), Decimal(0)) == account.cash
    assert state.state is TradingState.HALTED


def test_owner_who_buys_nothing_more_keeps_no_breaker_from_buying_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC-08, RC-11: the brake that only reduces is no reason to stay short."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with venue_at(IN_SESSION, tmp_path, speed=5) as venue:
        engine = build_engine(venue.settings())
        asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))
        sell_short(venue, 30)
        (tmp_path / "control").mkdir(exist_ok=True)
        (tmp_path / "control" / "REDUCE-ONLY").touch()
        ledger = Ledger(engine.journal)
        closing = Liquidation(engine, ledger, Obeying.THE_BRAKE)
        session = engine.calendar.session(exchange_day(engine.clock.now()))

        report = asyncio.run(closing.run(session))

        assert report.exit_code() == 0, report.sentence()
        assert sum(one.last_qty for one in report.fills if one.side is Side.BUY) == 30
        assert engine.broker.account().positions == ()
