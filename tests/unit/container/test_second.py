"""The second source as it is composed: proved to be comparable before anything is written."""

from datetime import timedelta
from pathlib import Path

import pytest

from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.application.second_source import LeadingMarket
from alchemiser.container import Parts, build_engine, build_offline
from alchemiser.container.assembly import UNBEGUN
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import InputError
from alchemiser.settings import Settings

ONE = '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.9\n'


def settings(
    folder: Path, text: str = "", data: str = 'adapter = "files"\npath = "bars"'
) -> Settings:
    file = folder / "alchemiser.toml"
    table = f'[data.secondary]\nadapter = "files"\npath = "others"\n{text}'
    file.write_text(f"[data]\n{data}\n{table}{ONE}")
    return Settings.load(file)


def write(folder: Path, columns: str = "close", values: str = "100") -> None:
    folder.mkdir()
    for name in ("SPY", "TLT"):
        rows = [f"2024-07-{day:02},{values}" for day in (8, 9)]
        (folder / f"{name}.csv").write_text("\n".join([f"session,{columns}", *rows, ""]))


def parts(configured: Settings) -> Parts:
    return Parts(settings=configured, day=UNBEGUN.date(), code="", start=UNBEGUN)


def test_engine_has_the_second_source_beside_the_one_it_decides_on(tmp_path: Path) -> None:
    """RS-07, DA-14: behind the same port, gated and kept alike."""
    write(tmp_path / "bars")
    write(tmp_path / "others")

    made = parts(settings(tmp_path))
    second = made.second()

    assert second is not None
    assert isinstance(made.leading(), LeadingMarket)
    assert made.leading() is second.leading
    assert second.facts.sentence() == "files others (close=all, XNYS)"
    assert second.first.feed == "bars"


def test_without_the_table_the_first_source_is_all_there_is(tmp_path: Path) -> None:
    file = tmp_path / "alchemiser.toml"
    file.write_text(ONE)
    made = parts(Settings.load(file))

    assert made.second() is None
    assert made.leading() is made.market()


def test_other_adjustment_is_refused_by_name(tmp_path: Path) -> None:
    """RS-07, FAULTS C07."""
    write(tmp_path / "bars")
    write(tmp_path / "others", "close,raw_close", "100,100")

    with pytest.raises(SettingsError) as caught:
        parts(settings(tmp_path)).leading()

    assert str(caught.value) == (
        "[data.secondary] has the adjustment close=all raw_close=raw, and [data] has close=all, "
        "so that they cannot be compared: name a source with the same."
    )
    assert not (tmp_path / "journal.db").exists()


def test_second_source_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """RS-07: nothing is written."""
    write(tmp_path / "bars")

    with pytest.raises(InputError, match="others"):
        build_engine(settings(tmp_path), UNBEGUN.date())

    assert not (tmp_path / "journal.db").exists()


def test_second_source_that_may_be_missing_may_be_missing(tmp_path: Path) -> None:
    write(tmp_path / "bars")

    parts(settings(tmp_path, 'on_secondary_missing = "use_primary"\n')).leading().check()


def test_brake_needs_no_source(tmp_path: Path) -> None:
    assert build_offline(settings(tmp_path)).second is None


def test_another_feed_of_the_broker_shares_its_line(tmp_path: Path) -> None:
    """DA-13: one key has one budget."""
    file = tmp_path / "alchemiser.toml"
    file.write_text(
        '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n[data]\nadapter = "alpaca"\n'
        f'[data.secondary]\nadapter = "alpaca"\nfeed = "sip"\n{ONE}'
    )
    made = parts(Settings.load(file))
    first, second = made.alpaca_market(), made.second_market()

    assert isinstance(second, AlpacaMarketData)
    assert (first.source(), second.source()) == (
        "alpaca iex close=all raw_close=raw",
        "alpaca sip close=all raw_close=raw",
    )
    assert vars(second._reader)["_budget"] is vars(first._reader)["_budget"]
    assert vars(second._reader)["_circuit"] is not vars(first._reader)["_circuit"]
    quiet = [vars(one)["_halts"]._silence_max for one in (first, second)]
    assert quiet == [timedelta(hours=1), timedelta(minutes=15)]
