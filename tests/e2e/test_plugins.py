"""A stranger's strategy beside a sound one."""

import os
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli, World

SOURCE = '''
from dataclasses import dataclass
from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, hookimpl

@dataclass(frozen=True)
class Params:
    """Options."""
    mood: str = "bad"

class Moody:
    requirements = Requirements((("SPY", 1),))
    largest_weights = {}

    def __init__(self, params):
        self.mood = params.mood

    def target(self, view):
        if self.mood == "bad":
            raise RuntimeError("not today")
        if self.mood == "greedy":
            return TargetPortfolio.of({"TQQQ": 1})
        return TargetPortfolio.of({"SPY": float(view.close("SPY")[-1] > 0)})

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="moody", summary="Has moods.", params=Params, build=Moody)]
'''


@pytest.fixture
def path_with_moody(plugin_path: str, tmp_path: Path) -> dict[str, str]:
    """Return the environment's change that installs the moody plugin."""
    site = tmp_path / "site"
    metadata = site / "alchemiser_moody-3.1.dist-info"
    metadata.mkdir(parents=True)
    metadata.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\nName: alchemiser-moody\nVersion: 3.1\n"
    )
    metadata.joinpath("entry_points.txt").write_text("[alchemiser]\nmoody = alchemiser_moody\n")
    site.joinpath("alchemiser_moody.py").write_text(SOURCE)
    return {"PYTHONPATH": f"{plugin_path}{os.pathsep}{site}"}


def _enable(world: World, mood: str) -> None:
    world.config(
        strategies=(
            '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.5\n'
            '[strategies.moody]\nplugin = "alchemiser-moody"\nweight = 0.4\n'
            f'params = {{ mood = "{mood}" }}\n'
        )
    )


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        (
            "bad",
            "strategy moody of plugin alchemiser-moody raised RuntimeError: not today: mend",
        ),
        ("greedy", "wants TQQQ, which its requirements do not name"),
    ],
)
def test_a_strategy_that_fails_leaves_its_book_alone_while_the_other_trades(
    cli: Cli, world: World, path_with_moody: dict[str, str], mood: str, expected: str
) -> None:
    """L01, L03."""
    _enable(world, mood)

    run = cli("run", "--as-of", "2024-07-09", "--json", extra=path_with_moody)

    report = run.json()
    assert (run.code, report["status"], report["reconciled"]) == (1, "partial", True)
    assert report["failed"] == ["moody"]
    assert expected in report["strategies"]["moody"]["reason"]
    assert expected in run.sentence()
    assert {row["symbol"] for row in report["fills"]} == {"AGG", "SPY"}
    books = {row["id"]: row for row in cli("books", "--json").json()["books"]}
    assert books["moody"]["positions"] == []
    assert books["moody"]["cash"] == 40_000
    assert len(books["sixty-forty"]["positions"]) == 2


def test_a_free_form_strategy_in_a_good_mood_trades(
    cli: Cli, world: World, path_with_moody: dict[str, str]
) -> None:
    _enable(world, "good")

    run = cli("run", "--as-of", "2024-07-09", "--json", extra=path_with_moody)

    assert (run.code, run.err) == (0, "")
    assert run.json()["strategies"]["moody"]["weights"] == {"SPY": 1}
