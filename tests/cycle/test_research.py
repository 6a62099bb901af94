"""Sweeps and walks forward, from the command line to the answer."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import distributions
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.application.kernels import Kernels
from alchemiser.container import trying
from alchemiser.domain.fast.kernel import sessions
from alchemiser.domain.fast.kernel.entry import Kernel
from alchemiser.domain.rules.program.running import Loops
from alchemiser.entrypoints.cli.commands.backtest import say_compiling
from alchemiser.entrypoints.cli.main import run
from tests.dask_cluster import cluster
from tests.interpreted import Interpreted

SESSIONS = 420
Json = dict[str, Any]
Ask = Callable[..., Json]

pytestmark = pytest.mark.skipif(
    not any(one.name == "alchemiser-sixty-forty" for one in distributions()),
    reason="alchemiser-sixty-forty is not installed",
)


def write_bars(folder: Path, drift: float, *, changed_from: int = SESSIONS) -> None:
    """Write random closes of two funds, of which one drifts, and moves otherwise from a row on."""
    days = [one.day for one in SessionTable().sessions(date(2014, 1, 2), date(2016, 12, 30))]
    draw = np.random.default_rng(11)
    folder.mkdir(exist_ok=True)
    for name, earned, spread in (("SPY", drift, 0.01), ("AGG", 0.0, 0.004)):
        steps = draw.normal(earned, spread, SESSIONS)
        steps[changed_from:] *= -3
        closes = np.round(100 * np.exp(np.cumsum(steps)), 4)
        rows = [f"{day},{close}" for day, close in zip(days[:SESSIONS], closes, strict=True)]
        (folder / f"{name}.csv").write_text("\n".join(["session,close", *rows, ""]))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "bars", 0.002)
    return tmp_path


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    del home

    def asked(command: str, *words: str, code: int = 0, bars: str = "bars") -> Json:
        given = [command, "--strategy", "sixty-forty", "--data", bars, "--json", *words]
        assert run(given) == code
        told: Json = json.loads(capsys.readouterr().out)
        return told

    return asked


SHARES = ("--param", "shares=0.2:0.8:0.2")
QUICK = ("--engine", "fast", "--workers", "1")


def test_a_sweep_tells_all_trials_and_the_best_in_full(ask: Ask) -> None:
    """BT-09: the contract's figures are those of the best."""
    told = ask("sweep", *SHARES, *QUICK)

    assert [one["label"] for one in told["trials"]] == [
        "shares=0.2",
        "shares=0.4",
        "shares=0.6",
        "shares=0.8",
    ]
    best = max(told["trials"], key=lambda one: one["figure"])
    assert told["chosen"] == best["label"]
    assert best["figure"] == best["sharpe"]
    assert all(0 < one["hit_rate"] <= 1 for one in told["trials"])
    assert told["sharpe"] == pytest.approx(best["sharpe"], rel=1e-5)  # of equity in cents
    assert float(told["final_equity"]) == pytest.approx(best["final_equity"], abs=0.01)
    assert (told["sessions"], told["decided"]) == (SESSIONS, {"sixty-forty": SESSIONS})
    assert {"cagr", "max_drawdown", "turnover", "digest"} <= told.keys()
    assert told["evidence"]["trials"] == 4
    assert {one["kind"] for one in told["regimes"]} == {
        "trend",
        "volatility",
        "correlation",
        "liquidity",
    }


@pytest.mark.parametrize(
    "words",
    [("sweep",), ("walk-forward", "--train", "200", "--test", "60")],
    ids=lambda one: one[0],
)
def test_regimes_are_those_of_the_owners_benchmarks(
    ask: Ask, home: Path, words: tuple[str, ...]
) -> None:
    """BT-09: as decisions are labelled, so is what they earned."""
    regimes = []
    for market, bonds in (("SPY", "AGG"), ("AGG", "SPY")):
        settings = f'[regime]\nmarket = "{market}"\nbonds = "{bonds}"\n'
        home.joinpath("alchemiser.toml").write_text(settings)
        regimes.append(ask(*words, *SHARES, *QUICK)["regimes"])

    one, other = (sessions_by_label(told, "trend") for told in regimes)
    assert one != other
    one, other = (sessions_by_label(told, "correlation") for told in regimes)
    assert one == other


def sessions_by_label(regimes: list[Json], kind: str) -> dict[str, int]:
    """Return how many sessions each label of `kind` has."""
    return {one["label"]: one["sessions"] for one in regimes if one["kind"] == kind}


def test_what_runs_the_best_agrees_with_what_found_it(ask: Ask) -> None:
    """BT-01: all trials are fast; the best is run by the code that trades unless told."""
    exact = ask("sweep", *SHARES, "--workers", "1", "--end", "2014-06-30")
    fast = ask("sweep", *SHARES, *QUICK, "--end", "2014-06-30")

    assert (exact["engine"], fast["engine"]) == ("exact", "fast")
    assert exact["digest"] == fast["digest"]
    assert float(exact["final_equity"]) == pytest.approx(float(fast["final_equity"]), rel=1e-4)


@pytest.mark.parametrize("algorithm", ["marketable_limit", "limit_on_close"])
def test_one_variant_walked_forward_is_its_backtest(ask: Ask, home: Path, algorithm: str) -> None:
    """BT-07: with nothing to choose, what is left are the sessions of the tests."""
    home.joinpath("alchemiser.toml").write_text(f'[execution]\nalgorithm = "{algorithm}"\n')
    words = ("--train", "200", "--test", "50")
    walked = ask("walk-forward", *words, *QUICK)
    tested = ask("backtest", "--engine", "fast", "--start", walked["windows"][0]["test"][0])

    assert walked["course_digest"] == tested["digest"]
    assert walked["sessions"] == SESSIONS - 200
    assert len(walked["windows"]) == 5


def test_the_exact_walk_trades_the_same_decisions(ask: Ask) -> None:
    """BT-07, BT-01."""
    words = (*SHARES, "--train", "60", "--test", "30", "--end", "2014-08-29")
    exact = ask("walk-forward", *words, "--workers", "1")
    fast = ask("walk-forward", *words, *QUICK)

    chosen = [one["chosen"] for one in exact["windows"]]
    assert chosen == [one["chosen"] for one in fast["windows"]]
    assert float(exact["final_equity"]) == pytest.approx(float(fast["final_equity"]), rel=1e-4)
    assert exact["sessions"] == fast["sessions"] == exact["decided"]["sixty-forty"]


def test_a_choice_does_not_know_what_comes_after_it(ask: Ask, home: Path) -> None:
    """BT-02: other bars from a test on change no choice that was made before."""
    words = (*SHARES, *QUICK, "--train", "120", "--test", "60", "--purge", "5")
    write_bars(home / "other", 0.002, changed_from=245)

    first = ask("walk-forward", *words)["windows"]
    other = ask("walk-forward", *words, bars="other")["windows"]

    assert [one["test"] for one in first] == [one["test"] for one in other]
    same = [mine["chosen"] == theirs["chosen"] for mine, theirs in zip(first, other, strict=True)]
    insides = [mine["inside"] == their["inside"] for mine, their in zip(first, other, strict=True)]
    assert same[:3] == insides[:3] == [True] * 3
    assert insides[-1] is False


@pytest.mark.parametrize(("drift", "is_luck"), [(0.0, True), (0.004, False)])
def test_luck_and_skill_are_told_apart(
    ask: Ask, home: Path, drift: float, *, is_luck: bool
) -> None:
    """BT-09: of funds that only fluctuate the best mix is luck; of one that grows it is not."""
    write_bars(home / "planted", drift)

    told = ask("sweep", "--param", "shares=0.05:0.95:0.05", *QUICK, bars="planted")["evidence"]

    assert (told["deflated_sharpe"] < 0.95) is is_luck
    assert ("do not rely on it" in told["verdict"]) is is_luck


def test_a_report_tells_what_was_tried_and_the_chosen_in_full(ask: Ask, home: Path) -> None:
    """BT-07, BT-08: in every form, with the figures of the answer."""
    words = (*SHARES, *QUICK, "--end", "2014-12-31")
    swept = ask("sweep", *words, "--report", "sweep.json")
    walked = ask("walk-forward", *words, "--train", "100", "--test", "50", "--report", "walk.json")
    ask("sweep", *words, "--report", "sweep.html")

    sweep = json.loads((home / "sweep.json").read_text())
    walk = json.loads((home / "walk.json").read_text())
    assert sweep["sections"]["trials"]["tables"]["trials"][0]["variant"] == swept["chosen"]
    assert len(walk["sections"]["windows"]["tables"]["windows"]) == len(walked["windows"])
    assert swept["chosen"] in (home / "sweep.html").read_text()


def test_what_is_earned_between_tests_is_in_no_figure_of_them(ask: Ask, home: Path) -> None:
    """BT-07: a step longer than the test leaves sessions that nobody was tested in."""
    words = (*SHARES, *QUICK, "--train", "100", "--test", "40", "--step", "70")
    told = ask("walk-forward", *words, "--report", "walk.json")

    report = json.loads((home / "walk.json").read_text())
    chart = report["sections"]["equity"]["charts"]["equity"]
    days, equity = np.array(chart["days"]), np.array([100_000.0, *chart["lines"]["Account"]])
    returns = equity[1:] / equity[:-1] - 1.0
    spans = [one["test"] for one in told["windows"]]
    tested = np.any([(days >= first) & (days <= last) for first, last in spans], axis=0)
    mine = returns[tested]
    assert 0 < tested.sum() < len(days)
    assert told["out_of_sample"] == pytest.approx(mine.mean() / mine.std(ddof=1) * 252**0.5)


def test_people_read_what_was_chosen_by_in_words(ask: Ask, home: Path) -> None:
    """BT-08: growth is a percentage, and a ratio has its name."""
    words = (*SHARES, *QUICK, "--end", "2014-12-31", "--select", "cagr")
    best = ask("sweep", *words, "--report", "sweep.md")["trials"]
    walked = ask("walk-forward", *words, "--train", "100", "--test", "50", "--report", "walk.md")

    sweep, walk = ((home / name).read_text() for name in ("sweep.md", "walk.md"))
    top = max(one["cagr"] for one in best)
    assert "The best by growth a year: shares=" in sweep
    assert f" | {100 * top:,.2f} % | {100 * top:,.2f} % | " in sweep
    assert f"| Growth a year of all tests in one | {100 * walked['out_of_sample']:,.2f} % |" in walk


def test_folds_test_every_session(ask: Ask) -> None:
    """BT-09: purged and embargoed cross-validation."""
    told = ask("walk-forward", *SHARES, *QUICK, "--folds", "4", "--purge", "2", "--embargo", "3")

    assert told["sessions"] == SESSIONS
    assert [one["sessions"] for one in told["windows"]] == [
        SESSIONS - 105 - 5,
        SESSIONS - 105 - 7,
        SESSIONS - 105 - 7,
        SESSIONS - 105 - 2,
    ]


def test_whoever_does_the_work_the_answer_is_the_same(ask: Ask, tmp_path: Path) -> None:
    """BT-10: here, in two processes, and on a cluster of two workers."""
    words = (*SHARES, "--engine", "fast", "--train", "200", "--test", "100")
    alone = ask("walk-forward", *words, "--workers", "1")
    with cluster(tmp_path, workers=2) as address:
        others = [
            ask("walk-forward", *words, "--workers", "2"),
            ask("walk-forward", *words, "--cluster", address),
        ]

    assert [alone, alone] == others


@dataclass(frozen=True)
class Plainly:
    """Run the kernel as it stands, and count how often; other processes would need it too."""

    least: int
    asked: list[int] = field(default_factory=list)

    def kernel_for(self, cells: int) -> Kernel | None:
        self.asked.append(cells)
        return sessions.run if cells >= self.least else None

    def loops_for(self, cells: int) -> Loops | None:
        return Kernels(Interpreted(), self.least).loops_for(cells)


def test_a_kernel_changes_speed_alone(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """BT-03, BT-10: the digest of a sweep is that of the arrays, and the walk's as well."""
    words = (*SHARES, *QUICK, "--end", "2014-12-31")
    walk = ("--train", "100", "--test", "50")
    made: list[Plainly] = []

    def built(tell: Callable[[], None], runs: int) -> Plainly:
        assert tell is say_compiling
        assert runs == 4
        made.append(Plainly(0))
        return made[-1]

    monkeypatch.setattr(trying, "build_kernels", lambda *_: None)
    arrays = ask("sweep", *words), ask("walk-forward", *words, *walk)
    monkeypatch.setattr(trying, "build_kernels", built)
    kernels = ask("sweep", *words), ask("walk-forward", *words, *walk)

    assert kernels == arrays
    assert [len(one.asked) for one in made] == [1 + 4 + 1, 1 + 4 + 1]


def test_a_sweep_that_is_killed_again_and_again_goes_on(
    ask: Ask, home: Path, project_root: Path
) -> None:
    """BT-10: with the same digest, and without doing anything twice, here and in processes."""
    words = ("--param", "shares=0.02:0.98:0.03", *QUICK[:-1])
    whole = ask("sweep", *words, "1")
    code = "from alchemiser.entrypoints.cli import main; main()"
    given = ("sweep", "--strategy", "sixty-forty", "--data", "bars", *words)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(project_root)])}
    for workers, lines in (("2", 8), ("1", 20)):
        kept = _lines(home / "kept")
        with subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", code, *given, workers, "--resume", "kept"],
            cwd=home,
            env=environment,
            stdout=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None and _lines(home / "kept") < lines:
                sleep(0.002)
            process.send_signal(signal.SIGKILL)
        assert _lines(home / "kept") >= max(kept, lines - 1)

    left = _lines(home / "kept")
    again = ask("sweep", *words, "1", "--resume", "kept")

    # The first line names the work, and the last may be torn.
    assert left - 2 <= again.pop("taken_up") <= left - 1
    assert again == {name: value for name, value in whole.items() if name != "taken_up"}
    assert ask("sweep", *words, "1", "--resume", "kept")["taken_up"] == 33


def _lines(path: Path) -> int:
    return len(path.read_bytes().splitlines()) if path.exists() else 0


WALK = ("walk-forward", "--train", "200", "--test", "50")


@pytest.mark.parametrize("engine", ["fast", "exact"])
@pytest.mark.parametrize("words", [("sweep",), WALK], ids=["sweep", "walk"])
def test_what_is_held_without_a_price_is_told(
    words: tuple[str, ...], engine: str, ask: Ask, home: Path
) -> None:
    """BT-09: as a backtest tells it, of what was chosen and of every variant."""
    day = end_bars(home, "AGG", 410)

    told = ask(*words, *SHARES, *QUICK[2:], "--engine", engine, "--report", "told.md")

    assert told["stranded"] == [{"symbol": "AGG", "session": day}]
    assert all(one["stranded"] == told["stranded"] for one in told.get("trials", ()))
    report = (home / "told.md").read_text()
    assert f"AGG is still held and has had no price since {day}" in report
    assert (f"AGG {day} |" in report) is (words == ("sweep",))


@pytest.mark.parametrize("engine", ["fast", "exact"])
def test_prices_that_end_after_the_last_test_are_not_told(
    engine: str, ask: Ask, home: Path
) -> None:
    """BT-02: a walk forward that ends before them knows nothing of it."""
    day = end_bars(home, "AGG", 412)
    words = ("--train", "200", "--test", "60", "--step", "150", *QUICK[2:])

    told = ask("walk-forward", *SHARES, *words, "--engine", engine)

    assert told["end"] < day
    assert told["stranded"] == []


def test_people_read_how_many_variants_hold_what_has_no_price(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = end_bars(home, "AGG", 410)

    assert run(["sweep", "--strategy", "sixty-forty", "--data", "bars", *SHARES, *QUICK]) == 0

    said = capsys.readouterr().out
    assert "What has no price at the end is held by 4 variants: see --json." in said
    assert f"no price since  AGG {day}" in said


def end_bars(home: Path, name: str, sessions: int) -> str:
    """Let the bars of a fund end after so many sessions, and return the last."""
    path = home / "bars" / f"{name}.csv"
    lines = path.read_text().splitlines()[: sessions + 1]
    path.write_text("\n".join([*lines, ""]))
    return lines[-1].partition(",")[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--param", "shares"], "--param shares has no values: write NAME=5,10,20"),
        (["--param", "other.x=1"], "names a strategy that is not run: add --strategy other"),
        (["--param", "shres=0.5"], "has no parameter shres: did you mean shares?"),
        (["--param", "shares=1.5"], "shares must lie above 0 and below 1"),
        (["--param", "shares=0.5,0.5"], "--param shares: the value 0.5 stands twice"),
        ([*SHARES, *SHARES], "sixty-forty.shares is given twice"),
        (["--select", "luck"], "--select luck is no figure to choose by"),
        (["--engine", "quick"], "there is no engine quick"),
        (["--workers", "0"], "--workers 0 does no work"),
        (["--start", "2016-12-01"], "the data have bars of AGG, SPY from 2014-01-02 to 2015"),
        (
            ["--end", "2013-12-02"],
            "the data have no bar of AGG, SPY up to 2013-12-02; take a later",
        ),
        (["--start", "2015-02-02", "--end", "2015-01-05"], "--start 2015-02-02 is after the end"),
        (["--cluster", "nowhere"], "--cluster nowhere is no address: write one such as tcp://10"),
    ],
)
@pytest.mark.parametrize("command", ["sweep", "walk-forward"])
def test_what_cannot_be_tried_is_told(
    command: str, words: list[str], told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home

    assert run([command, "--strategy", "sixty-forty", "--data", "bars", *words]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--train", "600"], "420 sessions are too few to train on 600"),
        (["--test", "20", "--step", "10"], "a step of 10 sessions tests some twice"),
        (["--embargo", "5"], "--embargo is for --folds"),
        (["--folds", "3", "--anchored"], "--anchored are for walking forward"),
        (["--folds", "3", "--train", "100"], "leave them out, or --folds"),
        (["--folds", "3", "--test", "252"], "leave them out, or --folds"),
        (["--folds", "3", "--step", "60"], "leave them out, or --folds"),
        (["--folds", "2", "--purge", "300"], "too little is left to train on"),
    ],
)
def test_windows_that_cannot_be_are_told(
    words: list[str], told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home

    assert run(["walk-forward", "--strategy", "sixty-forty", "--data", "bars", *words]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [("backtest",), ("sweep",), ("walk-forward", "--train", "150", "--test", "50")],
    ids=lambda one: one[0],
)
def test_split_that_nobody_adjusted_for_is_said(
    words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """DA-01: on the error stream, and for programs; it refuses nothing."""
    head, *lines = (home / "bars" / "SPY.csv").read_text().splitlines()
    halved = [f"{day},{float(close) / 2}" for day, close in (one.split(",") for one in lines[300:])]
    (home / "bars" / "SPY.csv").write_text("\n".join([head, *lines[:300], *halved, ""]))
    asked = (*words, "--strategy", "sixty-forty", "--data", "bars", "--engine", "fast")

    assert run([*asked, "--json"]) == 0
    told = capsys.readouterr()
    (problem,) = json.loads(told.out)["problems"]
    assert (problem["symbol"], problem["code"]) == ("SPY", "split_like_jump")
    assert told.err == f"{problem['text']}\n"


def test_people_get_tables(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del home
    given = ["--strategy", "sixty-forty", "--data", "bars", *SHARES, *QUICK]

    assert run(["sweep", *given]) == 0
    swept = capsys.readouterr().out
    assert run(["walk-forward", *given, "--train", "200", "--test", "100"]) == 0
    walked = capsys.readouterr().out

    assert "The best: shares=0." in swept
    assert "tried 4, worth " in swept
    assert "All tests in one" in walked
    assert walked.count("2015-") >= 4


def test_where_nothing_can_be_told_nothing_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """BT-08: of one session there is no ratio, and so no best."""
    given = ["--strategy", "sixty-forty", "--data", "bars", *SHARES, *QUICK]

    assert run(["sweep", *given, "--end", "2014-01-02", "--report", "one.md"]) == 0

    said = capsys.readouterr().out
    report = (home / "one.md").read_text()
    assert "2014-01-02 to 2014-01-02, 1 session\n" in said
    assert "None has a figure to choose by; the first: shares=0.2" in said
    assert "tried 4" not in said
    assert "Too little was traded to tell skill from luck." in said
    assert "None has a figure to choose by, Sharpe ratio; the first stands for all" in report
