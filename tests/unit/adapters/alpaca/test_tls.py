"""Over TLS a server has to prove who it is before it is shown a key."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from alchemiser.adapters.alpaca.streams.settings import StreamSettings
from alchemiser.adapters.alpaca.streams.wire import Address, opened
from alchemiser.adapters.alpaca.trust import trusted
from alchemiser.ports.errors import PortUnavailableError
from tests.authority import HERE, Authority
from tests.unit.adapters.alpaca.loopback import Told, serving
from tests.unit.adapters.alpaca.streams import server as streams
from tests.unit.adapters.alpaca.telling import Ring, transport

YESTERDAY = timedelta(days=-1)
UNPROVED = {
    "an authority that nobody knows": (HERE, timedelta(days=1), False, "local issuer"),
    "another name": ("api.example.org", timedelta(days=1), True, "IP address mismatch"),
    "a certificate that has ended": (HERE, YESTERDAY, True, "expired"),
}
BODY = {"symbol": "SPY"}


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """Return one that is unknown until a test says otherwise."""
    trusted.cache_clear()
    yield Authority(tmp_path)
    trusted.cache_clear()


def _trust(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))


@pytest.mark.parametrize(("host", "lasts", "known", "why"), UNPROVED.values(), ids=UNPROVED)
def test_a_server_that_does_not_prove_itself_is_asked_nothing(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    *,
    host: str,
    lasts: timedelta,
    known: bool,
    why: str,
) -> None:
    """SX-02, SX-08: told once and clearly, with what helps; an order did not leave either."""
    if known:
        _trust(authority, monkeypatch)
    with serving(authority.server(host, lasts)) as loopback:
        line = transport(loopback.url, keys=Ring("PK-of-a-test"))
        for ask in (lambda: line.get("/v2/account"), lambda: line.send("POST", "/v2/orders", BODY)):
            with pytest.raises(PortUnavailableError) as refused:
                ask()
            _says_what_is_wrong(str(refused.value), why)
        line.close()

    assert loopback.asked == []
    assert "retry" not in line.health().counts(), "no second try proves more"


@pytest.mark.parametrize(("host", "lasts", "known", "why"), UNPROVED.values(), ids=UNPROVED)
def test_a_stream_that_does_not_prove_itself_hears_nothing(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    *,
    host: str,
    lasts: timedelta,
    known: bool,
    why: str,
) -> None:
    """SX-02, SX-08."""
    if known:
        _trust(authority, monkeypatch)

    async def scenario() -> None:
        async with streams.serving(_never, ssl=authority.server(host, lasts)) as server:
            url = server.url.replace("ws:", "wss:")
            with pytest.raises(PortUnavailableError) as refused:
                async with opened(Address(url=url, name="orders"), StreamSettings()):
                    pytest.fail("a connection was made")
            _says_what_is_wrong(str(refused.value), why)
            assert (server.talks, server.heard) == ([], [])

    asyncio.run(scenario())


def test_an_authority_of_the_owners_is_named_in_ssl_cert_file(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both kinds of connection take it from the one place."""
    _trust(authority, monkeypatch)
    with serving(authority.server()) as loopback:
        line = transport(loopback.url, keys=Ring("PK-of-a-test"))
        loopback.then(Told(200, b'{"a":1}'), Told(200, b'{"a":2}'))
        assert [line.get("/v2/account"), line.get("/v2/account")] == [b'{"a":1}', b'{"a":2}']
        line.close()
    assert loopback.asked[0].headers["apca-api-key-id"] == "PK-of-a-test"

    bench = streams.Bench()

    async def scenario() -> None:
        told = streams.telling(streams.fill(1))
        async with streams.serving(told, ssl=authority.server()) as server:
            client = bench.client(server.url.replace("ws:", "wss:"))
            assert await streams.take(client, 1) == streams.EXECUTIONS[:1]
            await client.close()

    streams.play(scenario)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_other_programs_settings_make_nobody_known(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(authority.file))
    with serving(authority.server()) as loopback:
        line = transport(loopback.url)
        with pytest.raises(PortUnavailableError, match="cannot prove"):
            line.get("/v2/account")
        line.close()
    assert loopback.asked == []


async def _never(_: streams.Talk) -> NoReturn:
    raise AssertionError("a connection was made")


def _says_what_is_wrong(sentence: str, why: str) -> None:
    assert "cannot prove that it is Alpaca's" in sentence
    assert why in sentence
    assert "the key was not sent" in sentence
    assert "SSL_CERT_FILE" in sentence
    assert "_ssl.c" not in sentence
