"""A day at Alpaca's protocol: the engine in one process, a local venue in another, by loopback."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from alchemiser.adapters.secrets.env import VARIABLES
from tests.canary import KEY_ID, SECRET_KEY
from tests.e2e.conftest import Cli, Ended, inputs_taken

IN_SESSION, BEFORE_OPEN = "2025-06-16T19:40:00Z", "2025-06-16T12:00:00Z"
STRATEGY = '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.97\n'
LIVE_KEY = {VARIABLES[0]: "AK" + "NOTHERE" * 2}

Serve = Callable[..., dict[str, str]]


@pytest.fixture
def serve(environment: dict[str, str], home: Path) -> Iterator[Serve]:
    """Return a function that serves a venue, writes a configuration for it and tells its URLs."""
    children: list[subprocess.Popen[str]] = []

    def served(at: str = IN_SESSION, secrets: str = "", seed: int = 7) -> dict[str, str]:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "alchemiser", "venue", "--at", at),
                *("--rate-limit", "0", "--seed", str(seed)),
            ],
            cwd=home,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        assert child.stdout is not None
        urls: dict[str, str] = json.loads(child.stdout.readline())
        home.joinpath("alchemiser.toml").write_text(
            '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n'
            f'trading_url = "{urls["trading_url"]}"\nstream_url = "{urls["stream_url"]}"\n'
            f'requests_per_minute = 10000\n[data]\nadapter = "alpaca"\nurl = "{urls["data_url"]}"\n'
            f"requests_per_minute = 10000\n{STRATEGY}{secrets}"
        )
        return urls

    yield served
    for child in children:
        child.terminate()
        child.communicate(timeout=20)


def _exact(ended: Ended) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ended.out, parse_float=Decimal)
    return document


def _truth(urls: dict[str, str]) -> dict[str, Any]:
    with urlopen(f"{urls['control_url']}/truth", timeout=10) as answer:  # noqa: S310 - loopback
        document: dict[str, Any] = json.loads(answer.read(), parse_float=Decimal)
    return document


def test_a_session_is_traded_once_and_books_and_venue_agree(cli: Cli, serve: Serve) -> None:
    """SX-08, RS-15: from the look before to the books after."""
    urls = serve()

    preflight, plan = cli("preflight", "--json"), cli("plan", "--json")
    assert (preflight.code, plan.code) == (0, 0), preflight.err + plan.err
    checks = {row["id"]: row["message"] for row in preflight.json()["checks"]}
    assert checks.keys() >= {"key", "addresses", "purse", "account", "clock", "exchange", "data"}
    assert "a venue on this machine" in checks["purse"]

    run = cli("run", "--json")
    assert (run.code, run.err) == (0, "")
    report = run.json()
    assert (report["status"], report["reconciled"]) == ("completed", True)
    assert [row["symbol"] for row in report["orders"]] == ["AGG", "SPY"]
    assert [row["symbol"] for row in plan.json()["orders"]] == ["AGG", "SPY"]

    status = _exact(cli("status", "--json"))
    held = {row["symbol"]: row["quantity"] for row in status["positions"]}
    theirs = {name: Decimal(row) for name, row in _truth(urls)["positions"].items()}
    assert held == theirs
    assert held.keys() == {"AGG", "SPY"}
    assert status["cash"] == sum(book["cash"] for book in status["books"])

    # Capital that is paid back is no dividend, and reduces what the shares have cost.
    before = _costs(_exact(cli("tax", "--json")))
    _post(urls, {"activity_type": "DIVROC", "symbol": "SPY", "net_amount": "12.34"})
    assert cli("reconcile", "--json").json()["reconciled"] is True
    after = _costs(_exact(cli("tax", "--json")))
    assert after == {**before, "SPY": before["SPY"] - Decimal("12.34")}


def _costs(view: dict[str, Any]) -> dict[str, Decimal]:
    return {lot["symbol"]: lot["cost"] for lot in view["lots"]}


def _post(urls: dict[str, str], body: dict[str, str]) -> None:
    request = Request(  # noqa: S310 - loopback
        f"{urls['control_url']}/activities", data=json.dumps(body).encode()
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
        answer.read()


def test_next_close_decides_on_the_closed_bars_of_the_broker_alone(cli: Cli, serve: Serve) -> None:
    """BT-02, BT-03: its latest trades are traded at, and no bar of the session is made of them."""
    serve(secrets='[schedule]\ntiming = "next_close"\n')

    run = cli("run", "--json")

    assert (run.code, run.err) == (0, "")
    assert [row["symbol"] for row in run.json()["orders"]] == ["AGG", "SPY"]
    taken = inputs_taken(cli)
    assert (taken["session"], taken["bars"]["last"]) == ("2025-06-16", "2025-06-13")
    assert taken["provisional"] == []
    assert {"AGG", "SPY"} <= {row["symbol"] for row in taken["quotes"]}


def test_a_traded_session_is_looked_at_and_got_out_of(cli: Cli, serve: Serve) -> None:
    """RC-11: nothing is decided twice, and everything can be sold."""
    urls = serve()
    assert cli("run").code == 0

    again = cli("run", "--json")
    assert (again.code, again.json()["status"]) == (3, "skipped")
    assert len(_truth(urls)["orders"]) == 2
    assert cli("signals", "--as-of", "2025-06-10", "--json").code == 0
    assert cli("reconcile", "--json").json()["reconciled"] is True

    sold = cli("liquidate", "--yes", "--reason", "done", "--json")
    assert (sold.code, sold.json()["state"]) == (0, "halted")
    assert _truth(urls)["positions"] == {}
    assert cli("journal", "verify", "--json").json()["ok"] is True

    serve(seed=8)  # another account
    checks = {row["id"]: row for row in cli("doctor", "--json").json()["checks"]}
    assert [name for name, row in checks.items() if not row["ok"]] == ["account"]
    for command in (("liquidate", "--yes", "--reason", "done"), ("reconcile",)):
        ended = cli(*command)
        assert (ended.code, "belongs to account" in ended.sentence()) == (2, True)


def test_engine_that_is_killed_amid_its_orders_sends_none_twice(
    cli: Cli, serve: Serve, home: Path, environment: dict[str, str]
) -> None:
    """J02, invariant 31: what the venue has is found by its name, and the rest is sent."""
    urls = serve()
    command = [sys.executable, "-m", "alchemiser", "run", "--json"]
    engine = subprocess.Popen(command, cwd=home, env=environment, stdout=-1, stderr=-1)  # noqa: S603
    while engine.poll() is None and not _truth(urls)["orders"]:
        pass
    engine.kill()
    engine.communicate()

    run = cli("run", "--json")

    assert run.code == 0, run.err
    assert (run.json()["status"], run.json()["reconciled"]) == ("completed", True)
    truth = _truth(urls)
    assert sorted(row["symbol"] for row in truth["orders"]) == ["AGG", "SPY"]
    assert truth["positions"].keys() == {"AGG", "SPY"}


def test_what_may_not_be_traded_is_refused_before_anything_is_recorded(
    cli: Cli, serve: Serve, home: Path
) -> None:
    """SX-03, SX-06, SX-08, E01, E02, E04."""
    urls = serve()
    empty, live = {VARIABLES[1]: ""}, LIVE_KEY
    refused = [
        (cli("run", "--json", extra=empty), 2, f"{VARIABLES[1]} is empty"),
        (cli("run", "--json", extra=live), 2, "purse_key"),
        (cli("status", "--json", extra=live), 2, "purse_key"),
        (cli("run", "--as-of", "2025-06-13", "--json"), 2, "is for simulated accounts"),
        (cli("preflight", extra=live), 3, "purse_key"),
        (cli("doctor", extra=empty), 2, f"{VARIABLES[1]} is empty"),
    ]

    for ended, code, told in refused:
        assert ended.code == code
        assert told in ended.sentence()
    assert not home.joinpath("journal.db").exists()
    assert _truth(urls)["orders"] == []


def test_a_key_file_opens_the_account_and_a_brake_needs_none(
    cli: Cli, serve: Serve, home: Path
) -> None:
    """SX-03, E04, RS-10."""
    serve(BEFORE_OPEN, '[secrets]\nprovider = "file"\npath = "../keys.toml"\n')
    missing = cli("run")
    halted = cli("halt", "--reason", "no key yet", "--json")
    keys = home.parent / "keys.toml"
    # Another key than that of the tests, whose place is the environment.
    keys.write_text('key_id = "PKOFAFILE0001"\nsecret_key = "of-a-file-0001"\n')
    keys.chmod(0o644)
    open_to_all = cli("run")
    keys.chmod(0o600)
    resumed = cli("resume", "--reason", "a key", "--json")
    early = cli("run", "--json")

    assert (missing.code, open_to_all.code) == (2, 2)
    assert "keys.toml does not exist" in missing.sentence()
    assert "run chmod 600 on it" in open_to_all.sentence()
    assert (halted.code, halted.json()["state"]) == (0, "halted")
    assert (resumed.code, resumed.json()["state"]) == (0, "active")
    assert (early.code, early.json()["status"]) == (3, "skipped")
    assert "is not open" in early.sentence()


def test_without_the_venue_everything_says_so_and_the_brake_holds(cli: Cli, home: Path) -> None:
    """RS-10."""
    home.joinpath("alchemiser.toml").write_text(
        '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n'
        'trading_url = "http://127.0.0.1:9"\n'
        f'[data]\nadapter = "alpaca"\nurl = "http://127.0.0.1:9"\n{STRATEGY}'
    )

    for ended in (cli("run"), cli("status"), cli("liquidate", "--yes", "--reason", "fire")):
        assert ended.code == 1
        assert "cannot be reached" in ended.sentence()
        assert KEY_ID not in ended.err
        assert SECRET_KEY not in ended.err
    assert home.joinpath("control", "HALT").exists()
