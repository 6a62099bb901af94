"""`certify` from the command line: honest strategies pass, a cheat is told what it did."""

import json
from pathlib import Path

import pytest

from alchemiser.testing import certify
from tests.e2e.conftest import Cli

CHEAT = '''
from dataclasses import dataclass
from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, hookimpl

@dataclass(frozen=True)
class Params:
    """No options."""

class Peeks:
    requirements = Requirements((("SPY", 5),))
    largest_weights = {}

    def __init__(self, params):
        pass

    def target(self, view):
        close = view.close("SPY")
        whole = close
        while whole.base is not None:
            whole = whole.base
        rises = len(whole) > len(close) and whole.ravel()[-1] > close[-1]
        return TargetPortfolio.of({"SPY": 1 if rises else 0.5})

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="peeks", summary="Peeks.", params=Params, build=Peeks)]
'''


def test_bundled_strategy_is_certified_and_keeps_its_certificate(cli: Cli, home: Path) -> None:
    """ST-04."""
    ended = cli("certify", "tecl", "--cuts", "20", "--json")

    assert ended.code == 0, ended.err
    told = ended.json()
    assert told["certified"] is True
    assert all(check["ok"] for check in told["checks"])
    kept = json.loads((home / told["certificate"]).read_text())
    assert kept["content_hash"] == told["content_hash"]


def test_unknown_strategy_is_a_usage_error(cli: Cli) -> None:
    ended = cli("certify", "nucular")

    assert ended.code == 2
    assert "did you mean nuclear?" in ended.sentence()


@pytest.mark.timeout(120)
def test_strategy_that_looks_behind_its_arrays_is_refused(tmp_path: Path) -> None:
    """ST-04, BT-02."""
    file = tmp_path / "peeks.py"
    file.write_text(CHEAT)

    report = certify(file, cuts=20)

    assert not report.certified
    assert set(report.refusals()) & {"look_ahead", "source", "determinism"}
    assert "REFUSED" in str(report)
