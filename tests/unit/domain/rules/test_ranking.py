"""A few candidates are compared each with each, and many sorted, to the same choice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.rules import ranking
from alchemiser.domain.rules.ranking import FEW, choose

SESSIONS = 12
NAN = float("nan")


@given(
    seed=st.integers(0, 10_000),
    candidates=st.integers(1, FEW),
    count=st.integers(1, FEW + 1),
    highest=st.booleans(),
)
def test_both_ways_choose_alike(
    seed: int,
    candidates: int,
    count: int,
    highest: bool,
) -> None:
    """Ties, twins and candidates that drop out are among them."""
    draw = np.random.default_rng(seed)
    shape = (candidates, SESSIONS)
    scores = draw.choice([1.0, 2.0, -3.0, 0.0, -0.0, NAN], shape)
    ties = [
        draw.integers(0, 3, SESSIONS if draw.random() < 0.5 else 1).astype(np.intp)
        for _ in range(candidates)
    ]

    few = choose(list(scores), ties, count=count, highest=highest)

    many = ranking._sorted(-scores if highest else scores, ties, count)
    assert [one.tolist() for one in few] == [one.tolist() for one in many]
