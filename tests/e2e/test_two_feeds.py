"""Two feeds of a broker as two sources of one decision: a whole day at a local venue."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from alchemiser.application.cycle import run_cycle
from alchemiser.application.report import CycleReport
from alchemiser.container import build_engine, exchange_day
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.settings import Settings
from tests.e2e.local_venue import Venue, venue_at

IN_SESSION: Final = datetime(2025, 6, 16, 19, 30, tzinfo=UTC)
SECONDARY: Final = '[data.secondary]\nadapter = "alpaca"\nfeed = "sip"\n'
ALONE: Final = f'{SECONDARY}on_secondary_missing = "use_primary"\n'
SYMPHONY: Final = """
(defsymphony "Shares or Bonds" {:rebalance-frequency :daily}
  (if (> (cumulative-return "SPY" {:window 5}) -5) [(asset "SPY" nil)] [(asset "AGG" nil)]))
"""
ROTATING: Final = """
[strategies.rotating]
plugin = "alchemiser-symphony"
strategy = "symphony"
weight = 0.5
params = { file = "rotating.clj" }
"""


@pytest.fixture(autouse=True)
def leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep leases apart from other tests'."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def settings(venue: Venue, secondary: str) -> Settings:
    venue.settings(more=secondary)
    file = venue.home / "alchemiser.toml"
    venue.home.joinpath("rotating.clj").write_text(SYMPHONY, encoding="utf-8")
    base, _, _ = file.read_text(encoding="utf-8").partition("[strategies.")
    # Its orders may be as large as its book: what is tried here is not the limits.
    file.write_text(f"{base}[risk.max_position]\nbroad_fund = 1\n{ROTATING}", encoding="utf-8")
    return Settings.load(file)


def plant(venue: Venue, name: str, **more: object) -> None:
    """Let a fault strike whatever is asked of the second feed."""
    venue.control("/faults", {"name": name, "feed": "sip", "times": -1, **more})


def trade(venue: Venue, secondary: str) -> CycleReport:
    engine = build_engine(settings(venue, secondary))
    return asyncio.run(run_cycle(engine, exchange_day(engine.clock.now())))


def orders(venue: Venue) -> set[str]:
    return {one["symbol"] for one in venue.control("/truth")["orders"]}


def alerts(home: Path, code: str) -> list[Mapping[str, Any]]:
    log = home / "alchemiser.log"
    rows = map(json.loads, log.read_text(encoding="utf-8").splitlines() if log.exists() else ())
    return [row for row in rows if row["event"] == code]


def test_feeds_that_agree_are_traded_on(tmp_path: Path) -> None:
    """RS-07, DA-08: both are asked, and neither says anything else than the other."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        report = trade(venue, SECONDARY)

        assert orders(venue) == {"SPY"}
    assert (report.status, report.reconciled) == ("completed", True)
    assert alerts(tmp_path, "sources_differ") == []
    assert tmp_path.joinpath("bars-secondary.db").exists()


@pytest.mark.parametrize("fault", ["data_split_without_action", "data_zero_price"])
def test_a_price_of_one_feed_that_flips_the_decision_is_not_traded_on(
    tmp_path: Path, fault: str
) -> None:
    """RS-07, FAULTS C03, C05: the book stays as it is, and the owner hears why."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        plant(venue, fault, symbol="SPY")
        report = trade(venue, SECONDARY)

        assert orders(venue) == set()
    assert report.status == "skipped"
    assert [one.state for one in report.strategies] == ["undecided"]
    (told,) = alerts(tmp_path, "sources_differ")
    assert "SPY" in told["text"]


def test_a_price_of_one_feed_that_flips_nothing_is_traded_on(tmp_path: Path) -> None:
    """RS-07: the strategy wants the same on both; the difference is told."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        plant(venue, "data_split_without_action", symbol="AGG")
        report = trade(venue, SECONDARY)

        assert orders(venue) == {"SPY"}
    assert report.status == "completed"
    (told,) = alerts(tmp_path, "sources_differ")
    assert "AGG on 2025-06-16" in told["text"]


@pytest.mark.parametrize("fault", ["error_500", "drop"])
def test_a_feed_that_is_down_stops_the_day_unless_it_may_be_missing(
    tmp_path: Path, fault: str
) -> None:
    """RS-07, DA-13, FAULTS C16: as the owner has declared, and told either way."""
    with venue_at(IN_SESSION, tmp_path) as venue:
        plant(venue, fault)
        with pytest.raises(PortUnavailableError):
            trade(venue, SECONDARY)
        assert orders(venue) == set()

        report = trade(venue, ALONE)

        assert orders(venue) == {"SPY"}
    assert report.status == "completed"
    assert len(alerts(tmp_path, "source_missing")) == 1
