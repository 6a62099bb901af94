"""`make bench` compares only what ends alike, and everyone is given the same task."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from alchemiser import indicators
from alchemiser.domain.market.bars import BarPanel
from tests.benchmarks.peers import (
    branches_task,
    ours_branches,
    ours_daily,
    ours_pairs,
    ours_weights,
    weights_task,
)
from tests.benchmarks.peers.branches_task import SYMBOLS, held, matrix, row
from tests.benchmarks.peers.contest import Contender, Course, Turn, agrees, contest
from tests.benchmarks.peers.told import Told, timed
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task, made_up, wished


@pytest.fixture
def weights(tmp_path: Path) -> Task:
    task = made_up(60, 12)  # no limit binds
    task.save(tmp_path)
    return task


def test_ours_ends_with_what_a_loop_of_plain_numbers_ends_with(
    weights: Task, tmp_path: Path
) -> None:
    cash, held = float(CAPITAL), [0] * 12
    for prices, row_of in zip((weights.prices / 100).tolist(), weights.weights, strict=True):
        equity = cash + sum(h * p for h, p in zip(held, prices, strict=True))
        for place, price in enumerate(prices):
            shares = wished(equity, float(row_of[place]), price) - held[place]
            cash -= shares * price + abs(shares) * price * FEE
            held[place] += shares
    worth = cash + sum(h * p / 100 for h, p in zip(held, weights.prices[-1].tolist(), strict=True))

    (equity,) = ours_weights.prepare(tmp_path, ("whole",))()

    assert equity == pytest.approx(worth, rel=1e-12)


def test_weights_of_a_task_leave_some_cash() -> None:
    for by_volatility in (False, True):
        task = made_up(40, 6, by_volatility=by_volatility)

        assert (task.weights > 0).all()
        assert task.weights.sum(axis=1) == pytest.approx(0.98)
        assert (task.prices >= 100).all()


def test_the_tree_holds_what_the_branches_say() -> None:
    """The rule tree, and the same strategy written out for engines without one."""
    task = branches_task.task(700)
    closes = task.prices / 100
    means = [
        indicators.sma(closes[:, place], window) for place, window in ((0, 200), (5, 20), (5, 100))
    ]
    strengths = [indicators.rsi(closes[:, place], 10) for place in (0, 1)]
    gains = np.stack([indicators.cumulative_return(closes[:, p], 20) for p in (7, 8, 10)], axis=1)
    table = matrix(
        (strengths[0], strengths[1]), closes[:, 0], (means[0], means[1], means[2]), gains
    )
    for session in range(branches_task.FIRST, 700):
        places = held(
            (strengths[0][session], strengths[1][session]),
            closes[session, 0],
            (means[0][session], means[1][session], means[2][session]),
            gains[session].tolist(),
        )
        assert table[session].tolist() == row(places)

    sessions = ours_branches.days(700)
    assert ours_branches.weights(closes, sessions)[0] == pytest.approx(table)
    panel = BarPanel(sessions=sessions, symbols=ours_branches.NAMES, close=closes)
    assert ours_daily.weights(panel)[0] == pytest.approx(table)
    assert (table > 0).any(axis=0).sum() == SYMBOLS - 1  # nothing holds 0


def test_the_tree_ends_alike_with_a_compiler_and_without(tmp_path: Path) -> None:
    branches_task.task(400).save(tmp_path)

    plain = ours_branches.prepare(tmp_path, ("whole",))()

    assert ours_branches.prepare(tmp_path, ("whole", "compiled"))() == plain
    assert ours_daily.prepare(tmp_path, ("whole", "compiled"))() == pytest.approx(plain, rel=1e-6)


def test_pairs_of_ours_end_alike_with_a_compiler_and_without(tmp_path: Path) -> None:
    made_up(500, 3).save(tmp_path)

    compiled = ours_pairs.prepare(tmp_path, ())()

    assert compiled == ours_pairs.prepare(tmp_path, ("arrays",))()
    assert compiled[:1] == ours_pairs.prepare(tmp_path, ("arrays", "returns"))()


def course(name: str, figure: float, kind: str) -> Course:
    told = Told(seconds=1.0, figures=(figure,), memory=1)
    contender = Contender(name=name, module=name, kind=kind)
    return Course(contender=contender, turns=[Turn(told=told, process=1.0)])


def test_who_ends_otherwise_is_void() -> None:
    ours = course("ours", 1_000_000.0, "whole")
    near, far = course("near", 1_000_000.5, "whole"), course("far", 1_000_002.0, "whole")
    other = course("other", 5.0, "")
    courses = [ours, near, far, other]

    assert [agrees(one, courses) for one in courses] == [True, True, False, True]


@pytest.mark.usefixtures("weights")
def test_a_contender_is_a_process_that_tells_what_it_came_to(tmp_path: Path) -> None:
    contender = Contender(name="ours", module="ours_weights", words=("whole",), kind="whole")

    (done,) = contest([contender], tmp_path, rounds=2)

    assert len(done.turns) == 2
    assert done.figures == ours_weights.prepare(tmp_path, ("whole",))()
    assert done.process > 0
    assert done.milliseconds > 0


def test_only_the_last_run_is_timed() -> None:
    runs: list[int] = []

    def work() -> tuple[float, ...]:
        runs.append(len(runs))
        return (float(len(runs)),)

    told = timed(work, warm=2)

    assert told.figures == (3.0,)
    assert Told.of("noise\n" + json.dumps(asdict(told))) == told
    assert weights_task.wished(100.0, 0.5, 10.0) == 5
