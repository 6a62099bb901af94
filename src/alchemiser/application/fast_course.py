"""What became of a backtest that was run as arrays."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.backtest_report import Bound, ClosedTrade, Course, diversity
from alchemiser.application.fast_inputs import Grounds, times_decided
from alchemiser.application.figures import data_digest, stranded
from alchemiser.application.unadjusted import unadjusted
from alchemiser.domain.fast.costs import costs_by_kind
from alchemiser.domain.fast.gains import sales_in
from alchemiser.domain.fast.inputs import FastInputs, FastRun
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, StrategyId, Symbol
from alchemiser.domain.values.numbers import Floats, cents
from alchemiser.domain.venue_model.costs import CostKind

Past = tuple[Grounds, TreeEvaluator]
"""What sessions are run on, and what evaluates trees there."""
Ran = tuple[FastInputs, FastRun]


def course_of(
    setup: BacktestSetup, past: Past, wanted: Mapping[StrategyId, Floats], ran: Ran
) -> Course:
    """Return what became of the sessions of `setup`.

    Args:
        setup: The world.
        past: What its sessions were run on, and what evaluates trees there.
        wanted: What each strategy decided, (T, N), NaN where it was undecided.
        ran: What was run, and what came of it.
    """
    inputs, run = ran
    grounds, evaluator = past
    panel, days, engine = grounds.panel, grounds.days, setup.engine
    names = [BookId(name) for name in wanted]
    return Course(
        start=engine.broker.account().equity,
        equity=tuple(zip(days, map(_dollars, run.equity), strict=True)),
        held=run.equity - run.cash,
        traded=run.traded,
        trades=_trades(panel, days, ran),
        books={
            **{name: run.books[:, book] for book, name in enumerate(names)},
            HOUSE: run.house,
            **({ACCRUALS: 0.0 - run.owed} if run.owed.any() else {}),
        },
        capital={**dict(zip(names, inputs.capital.tolist(), strict=True)), HOUSE: inputs.idle},
        costs=_costs(setup, panel, ran),
        decided={
            name: times_decided(
                np.where(np.isfinite(weights), weights, inputs.weights[book]),
                run.positions[:, book],
                inputs.prices,
            )
            for book, (name, weights) in enumerate(wanted.items())
        },
        bound=tuple(Bound(day=days[row], code=code) for row, code in run.limited),
        regimes=engine.policy.benchmarks.regimes(evaluator, grounds.seen),
        data=data_digest(panel),
        digest=_digest(run),
        volumes=panel.volume is not None,
        diversity=diversity(wanted, panel.close[list(grounds.seen)]),
        problems=unadjusted(engine, panel, days),
        stranded=stranded_in(grounds, run),
    )


def stranded_in(grounds: Grounds, run: FastRun) -> tuple[tuple[Symbol, date], ...]:
    """Return what the books hold after the last session without a price, as `stranded` does."""
    panel, held = grounds.panel, run.positions[-1].any(axis=0)
    return stranded(panel, [panel.symbols[one] for one in np.flatnonzero(held)], grounds.days[-1])


def _trades(panel: BarPanel, days: Sequence[date], ran: Ran) -> tuple[ClosedTrade, ...]:
    sales = sales_in(*ran)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(sales.cost > 0, sales.gains / sales.cost, np.nan)
    columns = (sales.columns, sales.opened, sales.rows, sales.shares, sales.gains, parts)
    return tuple(
        ClosedTrade(
            symbol=Symbol(panel.symbols[column]),
            opened=days[opened],
            closed=days[row],
            quantity=shares,
            gain=gain,
            part=part,
        )
        for column, opened, row, shares, gain, part in zip(
            *(values.tolist() for values in columns), strict=True
        )
    )


def _costs(setup: BacktestSetup, panel: BarPanel, ran: Ran) -> dict[CostKind, Floats]:
    inputs, run = ran
    instruments = [setup.engine.reference.instrument(name) for name in panel.symbols]
    return costs_by_kind(
        setup.venue,
        instruments,
        run.moved(inputs.splits()),
        inputs.prices,
        inputs.costs,
        run.auctioned,
    )


def _dollars(value: float) -> Decimal:
    return cents(Decimal(value))


def _digest(run: FastRun) -> str:
    parts = (run.equity, run.cash, run.positions)
    # Zero is zero, whatever its sign.
    return sha256(b"".join((part + 0.0).tobytes() for part in parts)).hexdigest()
