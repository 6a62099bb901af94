"""Where the two engines part: an increment a share, the edge of a band; and a share that ended."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.fast import fast_backtest
from alchemiser.application.reports.backtest import backtest_document
from alchemiser.application.reports.circumstances import Origin
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import CENT, Floats
from alchemiser.domain.values.schedule import Timing
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.ports.report_document import Text
from alchemiser.rules import asset, weight_specified
from tests.cycle.test_fast import (
    CALM,
    EARLIER,
    NEAR,
    PLAIN,
    Case,
    all_sessions,
    both,
    engine_of,
    nobody,
    setup_of,
    with_first,
    write_history,
)
from tests.cycle.world import SYMBOLS

Run = Callable[[BacktestSetup, Callable[[int, int], None]], BacktestReport]
DAYS = tuple(session.day for session in all_sessions())


def write_low(folder: Path, seed: int, usual: float) -> Floats:
    """Write prices about `usual` dollars on a trading basis, and return the lowest of each day."""
    folder.mkdir()
    draw = np.random.default_rng(seed)
    raw = usual * np.exp(np.cumsum(draw.normal(0.0, 0.02, (len(DAYS), len(SYMBOLS))), axis=0))
    raw = np.round(raw, 2)
    dividends = np.where(draw.random(raw.shape) < 0.1, 0.01, 0.0)
    for name, prices, paid in zip(SYMBOLS, raw.T, dividends.T, strict=True):
        gross = np.concatenate(([1.0], (prices + paid)[1:] / prices[:-1]))
        rows = zip(DAYS, prices[0] * np.cumprod(gross), prices, paid, strict=True)
        lines = [f"{day},{close:.6f},{price:.2f},1,{cash:.2f}" for day, close, price, cash in rows]
        head = "session,close,raw_close,split,dividend"
        (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n")
    lowest: Floats = raw.min(axis=1)
    return lowest[EARLIER:]


low_cases = st.builds(
    lambda seed, trees, whole, timing, algorithm: replace(
        PLAIN,
        seed=seed,
        trees=trees,
        whole=whole,
        timing=timing,
        algorithm=algorithm,
        band=Decimal(0),
        minimum=Decimal(0),
    ),
    seed=st.integers(0, 10**6),
    trees=st.sampled_from([(0,), (1,), (0, 1, 2)]),
    whole=st.booleans(),
    timing=st.sampled_from([Timing.NEAR_CLOSE, Timing.NEXT_CLOSE]),
    algorithm=st.sampled_from([Algorithm.MARKETABLE_LIMIT, Algorithm.LIMIT_ON_CLOSE]),
)


@settings(max_examples=6)
@given(case=low_cases, usual=st.sampled_from([2.0, 5.0, 30.0]))
def test_low_prices_part_the_engines_by_no_more_than_an_increment_a_share(
    case: Case, usual: float
) -> None:
    """BT-03: the venue rounds a price to its increment in its own favour, and arrays do not."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        lowest = write_low(home / "bars", case.seed, usual)
        fast, exact = both(home, case)

    days = [day for day, _ in exact.equity]
    end = days.index(exact.failures[0][0]) if exact.failures else len(days)
    ours, theirs = (np.array([float(one) for _, one in r.equity[:end]]) for r in (fast, exact))
    # A cent that is lost counts by what the account is worth then, or later when it is worth less.
    parts = fast.course.traded / lowest * float(CENT)
    most = np.expm1(np.cumsum(parts[:end]) / theirs.min(initial=np.inf))
    assert (np.abs(ours / theirs - 1) <= NEAR + most).all()


def test_a_share_of_three_dollars_costs_a_cent_and_no_less(tmp_path: Path) -> None:
    """BT-03, BT-04: what docs/backtesting.md states, for one purchase."""
    (tmp_path / "bars").mkdir()
    for name in SYMBOLS:
        rows = [f"{day},3.00,3.00,1,0" for day in DAYS]
        head = "session,close,raw_close,split,dividend"
        (tmp_path / "bars" / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")

    def setup() -> BacktestSetup:
        engine = engine_of(tmp_path, replace(PLAIN, trees=(0,)))
        return setup_of(with_first(engine, strategy=RuleStrategy(asset("QQQ"))))

    fast, exact = fast_backtest(setup(), nobody), backtest(setup(), nobody)

    assert not exact.failures
    shares = float(exact.course.held[0]) / 3.0
    paid, modelled = (
        sum(float(r.course.costs[kind].sum()) for kind in (CostKind.SPREAD, CostKind.SLIPPAGE))
        for r in (exact, fast)
    )
    assert paid == pytest.approx(0.01 * shares)
    assert modelled < 0.7 * paid
    commission = float(CALM.fees.commission_fraction) * 0.01 * shares
    apart = float(fast.final_equity - exact.final_equity)
    assert apart == pytest.approx(paid - modelled + commission, abs=0.05)


def traded_at(home: Path, run: Run, price: float) -> bool:
    """Say whether `run` trades in its second session, when QQQ has gone from 57 to `price`."""
    for name in SYMBOLS:
        second = price if name == "QQQ" else 57.0
        rows = [f"{day},{second if day >= DAYS[EARLIER + 1] else 57.0!r}" for day in DAYS]
        (home / "bars" / f"{name}.csv").write_text("\n".join(["session,close", *rows]) + "\n")
    halves = weight_specified((Decimal("0.5"), asset("QQQ")), (Decimal("0.5"), asset("TLT")))
    case = replace(PLAIN, trees=(0,), band=Decimal("0.05"), minimum=Decimal(0))
    setup = setup_of(with_first(engine_of(home, case), strategy=RuleStrategy(halves)))
    report = run(replace(setup, sessions=setup.sessions[:2]), nobody)
    (home / "broker.db").unlink(missing_ok=True)
    return bool(report.course.traded[1] > 0)


def edge(home: Path, run: Run) -> tuple[float, float]:
    """Return the highest price found at which `run` rests, and the lowest at which it trades."""
    rests, trades = 57.0, 80.0
    assert not traded_at(home, run, rests)
    assert traded_at(home, run, trades)
    while trades - rests > 1e-9 * rests:
        middle = (rests + trades) / 2
        rests, trades = (rests, middle) if traded_at(home, run, middle) else (middle, trades)
    return rests, trades


def test_the_engines_part_at_the_edge_of_a_band_and_no_farther_than_a_cent(
    tmp_path: Path,
) -> None:
    """BT-03: cents of the first fills move the edge; between both edges one engine trades alone."""
    (tmp_path / "bars").mkdir()
    edges: Mapping[str, tuple[float, float]] = {
        run.__name__: edge(tmp_path, run) for run in (fast_backtest, backtest)
    }

    ours, theirs = edges["fast_backtest"], edges["backtest"]
    assert theirs[1] < ours[0]
    assert ours[0] / theirs[0] - 1 < NEAR
    between = (ours[0] + theirs[1]) / 2
    assert traded_at(tmp_path, backtest, between)
    assert not traded_at(tmp_path, fast_backtest, between)


@pytest.mark.parametrize("run", [fast_backtest, backtest])
def test_share_whose_bars_end_is_told_as_held_without_a_price(tmp_path: Path, run: Run) -> None:
    """BT-09: as after a merger, of which no data tell the terms; the same in both engines."""
    write_history(tmp_path / "bars", 3, holes=False, trading=True)
    path = tmp_path / "bars" / "QQQ.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:16]) + "\n")
    engine = engine_of(tmp_path, replace(PLAIN, trees=(0,), trading=True))
    halves = weight_specified((Decimal("0.5"), asset("QQQ")), (Decimal("0.5"), asset("TLT")))

    report = run(setup_of(with_first(engine, strategy=RuleStrategy(halves))), nobody)

    assert report.stranded == ((Symbol("QQQ"), DAYS[14]),)
    assert report.decided == (("s0", 15 - EARLIER),)
    document = backtest_document(report, Origin(command="x", versions=()))
    said = [
        block.text for part in document.sections for block in part.blocks if isinstance(block, Text)
    ]
    assert any(f"QQQ is still held and has had no price since {DAYS[14]}" in one for one in said)


def test_share_that_was_sold_before_its_bars_end_is_not_told(tmp_path: Path) -> None:
    write_history(tmp_path / "bars", 3, holes=False)

    report = fast_backtest(setup_of(engine_of(tmp_path, PLAIN)), nobody)

    assert report.stranded == ()
