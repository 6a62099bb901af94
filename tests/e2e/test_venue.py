"""`venue` as a program meets it: a process, its first line, a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Cli

KEYS = {"trading_url", "data_url", "stream_url", "data_stream_url", "control_url"}


@contextmanager
def running(path: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start a venue, and yield it with what its first line says."""
    command = [sys.executable, "-m", "alchemiser", "venue", *options]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def asked(url: str, path: str) -> dict[str, object]:
    """Return the JSON under `path`, with a key."""
    where = urlsplit(url)
    connection = HTTPConnection(str(where.hostname), where.port, timeout=20)
    connection.request(
        "GET", path, headers={"APCA-API-KEY-ID": "any", "APCA-API-SECRET-KEY": "any"}
    )
    found: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_venue_says_where_it_is_and_is_in_session(
    plugin_path: str, number: signal.Signals
) -> None:
    with running(plugin_path, "--json") as (process, urls):
        assert urls.keys() == KEYS
        assert {urlsplit(url).hostname for url in urls.values()} == {"127.0.0.1"}
        assert asked(urls["trading_url"], "/v2/clock")["is_open"] is True
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (0, "", "")


def test_a_venue_begins_where_it_is_told(plugin_path: str) -> None:
    options = ("--at", "2024-08-05T15:00", "--manual", "--cash", "5000.50", "--seed", "3")
    with running(plugin_path, *options) as (_, urls):
        clock = asked(urls["trading_url"], "/v2/clock")
        account = asked(urls["trading_url"], "/v2/account")

    assert clock["timestamp"] == "2024-08-05T11:00:00-04:00"
    assert account["cash"] == "5000.50"


def test_a_venue_trades_the_bars_of_a_folder(plugin_path: str, tmp_path: Path) -> None:
    rows = "session,open,close\n2024-08-02,10,11\n2024-08-05,12,13\n"
    (tmp_path / "ABC.csv").write_text(rows)
    options = ("--at", "2024-08-05T19:30:00Z", "--manual", "--data", str(tmp_path))
    with running(plugin_path, *options) as (_, urls):
        asset = asked(urls["trading_url"], "/v2/assets/ABC")
        other = asked(urls["trading_url"], "/v2/assets/SPY")

    assert asset["tradable"] is True
    assert other["code"] == 40410000


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--at", "noon"), "--at 'noon' is no moment"),
        (("--at", "1960-01-04T15:00"), "lies outside the exchange calendar"),
        (("--cash", "much"), "--cash 'much' is no amount"),
        (("--cash", "-1"), "--cash '-1' is no amount"),
        (("--data", "nowhere"), "nowhere"),
        (("--port", "70000"), "--port"),
        (("--speed", "1e9"), "speed"),
    ],
)
def test_options_that_cannot_be_used_are_refused(
    cli: Cli, options: tuple[str, ...], words: str
) -> None:
    ended = cli("venue", *options)

    assert (ended.code, words in ended.sentence()) == (2, True)


def test_a_port_that_is_taken_is_refused(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        ended = cli("venue", "--port", str(port))

    assert (ended.code, f"port {port} cannot be used" in ended.sentence()) == (2, True)
