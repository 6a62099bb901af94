"""The composer builds what the settings say, and any part of it can be swapped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from dependency_injector import providers

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.engine import EnabledStrategy, Timing
from alchemiser.application.ledger import Ledger
from alchemiser.application.preflight import standing_alerts
from alchemiser.container import Parts, build_desk, build_offline, build_probes
from alchemiser.container.assembly import UNBEGUN, check_files, code_hash
from alchemiser.domain.journal.records import TradingHalted
from alchemiser.domain.rules.language import weight_equal
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.ports.notifier import Severity
from alchemiser.settings import Settings

DAY = date(2024, 8, 5)
START = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
NOTHING: Mapping[AssetClass, Decimal] = {}
HOLD = EnabledStrategy(
    strategy_id=StrategyId("hold"),
    weight=Decimal(1),
    strategy=RuleStrategy(weight_equal("SPY"), NOTHING),
    content_hash="0" * 64,
)


def _settings(folder: Path, text: str = "") -> Settings:
    file = folder / "alchemiser.toml"
    file.write_text(text)
    return Settings.load(file)


def _parts(settings: Settings) -> Parts:
    parts = Parts(settings=settings, day=DAY, start=START, code="c" * 64)
    parts.strategies.override(providers.Object((HOLD,)))
    return parts


def test_an_engine_is_composed_of_what_the_settings_say(tmp_path: Path) -> None:
    """RS-15: every provider resolves."""
    settings = _settings(
        tmp_path,
        "[account]\nname = 'ann'\n[schedule]\ntiming = 'next_open'\n[broker]\ncash = 7000.5\n",
    )

    engine = _parts(settings).engine()

    assert isinstance(engine.journal, SqliteJournal)
    assert isinstance(engine.market, SyntheticMarket)
    assert isinstance(engine.broker, SimulatedBroker)
    assert isinstance(engine.clock, VirtualClock)
    assert engine.clock.now() == START
    assert engine.broker.name == "ann"
    assert engine.broker.cash == Decimal("7000.5")
    assert engine.broker.path == tmp_path / "broker.db"
    assert engine.schedule.timing is Timing.NEXT_OPEN
    assert engine.identity.configuration == settings.content_hash()
    assert engine.strategies == (HOLD,)
    assert [path.name for path in tmp_path.iterdir()] == ["alchemiser.toml"]


def test_any_part_can_be_swapped(tmp_path: Path) -> None:
    parts = _parts(_settings(tmp_path))
    journal = MemoryJournal()

    with parts.journal.override(journal):
        assert parts.engine().journal is journal
    assert isinstance(parts.engine().journal, SqliteJournal)


def test_engine_and_broker_share_one_clock_and_one_market(tmp_path: Path) -> None:
    engine = _parts(_settings(tmp_path)).engine()

    assert isinstance(engine.broker, SimulatedBroker)
    assert engine.broker.clock is engine.clock
    assert engine.broker.market is engine.market


@pytest.mark.parametrize("build", [build_desk, build_offline])
def test_between_sessions_time_stands_at_the_last_record(tmp_path: Path, build: object) -> None:
    settings = _settings(tmp_path)
    engine = build_desk(settings) if build is build_desk else build_offline(settings)
    assert engine.clock.now() == UNBEGUN
    Ledger(engine.journal).record((TradingHalted(actor="ann", reason="news"),), at=START)

    later = build_desk(settings) if build is build_desk else build_offline(settings)

    assert later.clock.now() == START
    assert later.strategies == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[journal]\nurl = 'sub/j.db'\n", "j.db cannot be written: make"),
        ("[broker]\nurl = 'alchemiser.toml/b.db'\n", "b.db cannot be written: make"),
        ("[notifications]\nlog = '.'\n", "is a folder: name a file"),
        ("[journal]\ncontrol_path = 'alchemiser.toml'\n", "is no folder: name one as control_path"),
    ],
)
def test_places_that_cannot_be_written_are_found_before_anything_is_made(
    tmp_path: Path, text: str, expected: str
) -> None:
    settings = _settings(tmp_path, text)

    with pytest.raises(SettingsError, match=expected):
        check_files(settings)
    assert [path.name for path in tmp_path.iterdir()] == ["alchemiser.toml"]


def test_leases_without_a_place_are_found_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _settings(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "alchemiser.toml"))

    with pytest.raises(SettingsError, match="set XDG_STATE_HOME to a folder that can be written"):
        check_files(settings)


def test_a_link_to_itself_is_no_bug(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    settings.broker_file().symlink_to("broker.db")

    check_files(settings)


def test_probes_end_at_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    _settings(tmp_path, "")
    file = tmp_path / "alchemiser.toml"
    sound = [probe.id for probe in build_probes(file)]
    file.write_text("[rsik]\n")

    broken = build_probes(file)

    assert sound[-6:] == ["plugins", "certificates", "data", "limits", "journal", "files"]
    assert broken[-1].id == "configuration"
    with pytest.raises(SettingsError, match="did you mean risk"):
        broken[-1].look()
    assert [probe.id for probe in build_probes(None)][-2:] == ["configuration", "plugins"]


def test_code_has_one_hash_for_as_long_as_the_process_lives() -> None:
    assert code_hash() == code_hash()
    assert len(code_hash()) == 64


def test_the_effective_limits_are_told_at_the_start(tmp_path: Path) -> None:
    """RC-16: and what they will clip."""
    parts = _parts(_settings(tmp_path, "[risk]\nmax_order_notional = 2500\n"))
    declared = RuleStrategy(weight_equal("SPY"), {AssetClass.STOCK: Decimal("0.5")})
    parts.strategies.override(providers.Object((replace(HOLD, strategy=declared),)))

    effective, uncertain, clipped = standing_alerts(parts.engine())

    assert (effective.severity, effective.code) == (Severity.INFO, "risk_limits")
    assert "max_order_notional 2500" in effective.text
    assert "max_position.stock 0.10" in effective.text
    assert (uncertain.severity, uncertain.code) == (Severity.WARNING, "uncertified")
    assert (clipped.severity, clipped.code) == (Severity.WARNING, "declared_above_limit")
