"""A pause lasts as long as it should, unless it is stopped."""

import time
from concurrent.futures import ThreadPoolExecutor

from alchemiser.adapters.system.chance import chance
from alchemiser.adapters.system.pause import Pause


def test_a_pause_lasts_its_seconds() -> None:
    before = time.monotonic()

    assert Pause()(0.05)
    assert Pause()(0)
    assert Pause()(-1)
    assert 0.05 <= time.monotonic() - before < 1


def test_stopping_ends_every_pause_and_lets_none_begin() -> None:
    """RS-04: a closing engine does not wait for a broker's tomorrow."""
    pause = Pause()
    before = time.monotonic()

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(pause, 60) for _ in range(3)]
        time.sleep(0.05)
        pause.stop()
        pause.stop()
        assert [one.result() for one in waiting] == [False] * 3

    assert not pause(60)
    assert time.monotonic() - before < 5


def test_chance_draws_from_zero_to_one() -> None:
    draw = chance()

    drawn = {draw() for _ in range(100)}

    assert len(drawn) > 90
    assert all(0 <= one < 1 for one in drawn)
