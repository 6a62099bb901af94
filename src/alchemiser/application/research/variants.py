"""What is tried: portfolios that differ in parameters, or in which strategies they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN
from hashlib import sha256
from itertools import chain, combinations

import numpy as np

from alchemiser.application.fast_inputs import Grounds
from alchemiser.application.research.trials import (
    Outcome,
    Strategies,
    World,
    decode,
    encode,
    trial,
)
from alchemiser.application.work import Job, digest_of
from alchemiser.domain.fast.kernel.values import Rows
from alchemiser.domain.research.grid import Point
from alchemiser.domain.values.numbers import WEIGHT, ZERO, Floats, Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Hold one portfolio that is tried.

    Attributes:
        label: What it is called in tables, the same for no other.
        strategies: What it holds.
        point: The parameters that make it differ.
    """

    label: str
    strategies: Strategies
    point: Point = Point()  # noqa: RUF009 - frozen

    def key(self) -> str:
        """Return a digest of all that it depends on, beside what all variants share."""
        parts = [
            (one.strategy_id, str(one.weight), one.content_hash, repr(one.fallback))
            for one in self.strategies
        ]
        return sha256(repr(parts).encode()).hexdigest()


def subsets(strategies: Strategies) -> tuple[Variant, ...]:
    """Return every set of some of `strategies`, small ones first.

    What the others would have had is shared out in proportion.
    """
    total = sum((one.weight for one in strategies), ZERO)
    sizes = range(1, len(strategies) + 1)
    found = []
    for chosen in chain.from_iterable(combinations(strategies, size) for size in sizes):
        held = sum((one.weight for one in chosen), ZERO)
        shared = tuple(
            replace(one, weight=(one.weight * total / held).quantize(WEIGHT, rounding=ROUND_DOWN))
            for one in chosen
        )
        label = " + ".join(one.strategy_id for one in chosen)
        found.append(Variant(label=label, strategies=shared))
    return tuple(found)


def job_of(world: World, variants: Sequence[Variant], code: str) -> Job[World, Strategies, Outcome]:
    """Return the work of trying every variant; `code` is the SHA-256 of the engine's sources."""
    return Job(
        work=trial,
        shared=world,
        pieces=[one.strategies for one in variants],
        keys=[one.key() for one in variants],
        identity=identity(world.grounds, code),
        encode=encode,
        decode=decode,
    )


def identity(grounds: Grounds, code: str) -> str:
    """Return a digest of all that every outcome depends on."""
    panel, bounds, costs = grounds.panel, grounds.bounds, grounds.costs
    arrays: list[Floats | Mask | Rows] = [grounds.prices, costs.buy, costs.sell]
    arrays += [bounds.factors, bounds.most]
    bars = (panel.close, panel.open, panel.high, panel.low, panel.volume, panel.blocked)
    arrays += [
        one for one in (*bars, bounds.position, costs.impact, grounds.interest) if one is not None
    ]
    for happening in grounds.happenings.values():
        arrays += [happening.ratio, happening.income, happening.paid]
    words = (
        code,
        panel.symbols,
        panel.sessions,
        grounds.days,
        grounds.seen,
        grounds.rules,
        grounds.cash,
        bounds.codes,
        bounds.turnover,
        tuple(grounds.happenings),
    )
    return digest_of([
        repr(words).encode(),
        *(np.ascontiguousarray(one).tobytes() for one in arrays),
    ])


def returns_of(outcomes: Mapping[int, Outcome]) -> Floats:
    """Return what each session earned, one column an outcome, float64 (T, N)."""
    return np.stack([one.returns for one in outcomes.values()], axis=1)
