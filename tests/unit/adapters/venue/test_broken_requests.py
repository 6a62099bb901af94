"""Requests that are none: refused in words, and no news to whoever watches the venue."""

import json
from socket import create_connection
from urllib.parse import urlsplit

import pytest

from tests.served_venue import KEYS, Served


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",  # a client that was told https
        b"GET /v2/clock HTTP/9.9\r\n\r\n",
        b"GET /v2/clock HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /v2/orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_without_a_word(
    venue: Served, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody who watches the venue reads a traceback because a client cannot speak."""
    where = urlsplit(venue.urls["trading_url"])
    with create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as line:
        line.sendall(sent)
        assert line.recv(20).split(b" ")[1][:3] in {b"400", b"401"}

    assert venue.call("GET", "/v2/clock")[0] == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (" " * 1_500_000, {}, 413, "request body is too large"),
        ("abc", {"Content-Encoding": "gzip"}, 422, "request body format is invalid"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused_in_alpacas_form(
    venue: Served, body: str, headers: dict[str, str], status: int, words: str
) -> None:
    told, text, _ = venue.answered("POST", "/v2/orders", body, {**KEYS, **headers})

    assert (told, json.loads(text)["message"]) == (status, words)
