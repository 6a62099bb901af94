"""The numbered cases at a command line, over a paper account that stands at a local venue."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.e2e.conftest import Cli

IN_SESSION = "2025-06-16T17:00:00Z"


@pytest.fixture
def urls(environment: dict[str, str], home: Path) -> Iterator[dict[str, str]]:
    """Serve a venue whose time goes ten times as fast, and write a configuration for it."""
    options = ["--at", IN_SESSION, "--speed", "10", "--rate-limit", "0"]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "alchemiser", "venue", *options],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    told: dict[str, str] = json.loads(child.stdout.readline())
    home.joinpath("alchemiser.toml").write_text(
        '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\nrequests_per_minute = 10000\n'
        f'trading_url = "{told["trading_url"]}"\nstream_url = "{told["stream_url"]}"\n'
        f'[data]\nadapter = "alpaca"\nurl = "{told["data_url"]}"\nrequests_per_minute = 10000\n'
    )
    yield told
    child.terminate()
    child.communicate(timeout=20)


def test_a_paper_account_is_tried_and_left_as_it_was(cli: Cli, urls: dict[str, str]) -> None:
    """What the cases bought is sold, and what they ordered is over."""
    ended = cli("conformance", "--paper", "--json")

    document = ended.json()
    assert [one for one in document["cases"] if not one["ok"]] == []
    assert len(document["cases"]) >= 75
    assert set(document["left_out"]) == {"MD-09", "MD-10", "MD-18", "MD-19"}
    assert ended.code == 0
    with urlopen(f"{urls['control_url']}/truth", timeout=10) as answer:  # noqa: S310 - loopback
        truth = json.loads(answer.read())
    assert truth["positions"] == {}
    over = {"filled", "canceled", "rejected", "expired"}
    assert {one["status"] for one in truth["orders"]} <= over
    assert not any(one["client_order_id"].startswith("alc-") for one in truth["orders"])


def test_a_simulated_account_is_not_tried(cli: Cli) -> None:
    """Bad input: one sentence, exit code 2."""
    cli("init")

    ended = cli("conformance", "--paper")

    assert ended.code == 2
    assert "[account] mode" in ended.err
