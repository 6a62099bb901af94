"""`certify` from the command line: honest strategies pass, a cheat is told what it did."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

import alchemiser_sixty_forty
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.values.errors import PluginError
from alchemiser.testing import certify
from tests.e2e.conftest import Cli, World

SYMPHONY = """
(defsymphony "Shares" {:rebalance-frequency :daily}
  (weight-equal
    [(if (< (cumulative-return "SPY" {:window 5}) 1) [(asset "SPY" nil)] [(asset "AGG" nil)])]))
"""
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


def test_people_get_a_table_and_the_place_of_the_certificate(cli: Cli, world: World) -> None:
    """ST-04."""
    world.config()

    ended = cli("certify", "sixty-forty", "--cuts", "20")
    after = cli("doctor")

    assert (ended.code, ended.err) == (0, "")
    assert "sixty-forty of alchemiser-sixty-forty 0.1.0: certified" in ended.out
    assert "ok   look_ahead" in ended.out
    assert "certificate certificates/" in ended.out
    assert "every strategy is certified as it is now" in after.out


def test_certificate_ends_with_the_content_that_was_tried(cli: Cli, world: World) -> None:
    """ST-04."""
    world.config()
    assert cli("certify", "sixty-forty", "--cuts", "5").code == 0
    world.config("params = { shares = 0.5 }\n")

    assert "sixty-forty is not certified as it is now" in " ".join(cli("doctor").out.split())


def test_files_are_found_from_any_folder(cli: Cli, home: Path) -> None:
    """ST-04: a candidate's processes work in another folder."""
    place = home / "mine"
    place.mkdir()
    (place / "shares.clj").write_text(SYMPHONY)
    (place / "alchemiser.toml").write_text(
        '[strategies.shares]\nplugin = "alchemiser-symphony"\nstrategy = "symphony"\n'
        'weight = 0.9\nparams = { file = "shares.clj" }\n'
    )

    ended = cli("certify", "shares", "--cuts", "5", "--config", "mine/alchemiser.toml", "--json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.json()["certificate"].startswith("mine/certificates/")


def test_own_bars_are_tried_and_too_few_are_refused(cli: Cli, home: Path) -> None:
    """ST-04."""
    long, short = home / "long", home / "short"
    for folder, first in ((long, date(2019, 1, 2)), (short, date(2023, 1, 3))):
        folder.mkdir()
        for name in ("SPY", "AGG"):
            days = SessionTable().sessions(first, date(2023, 6, 30))
            rows = [
                f"{one.day},{len(name) + row % 17 + row / 90:.2f}" for row, one in enumerate(days)
            ]
            (folder / f"{name}.csv").write_text("\n".join(["session,close", *rows, ""]))

    tried = cli("certify", "sixty-forty", "--cuts", "5", "--data", "long", "--json")
    refused = cli("certify", "sixty-forty", "--cuts", "5", "--data", "short")

    assert tried.json()["certified"] is True
    assert refused.code == 2
    assert "name bars of 300 sessions at least" in refused.sentence()


def test_unknown_strategy_is_a_usage_error(cli: Cli) -> None:
    ended = cli("certify", "nucular")

    assert ended.code == 2
    assert "did you mean nuclear?" in ended.sentence()


def test_strategy_that_looks_behind_its_arrays_is_refused(tmp_path: Path) -> None:
    """ST-04, BT-02."""
    file = tmp_path / "peeks.py"
    file.write_text(CHEAT)

    report = certify(file, cuts=20)

    assert not report.certified
    assert set(report.refusals()) & {"look_ahead", "source", "determinism"}
    assert "REFUSED" in str(report)


def test_strategies_are_certified_by_their_module_or_by_what_it_offers() -> None:
    """ST-04."""
    (spec,) = alchemiser_sixty_forty.alchemiser_strategies()

    by_module = certify(alchemiser_sixty_forty, cuts=5)
    by_spec = certify(spec, cuts=5)

    assert by_module.checks == by_spec.checks
    assert by_module.identity.content_hash == by_spec.identity.content_hash
    assert by_spec.certified


def test_strategy_of_no_module_is_refused_with_the_remedy() -> None:
    """ST-04."""
    spec = replace(next(iter(alchemiser_sixty_forty.alchemiser_strategies())), build=dict)  # type: ignore[arg-type]  # of no module

    with pytest.raises(PluginError, match="no module around builtins offers sixty-forty"):
        certify(spec)
    with pytest.raises(PluginError, match="typed is in no file: certify the path of a module"):
        certify(ModuleType("typed"))
