"""What an owner writes to trade on paper or live: where to, with which key, and what must agree."""

from pathlib import Path

import pytest

from alchemiser.domain.values.errors import SettingsError
from alchemiser.settings import Settings

PAPER = '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n{}[data]\nadapter = "alpaca"\n{}'
VENUE = ("http://127.0.0.1:8100", "http://127.0.0.1:8101")


def _load(folder: Path, text: str) -> Settings:
    file = folder / "alchemiser.toml"
    file.write_text(text)
    return Settings.load(file)


def _complaint(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _load(folder, text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def _paper(broker: str = "", data: str = "") -> str:
    return PAPER.format(broker, data)


@pytest.mark.parametrize(
    ("mode", "host"), [("paper", "paper-api.alpaca.markets"), ("live", "api.alpaca.markets")]
)
def test_addresses_are_those_of_the_mode(tmp_path: Path, mode: str, host: str) -> None:
    settings = _load(tmp_path, _paper().replace("paper", mode))

    assert settings.trading_url() == f"https://{host}"
    assert settings.stream_url() == f"wss://{host}/stream"
    assert settings.data.url == "https://data.alpaca.markets"
    assert settings.data.stream() == "wss://stream.data.alpaca.markets/v2/iex"
    assert settings.broker.requests_per_minute == 180


def test_addresses_are_kept_as_clients_write_them(tmp_path: Path) -> None:
    text = _paper('trading_url = "HTTP://127.0.0.1:8100/"\n', f'url = "{VENUE[1]}"\n')

    assert _load(tmp_path, text).stream_url() == "ws://127.0.0.1:8100/stream"


@pytest.mark.parametrize("key", ["trading_url", "stream_url"])
def test_a_password_in_an_address_is_not_repeated(tmp_path: Path, key: str) -> None:
    """SX-02."""
    text = _paper(f'{key} = "https://me:of-mine@127.0.0.1:8100/x"\n')

    assert "of-mine" not in _complaint(tmp_path, text)


def test_a_venue_on_this_machine_is_named_by_its_addresses(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        _paper(
            f'trading_url = "{VENUE[0]}/"\nrequests_per_minute = 1000\n',
            f'url = "{VENUE[1]}"\nfeed = "sip"\n',
        ),
    )

    assert settings.trading_url() == VENUE[0]
    assert settings.stream_url() == "ws://127.0.0.1:8100/stream"
    assert settings.data.url == VENUE[1]
    assert settings.data.stream() is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[account]\nmode = "paper"\n', '"paper" does not go with [broker] adapter = "simulated"'),
        ('[account]\nmode = "live"\n', '"live" does not go with [broker] adapter = "simulated"'),
        ('[broker]\nadapter = "alpaca"\n', '"simulated" does not go with [broker]'),
        ('[data]\nadapter = "alpaca"\n', '"simulated" does not go with [data]'),
        (
            '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n',
            '"paper" does not go with [data] adapter = "synthetic"',
        ),
        ('[broker]\ntrading_url = "http://127.0.0.1:1"\n', 'go with adapter = "alpaca"'),
        ('[data]\nfeed = "sip"\n', 'go with adapter = "alpaca"'),
        ('[data]\nurl = "https://data.alpaca.markets"\n', 'go with adapter = "alpaca"'),
        (_paper(data='path = "bars"\n'), 'path needs adapter = "files"'),
    ],
)
def test_mode_and_adapters_agree(tmp_path: Path, text: str, told: str) -> None:
    """SX-08, E02: whoever reads the file knows whose money moves."""
    assert told in _complaint(tmp_path, text)


@pytest.mark.parametrize("mode", ["paper", "live"])
@pytest.mark.parametrize("key", ["trading_url", "stream_url"])
@pytest.mark.parametrize("purse", ["paper", "live", "local"])
def test_addresses_of_another_purse_are_refused(
    tmp_path: Path, mode: str, key: str, purse: str
) -> None:
    """SX-08, E02."""
    host = {"paper": "paper-api.alpaca.markets", "live": "api.alpaca.markets"}.get(purse)
    scheme = "http" if key == "trading_url" else "ws"
    url = f"{scheme}://127.0.0.1:1" if host is None else f"{scheme}s://{host}"
    text = _paper(f'{key} = "{url}"\n').replace('mode = "paper"', f'mode = "{mode}"')

    if purse == mode:
        assert getattr(_load(tmp_path, text).broker, key) == url
    elif (mode, purse) == ("paper", "local"):
        assert "some of trading_url" in _complaint(tmp_path, text)  # the data are elsewhere
    else:
        assert "purse_address" in _complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("broker", "data", "told"),
    [
        ('trading_url = "https://example.org"\n', "", "would be shown the key"),
        ('trading_url = "http://paper-api.alpaca.markets"\n', "", "would be shown the key"),
        ('trading_url = "https://paper-api.alpaca.markets/v2"\n', "", "scheme and host alone"),
        ('trading_url = "wss://paper-api.alpaca.markets"\n', "", "scheme and host alone"),
        ('trading_url = "127.0.0.1:8080"\n', "", "scheme and host alone"),
        ("trading_url = 5\n", "", "trading_url = 5 cannot be used: write"),
        ('stream_url = "https://paper-api.alpaca.markets/stream"\n', "", "begins with wss://"),
        ('stream_url = "wss://example.org/stream"\n', "", "would be shown the key"),
        ("", 'url = "https://data.example.org"\n', "would be shown the key"),
        ("", 'url = "https://api.alpaca.markets"\n', "would be shown the key"),
        ("", 'stream_url = "wss://example.org/v2/iex"\n', "would be shown the key"),
        ("", 'feed = "boats"\n', 'write feed = "iex" or "sip"'),
        ("", "requests_per_minute = 9\n", "write a whole number from 10 to 10000"),
        ("requests_per_minute = 1.5\n", "", "write a whole number from 10 to 10000"),
    ],
)
def test_the_key_goes_to_the_broker_and_to_nobody_else(
    tmp_path: Path, broker: str, data: str, told: str
) -> None:
    """SX-06."""
    assert told in _complaint(tmp_path, _paper(broker, data))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('provider = "vault"', 'write provider = "env", "file" or "aws"'),
        ('provider = "file"', "needs a path"),
        ('provider = "aws"', "needs a name"),
        ('path = "keys.toml"', 'path does not go with provider = "env"'),
        ('provider = "file"\npath = "k"\nname = "n"', "name does not go with"),
        ('provider = "file"\npath = "k"\nregion = "r"', "region does not go with"),
        ('provider = "aws"\nname = "n"\npath = "k"', "path does not go with"),
        ("ttl_seconds = 59", "write whole seconds from 60 to 86400"),
        ("age_days_max = 0", "write whole days from 1 to 3650"),
        ('provider = "file"\npath = "journal.db"', "name the same file"),
        ('key_id = "PK"', "key_id is not a setting"),
    ],
)
def test_one_provider_has_what_it_needs_and_nothing_else(
    tmp_path: Path, lines: str, told: str
) -> None:
    """SX-03."""
    assert told in _complaint(tmp_path, f"[secrets]\n{lines}\n")


def test_a_key_file_is_relative_to_the_configuration(tmp_path: Path) -> None:
    text = '[secrets]\nprovider = "file"\npath = "keys.toml"\n'

    assert _load(tmp_path, text).key_file() == tmp_path / "keys.toml"


def test_what_trades_live_is_pinned(tmp_path: Path) -> None:
    """SX-06: on paper it need not be."""
    strategy = '[strategies.one]\nplugin = "p"\nweight = 0.5\n'
    pins = f'version = "1.0"\nhash = "{"a" * 64}"\n'
    live = _paper().replace("paper", "live")

    assert "write version and hash" in _complaint(tmp_path, live + strategy)
    assert _load(tmp_path, live + strategy + pins).account.mode == "live"
    assert _load(tmp_path, _paper() + strategy).account.mode == "paper"


def test_research_never_reaches_the_broker(tmp_path: Path) -> None:
    """Whoever trades at a broker backtests at a simulated one."""
    settings = _load(tmp_path, _paper())
    research = settings.for_research({}, tmp_path / "bars")

    assert (research.account.mode, research.broker.adapter) == ("simulated", "simulated")
    assert research.data.adapter == "files"
    assert research.account.name == settings.account.name
