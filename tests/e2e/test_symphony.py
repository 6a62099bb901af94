"""A Composer symphony from the owner's file to the orders of a day."""

import json
import os
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.benchmarks.forms import text_of
from tests.benchmarks.symphonies import distinct
from tests.e2e.conftest import Cli, World

SYMPHONY = """
; shares while they are not overbought, else bonds
(defsymphony "Shares or Bonds 2" {:asset-class "EQUITIES", :rebalance-threshold 0.05}
  (weight-equal
    [(if (< (cumulative-return "SPY" {:window 5}) 50) [(asset "SPY" nil)] [(asset "AGG" nil)])]))
"""
REFUSED = """
(defsymphony "Bad" {:rebalance-frequency :daily}
  (weight-specified
    0.5 (frobnicate 1)
    0.4 (asset "spy" nil)))
"""


@pytest.fixture
def file(home: Path) -> Path:
    """Return a symphony in the folder where commands are called."""
    path = home / "shares.clj"
    path.write_text(SYMPHONY, encoding="utf-8")
    return path


def test_check_tells_programs_what_a_symphony_needs(cli: Cli, file: Path) -> None:
    ended = cli("symphony", "check", file.name, "--json")

    assert (ended.code, ended.err) == (0, "")
    report = ended.json()
    assert {
        key: report[key] for key in ("supported", "symbols", "max_lookback", "unsupported")
    } == {
        "supported": True,
        "symbols": ["AGG", "SPY"],
        "max_lookback": 6,
        "unsupported": [],
    }
    assert report["name"] == "Shares or Bonds 2"
    assert report["nodes"] == 4
    assert report["blocks"]["asset"] == 2
    assert report["rebalance"] == {"frequency": "daily", "threshold": 0.05}


def test_check_tells_people_what_a_symphony_needs(cli: Cli, file: Path) -> None:
    ended = cli("symphony", "check", file.name)

    assert (ended.code, ended.err) == (0, "")
    assert "shares.clj: Shares or Bonds 2" in ended.out
    assert "look-back   6 sessions" in ended.out
    assert "symbols     2: AGG, SPY" in ended.out
    assert "daily, once a weight is off by 5.00 %" in ended.out


def test_check_refuses_block_by_block(cli: Cli, home: Path) -> None:
    home.joinpath("bad.clj").write_text(REFUSED, encoding="utf-8")

    told, shown = cli("symphony", "check", "bad.clj", "--json"), cli("symphony", "check", "bad.clj")

    assert (told.code, shown.code) == (3, 3)
    report = told.json()
    assert (report["supported"], report["symbols"], report["max_lookback"]) == (False, [], None)
    assert [(one["place"], one["block"]) for one in report["unsupported"]] == [
        ("4:9", "frobnicate"),
        ("5:9", "asset"),
    ]
    assert report["unsupported"][0]["reason"] == "the operator frobnicate is unknown"
    assert told.sentence() == shown.sentence()
    assert "bad.clj is refused at 4:9 (frobnicate) and 1 more" in told.sentence()
    assert "the operator frobnicate is unknown" in shown.out


def test_composers_json_is_read_too(cli: Cli, home: Path) -> None:
    asset = {"step": "asset", "ticker": "SPY", "exchange": "ARCX"}
    root = {"step": "root", "name": "One", "rebalance": "weekly", "children": [asset]}
    home.joinpath("one.json").write_text(json.dumps(root), encoding="utf-8")

    report = cli("symphony", "check", "one.json", "--json").json()

    assert (report["supported"], report["symbols"]) == (True, ["SPY"])
    assert report["rebalance"]["frequency"] == "weekly"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"hello", "x.clj is no symphony: it begins with neither ( nor {"),
        (b"", "x.clj is no symphony"),
        (b"\xff\xfe", "x.clj is no symphony: it is not UTF-8 text"),
        (b"{}", "x.clj is no symphony: its JSON is another"),
        (b"(" * 10_600_000, "x.clj is no symphony: it is larger than 10 MB"),
    ],
)
@pytest.mark.parametrize("command", ["check", "import"])
def test_what_is_no_symphony_at_all_is_a_usage_error(
    cli: Cli, home: Path, content: bytes, expected: str, command: str
) -> None:
    home.joinpath("x.clj").write_bytes(content)

    ended = cli("symphony", command, "x.clj", "--json")

    assert ended.code == 2
    assert expected in ended.sentence()
    assert [path.name for path in home.iterdir()] == ["x.clj"]


@pytest.mark.parametrize("name", ["nope.clj", "."])
def test_file_that_cannot_be_read_is_a_usage_error(cli: Cli, name: str) -> None:
    ended = cli("symphony", "check", name)

    assert ended.code == 2
    assert f"{name} cannot be read" in ended.sentence()


def test_imported_symphony_trades(cli: Cli, world: World, file: Path) -> None:
    """ST-02: the printed lines, put into the configuration, run a whole day."""
    imported = cli("symphony", "import", file.name, "--json")

    assert (imported.code, imported.err) == (0, "")
    report = imported.json()
    assert (report["path"], report["id"]) == ("shares-or-bonds-2.rules.json", "shares-or-bonds-2")
    assert report["supported"] is True
    table = tomllib.loads(report["config"])["strategies"]["shares-or-bonds-2"]
    assert table["params"] == {"file": "shares-or-bonds-2.rules.json"}

    world.config(strategies=f"{report['config']}\n")
    ran = cli("run", "--as-of", "2024-07-09", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert ran.json()["strategies"]["shares-or-bonds-2"]["weights"] == {"SPY": 1}
    assert {row["symbol"] for row in ran.json()["fills"]} == {"SPY"}


def test_symphony_trades_without_an_import(cli: Cli, world: World, file: Path) -> None:
    world.config(
        strategies=(
            '[strategies.mine]\nplugin = "alchemiser-symphony"\nstrategy = "symphony"\n'
            f'weight = 0.5\nparams = {{ file = "{file.name}" }}\n'
        )
    )

    signals = cli("signals", "--as-of", "2024-07-09", "--json")

    assert signals.code == 0
    assert signals.json()["strategies"]["mine"]["weights"] == {"SPY": 1}


def test_refused_symphony_cannot_be_enabled(cli: Cli, world: World) -> None:
    world.home.joinpath("bad.clj").write_text(REFUSED, encoding="utf-8")
    world.config(
        strategies=(
            '[strategies.mine]\nplugin = "alchemiser-symphony"\nstrategy = "symphony"\n'
            'weight = 0.5\nparams = { file = "bad.clj" }\n'
        )
    )

    ended = cli("run", "--as-of", "2024-07-09")

    assert ended.code == 2
    assert "is refused at 4:9: frobnicate" in ended.sentence()


def test_import_writes_where_it_is_told_and_never_over_anything(cli: Cli, file: Path) -> None:
    home = file.parent
    home.joinpath("kept.json").write_text("mine", encoding="utf-8")

    over = cli("symphony", "import", file.name, "--output", "kept.json")
    itself = cli("symphony", "import", file.name, "--output", file.name, "--force")
    nowhere = cli("symphony", "import", file.name, "--output", "no/where.json")
    folder = cli("symphony", "import", file.name, "--output", ".", "--force")

    assert [ended.code for ended in (over, itself, nowhere, folder)] == [2, 2, 2, 2]
    assert "kept.json exists already: name a new file with --output, or write --force" in over.err
    assert f"{file.name} exists already: name a new file with --output." in itself.sentence()
    assert "cannot be written" in nowhere.sentence()
    assert "cannot be written" in folder.sentence()
    assert home.joinpath("kept.json").read_text() == "mine"
    assert file.read_text() == SYMPHONY

    forced = cli(
        "symphony", "import", file.name, "--output", "kept.json", "--force", "--id", "my-own"
    )

    assert (forced.code, forced.err) == (0, "")
    assert '[strategies.my-own]\nplugin = "alchemiser-symphony"' in forced.out
    assert json.loads(home.joinpath("kept.json").read_text())["name"] == "Shares or Bonds 2"
    assert sorted(path.name for path in home.iterdir()) == ["kept.json", file.name]


def test_import_of_a_refused_symphony_writes_nothing(cli: Cli, home: Path) -> None:
    home.joinpath("bad.clj").write_text(REFUSED, encoding="utf-8")

    ended = cli("symphony", "import", "bad.clj", "--json")

    assert ended.code == 3
    assert ended.json()["supported"] is False
    assert [path.name for path in home.iterdir()] == ["bad.clj"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("52 Weeks: High!", "weeks-high"),
        ("house", "tune"),
        ("\\u00fc", "tune"),
        ("a" * 50, "a" * 32),
    ],
)
def test_name_of_the_strategy_is_made_of_the_symphonys(
    cli: Cli, home: Path, title: str, expected: str
) -> None:
    home.joinpath("tune.clj").write_text(
        f'(defsymphony "{title}" {{}} (asset "SPY" nil))', encoding="utf-8"
    )

    report = cli("symphony", "import", "tune.clj", "--json").json()

    assert (report["id"], report["path"]) == (expected, f"{expected}.rules.json")


def test_name_that_is_none_is_a_usage_error(cli: Cli, file: Path) -> None:
    ended = cli("symphony", "import", file.name, "--id", "My Own")

    assert ended.code == 2
    assert "--id 'My Own' is not a strategy name" in ended.sentence()


def test_document_goes_beside_the_configuration(cli: Cli, home: Path, file: Path) -> None:
    home.joinpath("deep").mkdir()

    report = cli(
        "symphony", "import", file.name, "--config", "deep/alchemiser.toml", "--json"
    ).json()

    assert report["path"] == str(Path("deep", "shares-or-bonds-2.rules.json"))
    params = tomllib.loads(report["config"])["strategies"]["shares-or-bonds-2"]["params"]
    assert params == {"file": "shares-or-bonds-2.rules.json"}
    assert home.joinpath(report["path"]).is_file()


def test_large_symphony_is_checked_in_seconds(cli: Cli, home: Path) -> None:
    home.joinpath("large.clj").write_text(text_of(distinct(34_000)), encoding="utf-8")

    report = cli("symphony", "check", "large.clj", "--json").json()

    assert report["supported"] is True
    assert len(report["symbols"]) > 80


def test_without_the_parsers_library_the_plugin_is_named(
    cli: Cli, plugin_path: str, tmp_path: Path, file: Path
) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    shadow.joinpath("lark.py").write_text("raise ModuleNotFoundError('No module named lark')\n")

    ended = cli(
        "symphony", "check", file.name, extra={"PYTHONPATH": f"{shadow}{os.pathsep}{plugin_path}"}
    )

    assert ended.code == 2
    assert "alchemiser-symphony cannot be imported (ModuleNotFoundError" in ended.sentence()


def test_example_decides_as_it_is(cli: Cli, home: Path, project_root: Path) -> None:
    """ST-02."""
    example = project_root / "plugins" / "alchemiser-symphony" / "examples"
    shutil.copytree(example, home, dirs_exist_ok=True)

    ended = cli("signals", "--as-of", "2024-07-10", "--json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.json()["strategies"]["rotation"]["state"] == "decided"
