"""What the broker does not let be traded is known before an order is made."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.cycle import run_cycle
from alchemiser.application.report import CycleReport
from alchemiser.container import build_engine, build_probes, exchange_day
from tests.e2e.local_venue import Venue, venue_at

IN_SESSION = datetime(2025, 6, 16, 19, 40, tzinfo=UTC)


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Venue]:
    """Serve a venue; leases are kept apart from those of other tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with venue_at(IN_SESSION, tmp_path) as served:
        yield served


def trade(venue: Venue) -> CycleReport:
    engine = build_engine(venue.settings())
    return asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))


def test_what_is_not_tradable_is_refused_by_code_and_never_sent(venue: Venue) -> None:
    """FAULTS M12, OS-20: the others are traded; one question tells of all symbols."""
    venue.control("/assets/AGG", {"tradable": False})
    asked = venue.count("/v2/assets")

    report = trade(venue)

    refused = [one for one in report.orders if one.status == "refused"]
    assert [one.symbol for one in refused] == ["AGG"]
    assert "symbol_not_tradable" in refused[0].reason
    assert [one["symbol"] for one in venue.control("/truth")["orders"]] == ["SPY"]
    assert venue.counted(asked) == 1
    assert "AGG can neither be bought nor sold" in (venue.home / "alchemiser.log").read_text()


def test_what_is_not_fractionable_is_bought_in_whole_shares(venue: Venue) -> None:
    """FAULTS M12: the venue has no part of a share to refuse."""
    venue.control("/assets/SPY", {"fractionable": False})

    report = trade(venue)

    quantities = {one["symbol"]: one["qty"] for one in venue.control("/truth")["orders"]}
    assert report.status == "completed"
    assert Decimal(quantities["SPY"]) % 1 == 0
    assert Decimal(quantities["AGG"]) % 1 != 0


def test_a_list_that_cannot_be_read_is_told_and_what_is_known_counts(venue: Venue) -> None:
    """FAULTS M12: the broker has the last word on every order anyway."""
    venue.control("/faults", {"name": "empty_body", "path": "/v2/assets", "times": 1_000})

    report = trade(venue)

    assert report.status == "completed"
    log = (venue.home / "alchemiser.log").read_text()
    assert "what the broker lets be traded is not known today" in log


def test_preflight_tells_what_cannot_be_traded(venue: Venue) -> None:
    """RS-15."""
    venue.control("/assets/AGG", {"tradable": False})
    venue.control("/assets/SPY", {"fractionable": False})
    venue.settings()

    probes = {one.id: one for one in build_probes(venue.home / "alchemiser.toml")}

    told = probes["assets"].look()
    assert told == "AGG can neither be bought nor sold. SPY trades in whole shares."
