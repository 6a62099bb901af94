"""Chance is a function of seed, order and match."""

from decimal import Decimal

from alchemiser.adapters.simulated.draws import uniforms
from alchemiser.domain.venue_model.matching import DRAWS


def test_draws_are_the_same_for_the_same_order_for_ever() -> None:
    """A change here would change every recorded simulation."""
    first = uniforms(7, "alc-ABC123-20240805-SPY-b1-1c291ca3", 0)[:2]

    assert [draw.quantize(Decimal("1e-9")) for draw in first] == [
        Decimal("0.778083785"),
        Decimal("0.172673392"),
    ]


def test_draws_differ_by_seed_order_and_match() -> None:
    made = [uniforms(7, "a", 0), uniforms(8, "a", 0), uniforms(7, "b", 0), uniforms(7, "a", 1)]

    assert len({tuple(draws) for draws in made}) == 4


def test_draws_suffice_for_a_match_and_are_uniform() -> None:
    many = [draw for number in range(500) for draw in uniforms(3, f"order {number}", 0)]

    assert len(uniforms(3, "a", 0)) >= DRAWS
    assert all(0 <= draw < 1 for draw in many)
    tenths = [sum(int(10 * draw) == tenth for draw in many) for tenth in range(10)]
    assert all(700 < count < 900 for count in tenths)
