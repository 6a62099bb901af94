"""Paper and live engines: composed of what the settings say, and proved before anything is sent."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from alchemiser.adapters.alpaca.assets import BrokerReference
from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.calendar import BrokerCalendar
from alchemiser.adapters.alpaca.clock import VenueClock
from alchemiser.adapters.alpaca.streams.trade_updates import TradeUpdates
from alchemiser.adapters.bars_store.kept import KeptMarketData
from alchemiser.adapters.secrets.env import VARIABLES
from alchemiser.adapters.sqlite.journal import SqliteJournal
from alchemiser.adapters.system.calls import ThreadedCalls
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.adapters.system.hanging import HangingCalls
from alchemiser.application.ledger import Ledger
from alchemiser.application.operate import halt
from alchemiser.container import Parts, build_engine, build_offline
from alchemiser.container.probes import brokers
from alchemiser.container.proving import key_age, prove_account, prove_purse
from alchemiser.domain.journal.restrictions import LiveConfirmed
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.risk.limits import TradingState
from alchemiser.domain.values.credentials import Credentials, credentials
from alchemiser.domain.values.errors import PreflightError, SettingsError
from alchemiser.domain.values.identifiers import AccountId
from alchemiser.domain.values.secret import Secret
from alchemiser.settings import Settings
from alchemiser.testing.fakes import FixedClock

AT = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
HOSTS = {"paper": "paper-api.alpaca.markets", "live": "api.alpaca.markets"}
KEYS = {"paper": "PK-of-a-test-0003", "live": "AK-of-a-test-0003"}
ACCOUNTS = {"paper": "PA3TESTTEST", "live": "123456789"}
REMEDIES = {
    "purse_address": ("[broker] trading_url", "write the address of the mode"),
    "purse_key": ("the key", "put in one of the account that [account] mode names"),
    "purse_account": ("the account that the key opens", "look which account it belongs to"),
}
NOWHERE = "http://127.0.0.1:9"
"""The port that discards; nobody listens there."""


@dataclass
class Account:
    """A broker that tells its number and whether it is blocked."""

    number: str
    blocked: bool = False

    def account_id(self) -> AccountId:
        return AccountId(self.number)

    def account(self) -> AccountSnapshot:
        return AccountSnapshot(
            account=AccountId(self.number),
            cash=Decimal(7),
            equity=Decimal(7),
            buying_power=Decimal(7),
            blocked=self.blocked,
            at=AT,
        )


@dataclass
class Keys:
    """A provider of one key."""

    found: Credentials

    def keys(self, *, refresh: bool = False) -> Credentials:
        del refresh
        return self.found


def _settings(folder: Path, mode: str = "paper", url: str | None = None) -> Settings:
    address = "" if url is None else f'trading_url = "{url}"\n'
    data = f'url = "{url}"\n' if url and "127" in url else ""
    file = folder / "alchemiser.toml"
    file.write_text(
        f'[account]\nmode = "{mode}"\n[broker]\nadapter = "alpaca"\n{address}'
        f'[data]\nadapter = "alpaca"\n{data}'
    )
    return Settings.load(file)


def _parts(settings: Settings, **parts: object) -> Parts:
    made = Parts(settings=settings, day=AT.date(), start=AT, code="c" * 64)
    made.strategies.override(providers.Object(()))
    for name, part in parts.items():
        getattr(made, name).override(providers.Object(part))
    return made


def _key(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(VARIABLES[0], key)


@pytest.mark.parametrize(
    ("mode", "url", "clock"),
    [("paper", None, SystemClock), ("live", None, SystemClock), ("paper", NOWHERE, VenueClock)],
)
def test_every_provider_resolves_and_nothing_is_sent_by_composing(
    tmp_path: Path, mode: str, url: str | None, clock: type
) -> None:
    """RS-15, SX-05: no key is read and no connection made (sockets elsewhere are refused)."""
    engine = _parts(_settings(tmp_path, mode, url)).engine()

    assert engine.mode == mode
    assert type(engine.clock) is clock
    assert type(engine.calls) is ThreadedCalls
    assert type(engine.broker) is AlpacaBroker
    assert type(engine.market) is KeptMarketData
    assert type(engine.calendar) is BrokerCalendar
    assert type(engine.updates) is TradeUpdates
    assert type(engine.reference) is BrokerReference
    assert type(engine.control) is HangingCalls
    assert [path.name for path in tmp_path.iterdir()] == ["alchemiser.toml"]


def test_halts_are_those_that_the_data_stream_tells(tmp_path: Path) -> None:
    """D05."""
    parts = _parts(_settings(tmp_path))

    judge = vars(vars(parts.alpaca_market())["_halts"])
    assert judge["_halted"] == parts.data_stream().halted
    assert judge["_trading"] == parts.data_stream().trading
    assert judge["_silence_max"] == timedelta(hours=1)


@pytest.mark.parametrize(("mode", "url", "key", "account"), list(product(HOSTS, repeat=4)))
def test_of_sixteen_combinations_one_is_live_and_one_is_paper(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    url: str,
    key: str,
    account: str,
) -> None:
    """SX-08, E02, invariant 42: the others are refused with what disagrees and what mends it."""
    _key(monkeypatch, KEYS[key])

    def proved() -> str:
        settings = _settings(tmp_path, mode, f"https://{HOSTS[url]}")
        return prove_purse(_parts(settings, broker=Account(ACCOUNTS[account])))

    if {mode, url, key, account} == {mode}:
        assert f"{mode} trading" in proved()
        return
    with pytest.raises((PreflightError, SettingsError)) as refused:
        proved()
    told = {"purse_address": url, "purse_key": key, "purse_account": account}
    code, said = next((code, said) for code, said in told.items() if said != mode)
    sentence = str(refused.value)
    assert f"is {said} where {mode} is meant ({code})" in sentence
    assert all(word in sentence for word in REMEDIES[code])
    # The account is the one thing that the broker has to be asked for.
    assert isinstance(refused.value, PreflightError) == (code == "purse_account")


def _unconfirmed(settings: Settings, number: str) -> str:
    (probe,) = [
        one for one in brokers(_parts(settings, broker=Account(number))) if one.id == "live"
    ]
    return probe.look()


def test_before_real_money_moves_a_person_has_to_confirm_it(tmp_path: Path) -> None:
    """FAULTS 5: `preflight` says so, and what to do."""
    settings = _settings(tmp_path, "live")

    with pytest.raises(PreflightError, match="run `alchemiser go-live`"):
        _unconfirmed(settings, "123456789")
    word = LiveConfirmed(account=AccountId("123456789"), actor="ann")
    Ledger(SqliteJournal(settings.journal_file())).record((word,), at=AT)

    assert "a person has confirmed" in _unconfirmed(settings, "123456789")
    with pytest.raises(PreflightError, match="987654321"):
        _unconfirmed(settings, "987654321")
    assert "no real money" in _unconfirmed(_settings(tmp_path, "paper"), "PA1")


@pytest.mark.parametrize(
    ("mode", "url", "key"),
    [("paper", None, KEYS["live"]), ("live", None, KEYS["paper"]), ("paper", NOWHERE, "AKanyKey")],
)
def test_a_key_of_another_purse_is_handed_to_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, url: str | None, key: str
) -> None:
    """SX-08: whatever the path to it, also after a rotation."""
    _key(monkeypatch, key)

    with pytest.raises(SettingsError, match="purse_key"):
        _parts(_settings(tmp_path, mode, url)).keys()(refresh=False)


def test_a_key_that_agrees_is_handed_out_with_its_proof_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _key(monkeypatch, KEYS["paper"])

    key_id, proof = _parts(_settings(tmp_path)).keys()(refresh=False)

    assert key_id == KEYS["paper"]
    assert type(proof) is Secret


@pytest.mark.parametrize("name", VARIABLES)
def test_without_a_key_the_start_is_refused_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """SX-06, E01."""
    monkeypatch.delenv(name)

    with pytest.raises(SettingsError, match=f"{name} is missing"):
        prove_purse(_parts(_settings(tmp_path)))


def test_a_blocked_account_is_refused(tmp_path: Path) -> None:
    """RS-15."""
    settings = _settings(tmp_path)

    with pytest.raises(PreflightError, match="has blocked account PA1"):
        prove_account(_parts(settings, broker=Account("PA1", blocked=True)))
    assert "may trade" in prove_account(_parts(settings, broker=Account("PA1")))


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_no_other_day_than_today_is_traded_at_a_broker(tmp_path: Path, mode: str) -> None:
    with pytest.raises(SettingsError, match="--as-of with run is for simulated accounts"):
        build_engine(_settings(tmp_path, mode), date(2024, 8, 5))


def test_the_brake_is_pulled_although_neither_key_nor_venue_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RS-10: it depends on nothing that may be broken."""
    monkeypatch.delenv(VARIABLES[0])
    engine = build_offline(_settings(tmp_path, url=NOWHERE))

    change = halt(engine, actor="ann", reason="fire")

    assert change.state is TradingState.HALTED
    assert "the next run takes it into the journal" in change.reason
    request = engine.control.halt_request()
    assert request is not None
    assert request.reason == "fire"


@pytest.mark.parametrize(
    ("days", "told", "is_old"), [(0, "0 days old", False), (90, "90", False), (91, "91", True)]
)
def test_an_old_key_is_told(tmp_path: Path, days: int, told: str, is_old: bool) -> None:
    """SX-04."""
    settings = _settings(tmp_path)
    found = credentials("PK-of-a-test-0004", "proof-0004", AT - timedelta(days=days))

    age = key_age(_parts(settings, credentials=Keys(found), wall_clock=FixedClock(AT)))

    assert told in age[0]
    assert age[1] is is_old


def test_every_part_follows_a_clock_that_is_put_in(tmp_path: Path) -> None:
    """A virtual world may move the venue's time together with the engine's."""
    clock = FixedClock(AT)

    engine = _parts(_settings(tmp_path, url=NOWHERE), clock=clock).engine()

    assert engine.clock is clock
    assert vars(engine.broker)["_clock"] is clock
    assert vars(engine.calendar)["_clock"] is clock


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (AT, True),
        (AT.replace(hour=13, minute=29), False),
        (AT.replace(hour=20), False),
        (AT.replace(day=4), False),
        (AT.replace(year=2090), False),
    ],
)
def test_both_streams_expect_news_while_the_exchange_is_open(
    tmp_path: Path, at: datetime, is_open: bool
) -> None:
    """FAULTS B06, D01: silence is looked into, and what no calendar covers expects nothing."""
    parts = Parts(settings=_settings(tmp_path), day=at.date(), code="", start=at)
    parts.clock.override(FixedClock(at))

    assert parts.in_session()() is is_open
    assert parts.data_stream.kwargs["expected"] is parts.in_session
    updates: Any = parts.alpaca_updates
    assert updates.kwargs["asking"].kwargs["expected"] is parts.in_session


def test_a_clock_that_cannot_be_read_expects_nothing(tmp_path: Path) -> None:
    parts = Parts(settings=_settings(tmp_path, url=NOWHERE), day=AT.date(), code="", start=AT)

    assert parts.in_session()() is False
