"""What a certification draws is determined by its seed, and looks random."""

import numpy as np

from alchemiser.adapters.synthetic.chance import Chance

COUNT = 20_000
UNIFORM, NORMAL = [63627.0, 33598.0, 50185.0], [50857.0, 74384.0, -8068.0]
"""In steps of 2**-16, so that they are whole."""


def test_draws_are_determined_by_seed_and_stream() -> None:
    """ST-04: whoever certifies the same with the same seed sees the same."""
    for draw, other in (
        (Chance(7).uniform, Chance(8).uniform),
        (Chance(7).normal, Chance(8).normal),
    ):
        np.testing.assert_array_equal(draw("ahead", 50), draw("ahead", 50))
        np.testing.assert_array_equal(draw("ahead", 50)[:20], draw("ahead", 20))
        assert (draw("ahead", 50) != draw("back", 50)).any()
        assert (draw("ahead", 50) != other("ahead", 50)).any()


def test_draws_are_those_of_every_machine() -> None:
    uniform, normal = Chance(7).uniform("ahead", 3), Chance(7).normal("ahead", 3)

    assert (uniform * 65_536).tolist() == UNIFORM
    assert (normal * 65_536).tolist() == NORMAL


def test_draws_are_distributed_as_they_are_called() -> None:
    uniform, normal = Chance(7).uniform("ahead", COUNT), Chance(7).normal("ahead", COUNT)

    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 4 / np.sqrt(12 * COUNT)
    assert abs(normal.mean()) < 4 / np.sqrt(COUNT)
    assert abs(normal.std() - 1) < 0.03
