"""Decisions of rules are the same bits on every machine."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.domain.market.machine import Machine, vector_features

RECORDED = "3761edebd859ded2c6c0e6eb80b338b7e308570ac8de4429bbbdd132d6f16ea6"
SCRIPT = """
import hashlib, random
import numpy as np
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.rules import *
from tests.unit.domain.rules.panels import panel_of
draw = random.Random(31)
names = ["A", "B", "C", "D", "E", "F"]
closes = {name: [50.0] for name in names}
for day in range(800):
    for name in names:
        closes[name].append(closes[name][-1] * (1 + draw.uniform(-0.03, 0.031)))
hot = or_(rsi("A", 10) > 60, ppo("B", 5, 12) > ppo_signal("B", 5, 12, 4))
pair = group("pair", when(hot, weight_equal("C", "D"), weight_specified((0.3, "E"), (0.7, "F"))))
lows = group("lows", bottom(1, by=rsi(window=7), of=names))
best = top(2, by=stdev_return(window=9), of=[pair, "A", lows])
tree = when(
    price("A") > ema("A", 50),
    weight_inverse_volatility(14, each(best), pair),
    weight_equal(best, bottom(2, by=max_drawdown(window=30), of=[pair, *names])),
)
evaluator = TreeEvaluator(panel_of(closes))
digest = hashlib.sha256(evaluator.matrix(tree).weights.astype("<f8").tobytes())
for row in range(0, 801, 20):
    measured = [(step.observed, step.margin) for step in evaluator.decide(tree, row).trace]
    digest.update(repr(measured).encode())
print(np.__version__, digest.hexdigest())
"""


def test_decisions_are_the_recorded_ones(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    """ST-09."""
    machine = Machine(environment=bare_environment, root=project_root)

    assert machine.run(SCRIPT)[1] == RECORDED


def test_decisions_are_the_recorded_ones_without_vector_instructions(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    """ST-10."""
    features = vector_features()
    if not features:
        pytest.skip("this numpy has no vector instructions to switch off")
    machine = Machine(environment=bare_environment, root=project_root)

    assert machine.run(SCRIPT, features=features)[1] == RECORDED


def test_decisions_are_the_recorded_ones_with_another_numpy_and_hash_seed(
    bare_environment: dict[str, str], project_root: Path, other_numpy: Path
) -> None:
    """ST-10."""
    environment = bare_environment | {"PYTHONHASHSEED": "77"}
    machine = Machine(environment=environment, root=project_root)

    version, digest = machine.run(SCRIPT, numpy=other_numpy)

    assert version != np.__version__
    assert digest == RECORDED
