"""The composer builds what the settings say, and any part of it can be swapped."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from dependency_injector import providers

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.ledger import Ledger
from alchemiser.application.preflight import standing_alerts
from alchemiser.container import Parts, build_desk, build_offline, build_probes
from alchemiser.container.assembly import UNBEGUN, check_files, code_hash
from alchemiser.domain.journal.restrictions import TradingHalted
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.rules.language import weight_equal
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.ports.errors import InputError
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


@pytest.mark.parametrize(
    ("timing", "at", "schedule"),
    [
        (
            "near_close",
            "close-20m",
            Schedule(before_close=timedelta(minutes=20)),
        ),
        (
            "next_open",
            "open+2m",
            Schedule(timing=Timing.NEXT_OPEN, after_open=timedelta(minutes=2)),
        ),
        (
            "next_close",
            "close-12m",
            Schedule(timing=Timing.NEXT_CLOSE, before_close=timedelta(minutes=12)),
        ),
    ],
)
def test_timing_contract_is_that_of_the_settings(
    tmp_path: Path, timing: str, at: str, schedule: Schedule
) -> None:
    """BT-03: with the closing auction where orders wait for it."""
    text = f"[schedule]\ntiming = '{timing}'\nat = '{at}'\n"
    on_close = "[execution]\nalgorithm = 'limit_on_close'\n"

    plain = _parts(_settings(tmp_path, text)).engine()
    in_auction = _parts(_settings(tmp_path, text + on_close)).engine()

    assert plain.schedule == in_auction.schedule == schedule
    assert plain.contract().at == at
    assert plain.contract().trades != "in the closing auction"
    waits = in_auction.contract().trades == "in the closing auction"
    assert waits is (timing != "next_open")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", AccountKind.MARGIN), ("[broker]\naccount_type = 'cash'\n", AccountKind.CASH)],
)
def test_broker_opens_the_kind_of_account_that_the_settings_name(
    tmp_path: Path, text: str, kind: AccountKind
) -> None:
    """SE-01."""
    engine = _parts(_settings(tmp_path, text)).engine()

    assert engine.broker.account().kind is kind


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

    assert sound[-7:] == [
        "plugins",
        "certificates",
        "data",
        "limits",
        "capital_at_risk",
        "journal",
        "files",
    ]
    assert broken[-1].id == "configuration"
    with pytest.raises(SettingsError, match="did you mean risk"):
        broken[-1].look()
    assert [probe.id for probe in build_probes(None)][-2:] == ["configuration", "plugins"]


def _capital_at_risk(folder: Path) -> str:
    (probe,) = [
        probe for probe in build_probes(folder / "alchemiser.toml") if probe.id == "capital_at_risk"
    ]
    return probe.look()


def test_capital_at_risk_is_told_of_an_account_that_is_not_open_yet(tmp_path: Path) -> None:
    """RC-20: by the broker that will open it, and without opening it."""
    _settings(tmp_path, "[broker]\ncash = 7000.5\n[risk]\nmax_leverage = 0.5\n")

    told = _capital_at_risk(tmp_path)

    # 0.25 in leveraged funds at 60 per cent and 0.25 in shares at 50: 27.5 per cent of 7000.50.
    assert told.startswith("the limits allow at worst a loss of 1,925.14 dollars in one session")
    assert "buying stops at a loss of 350.02" in told
    assert [path.name for path in tmp_path.iterdir()] == ["alchemiser.toml"]


def test_capital_at_risk_is_of_the_equity_that_the_broker_tells(tmp_path: Path) -> None:
    """RC-20: and not of the cash in the configuration."""
    settings = _settings(tmp_path, "")
    assert build_desk(settings).broker.account().equity == Decimal(100_000)
    with sqlite3.connect(settings.broker_file()) as file:
        file.execute("UPDATE account SET cash = '2000.00'")

    assert "52.50 % of the equity of 2,000.00" in _capital_at_risk(tmp_path)


def test_a_cash_account_is_reckoned_to_borrow_nothing(tmp_path: Path) -> None:
    """RC-20."""
    text = "[risk]\nmax_leverage = 2\nmax_gross_exposure = 2\nmax_net_exposure = 2\n"
    _settings(tmp_path, f"{text}[broker]\naccount_type = 'cash'\n")
    cash = _capital_at_risk(tmp_path)
    _settings(tmp_path, text)

    assert "should all of it fall to nothing, 100,000.00" in cash
    assert "should all of it fall to nothing, 200,000.00" in _capital_at_risk(tmp_path)


def test_capital_at_risk_of_an_account_that_cannot_be_read_is_not_told(tmp_path: Path) -> None:
    """RC-20: the check fails with the broker's reason."""
    settings = _settings(tmp_path, "")
    settings.broker_file().write_bytes(b"no database at all, but long enough to be one" * 50)

    with pytest.raises(InputError, match=r"broker\.db"):
        _capital_at_risk(tmp_path)


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
    assert "max_position.stock 0.1, " in effective.text
    assert (uncertain.severity, uncertain.code) == (Severity.WARNING, "uncertified")
    assert (clipped.severity, clipped.code) == (Severity.WARNING, "declared_above_limit")
