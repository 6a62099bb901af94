"""`go-live`: what a person is shown and has to type before real money is traded."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from alchemiser.application.engine import Mode
from alchemiser.application.ledger import Ledger
from alchemiser.application.preflight import Probe
from alchemiser.domain.values.errors import PreflightError
from alchemiser.entrypoints.cli.commands import live
from alchemiser.entrypoints.cli.main import run
from tests.cycle.world import FIRST, make_engine, write_bars

AT_STAKE = "one session can cost 52500 dollars"


class Terminal(io.StringIO):
    """Where a person sits and types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the number of an account that is about to be traded live."""
    write_bars(tmp_path / "bars")
    monkeypatch.chdir(tmp_path)
    _configure(tmp_path, "live")
    engine = replace(make_engine(tmp_path, FIRST, 1), mode=Mode.LIVE)
    monkeypatch.setattr(live, "build_desk", lambda _: engine)
    _looks_find(monkeypatch, Probe(id="capital_at_risk", look=lambda: AT_STAKE))
    return engine.broker.account_id()


def _configure(folder: Path, mode: str) -> None:
    folder.joinpath("alchemiser.toml").write_text(
        f'[account]\nmode = "{mode}"\n[broker]\nadapter = "alpaca"\n[data]\nadapter = "alpaca"\n'
    )


def _looks_find(monkeypatch: pytest.MonkeyPatch, *probes: Probe) -> None:
    waiting = Probe(id="live", look=lambda: _refuse("nobody has confirmed."))
    monkeypatch.setattr(live, "build_probes", lambda _: [*probes, waiting])


def _refuse(text: str) -> str:
    raise PreflightError(text)


def _confirmed(folder: Path) -> bool:
    return Ledger(make_engine(folder, FIRST, 1).journal).state.standing.confirmed is not None


def test_what_is_at_stake_is_shown_and_the_number_has_to_be_typed(
    number: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """RC-20, FAULTS 5: yes is not enough."""
    for typed, code in (("yes", 3), ("", 3), (f"  {number} ", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
        assert run(["go-live"]) == code
        shown = capsys.readouterr()
        assert AT_STAKE in shown.err
        assert ("at most 1000 dollars an order" in shown.out) is (code == 0)
        assert _confirmed(tmp_path) is (code == 0)


def test_where_nobody_can_be_asked_the_number_is_given(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["go-live", "--account", "1", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["confirmed"] is False
    assert run(["go-live", "--account", number, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["confirmed"] is True
    assert _confirmed(tmp_path)


@pytest.mark.usefixtures("number")
def test_without_a_terminal_and_a_number_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert run(["go-live"]) == 2
    assert "add --account" in capsys.readouterr().err


def test_every_other_check_comes_first(
    number: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """OP-13."""
    _looks_find(monkeypatch, Probe(id="clock", look=lambda: _refuse("the clock is wrong.")))

    assert run(["go-live", "--account", number]) == 3
    assert "the clock is wrong. Nothing was confirmed" in capsys.readouterr().err
    assert not _confirmed(tmp_path)


def test_paper_needs_no_word(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _configure(tmp_path, "paper")

    assert run(["go-live", "--account", number]) == 2
    assert 'write [account] mode = "live"' in capsys.readouterr().err
