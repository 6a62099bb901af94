"""One variant of a portfolio over past sessions, as a piece of work for any executor."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
import numpy as np

from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.fast import run_books
from alchemiser.application.fast_course import stranded_in
from alchemiser.application.fast_decisions import decisions
from alchemiser.application.fast_inputs import Follower, Grounds, times_decided
from alchemiser.domain.fast.gains import sales_in
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.program.running import Loops
from alchemiser.domain.statistics.returns import returns_of
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.numbers import Floats, round_significant
from alchemiser.ports.strategy_runner import StrategyRunnerPort

Strategies = tuple[EnabledStrategy, ...]

REMEMBERED_MAX: Final = 256 * 1024**2
"""Bytes that a process remembers of what its trials have worked out."""


class Remembered:
    """Keep what trials in this process have worked out over the same bars, for the next of them.

    Variants of one portfolio share most of their indicators, and often whole trees. Beyond
    `REMEMBERED_MAX` everything is forgotten. It reaches another process empty.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._evaluator: TreeEvaluator | None = None

    def __reduce__(self) -> "tuple[type[Remembered], tuple[()]]":
        return Remembered, ()

    def evaluator(self, panel: BarPanel, loops: Loops | None = None) -> TreeEvaluator:
        """Return what evaluates trees over `panel`; other bars than before begin anew."""
        # Held here once: another thread may forget it meanwhile.
        evaluator = self._evaluator
        if evaluator is None or evaluator.bars is not panel or _is_full(evaluator):
            evaluator = self._evaluator = TreeEvaluator(panel, loops)
        return evaluator


def _is_full(evaluator: TreeEvaluator) -> bool:
    return evaluator.remembered() > REMEMBERED_MAX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """Hold what all trials share; it can be sent to other processes.

    Attributes:
        grounds: What the sessions are run on.
        runner: Makes what runs strategies that are code: a function of a module.
        remembered: What this process has worked out.
    """

    grounds: Grounds
    runner: Callable[[], StrategyRunnerPort]
    remembered: Remembered = field(default_factory=Remembered)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """Tell how a trial went, T sessions, M closed trades; floats of 12 significant digits.

    Attributes:
        equity: Dollars at the start and at the end of each session, float64 (T + 1,).
        held: Dollars in positions at the end of each session, float64 (T,).
        traded: Dollars bought and sold in each session, float64 (T,).
        gains: Dollars of each closed trade, float64 (M,).
        decided: Sessions decided by each strategy.
        limited: How often each limit has bound.
        stranded: What is held at the end and has no price there, with the last session that had.
    """

    equity: Floats
    held: Floats
    traded: Floats
    gains: Floats
    decided: Mapping[str, int]
    limited: Mapping[str, int]
    stranded: tuple[tuple[Symbol, date], ...]

    @property
    def returns(self) -> Floats:
        """Return what each session earned, a fraction, float64 (T,)."""
        return returns_of(self.equity)


def trial(world: World, strategies: Strategies) -> Outcome:
    """Run `strategies` over the sessions of `world` by the fast engine."""
    wanted = decided_by(world, strategies)
    return outcome(world.grounds, [Follower.of(one) for one in strategies], wanted)


def decided_by(world: World, strategies: Strategies) -> dict[StrategyId, Floats]:
    """Return what each strategy decides in every session, (T, N), NaN where it is undecided."""
    grounds, kernels = world.grounds, world.grounds.kernels
    cells = grounds.prices.size * len(strategies)
    loops = None if kernels is None else kernels.loops_for(cells)
    evaluator = world.remembered.evaluator(grounds.panel, loops)
    return decisions(grounds, strategies, evaluator, world.runner)


def outcome(
    grounds: Grounds, followers: Sequence[Follower], wanted: Mapping[StrategyId, Floats]
) -> Outcome:
    """Return what books come to that follow `wanted`, (T, N) each, NaN where undecided."""
    inputs, run = run_books(grounds, followers, wanted)
    codes = [code for _, code in run.limited]
    return Outcome(
        equity=round_significant(np.concatenate(([grounds.cash], run.equity))),
        held=round_significant(run.equity - run.cash),
        traded=round_significant(run.traded),
        gains=round_significant(sales_in(inputs, run).gains),
        decided={
            name: times_decided(
                np.where(np.isfinite(weights), weights, inputs.weights[book]),
                run.positions[:, book],
                inputs.prices,
            )
            for book, (name, weights) in enumerate(wanted.items())
        },
        limited={code: codes.count(code) for code in sorted(set(codes))},
        stranded=stranded_in(grounds, run),
    )


class _Written(msgspec.Struct, array_like=True):
    arrays: list[bytes]
    decided: list[tuple[str, int]]
    limited: list[tuple[str, int]]
    stranded: tuple[tuple[Symbol, date], ...]


def encode(told: Outcome) -> bytes:
    """Return an outcome as bytes, the same for the same outcome on every machine."""
    arrays = (told.equity, told.held, told.traded, told.gains)
    return msgspec.msgpack.encode(
        _Written(
            arrays=[np.ascontiguousarray(one, dtype="<f8").tobytes() for one in arrays],
            decided=sorted(told.decided.items()),
            limited=sorted(told.limited.items()),
            stranded=told.stranded,
        )
    )


def decode(written: bytes) -> Outcome:
    """Return what `encode` has written."""
    read = msgspec.msgpack.decode(written, type=_Written)
    equity, held, traded, gains = (np.frombuffer(one, dtype="<f8") for one in read.arrays)
    return Outcome(
        equity=equity,
        held=held,
        traded=traded,
        gains=gains,
        decided=dict(read.decided),
        limited=dict(read.limited),
        stranded=read.stranded,
    )
