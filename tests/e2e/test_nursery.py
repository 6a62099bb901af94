"""A call that is forked answers as one that an interpreter was started for."""

import pytest

from tests.e2e.conftest import World, started
from tests.e2e.nursery import Nursery


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--as-of", "2024-07-09", "--json"),
        ("plan", "--when", "soon"),
        ("strategy", "--help"),
    ],
    ids=" ".join,
)
def test_code_and_streams_are_the_same(
    nursery: Nursery, environment: dict[str, str], world: World, arguments: tuple[str, ...]
) -> None:
    other = world.home.parent / "other"
    other.mkdir()
    World(other).config(path=str(world.home / "bars"))
    World(other).bars("SPY")
    states = [environment | {"XDG_STATE_HOME": str(other / name)} for name in ("one", "two")]

    forked = nursery.call(arguments, world.home, states[0])
    begun = started(arguments, other, states[1])

    assert forked == begun
    assert len(forked[1] + forked[2]) > 50


def test_a_call_leaves_nothing_to_the_next(
    nursery: Nursery, environment: dict[str, str], world: World
) -> None:
    elsewhere = world.home.parent / "elsewhere"
    elsewhere.mkdir()

    first, _, _ = nursery.call(("run", "--as-of", "2024-07-09"), world.home, environment)
    code, out, err = nursery.call(("run", "--as-of", "2024-07-09"), elsewhere, environment)

    assert first == 0
    assert (code, out) == (2, "")
    assert "alchemiser.toml does not exist" in err
