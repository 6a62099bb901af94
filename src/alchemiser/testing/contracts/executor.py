"""What every executor must do, as numbered cases.

Subclass `ExecutorContract` in a test module and give a fixture `executor`; where workers are
processes that can be killed, subclass `MortalExecutorContract`.
"""

from pathlib import Path
from typing import Final

import numpy as np

from alchemiser.ports.executor import ATTEMPTS_MAX, ExecutorPort, Failed, Finished
from alchemiser.testing.contracts import executor_work as work

_PIECES: Final = tuple(range(12))


class ExecutorContract:
    """State the cases; a subclass named `Test…` with a fixture `executor` runs them."""

    def test_xc_01_results_are_those_of_a_loop_to_the_last_byte(
        self, executor: ExecutorPort
    ) -> None:
        """CC-05: whoever does them, and in whatever order they end."""
        shared = np.linspace(-1.0, 3.0, 1_000)

        ended = tuple(executor.run(work.dot, shared, _PIECES))

        found = {one.place: one.result for one in ended if isinstance(one, Finished)}
        assert len(ended) == len(_PIECES)
        assert found == {place: work.dot(shared, place) for place in _PIECES}

    def test_xc_02_without_pieces_there_is_nothing(self, executor: ExecutorPort) -> None:
        """CC-05."""
        assert tuple(executor.run(work.dot, np.ones(3), ())) == ()

    def test_xc_03_what_fails_is_named_and_the_others_go_on(self, executor: ExecutorPort) -> None:
        """CC-05: with what it said, after all attempts."""
        ended = sorted(
            executor.run(work.fail_on_odd, np.ones(3), _PIECES), key=lambda one: one.place
        )

        assert [isinstance(one, Failed) for one in ended] == [bool(p % 2) for p in _PIECES]
        assert [one.reason for one in ended if isinstance(one, Failed)] == [
            f"ValueError: {place} is odd" for place in _PIECES if place % 2
        ]
        assert {one.attempts for one in ended if isinstance(one, Failed)} == {ATTEMPTS_MAX}
        assert [one.result for one in ended if isinstance(one, Finished)] == [
            place for place in _PIECES if place % 2 == 0
        ]

    def test_xc_04_what_fails_is_tried_again(self, executor: ExecutorPort, tmp_path: Path) -> None:
        """CC-05: the attempts are told."""
        ended = tuple(executor.run(work.fail_twice, str(tmp_path), _PIECES[:3]))

        assert {(one.place, one.attempts) for one in ended if isinstance(one, Finished)} == {
            (place, ATTEMPTS_MAX) for place in _PIECES[:3]
        }

    def test_xc_05_who_has_seen_enough_may_stop(self, executor: ExecutorPort) -> None:
        """CC-05: and the executor can be used again."""
        ended = executor.run(work.dot, np.ones(3), _PIECES)
        next(ended)
        close = getattr(ended, "close", None)
        assert close is not None
        close()

        assert len(tuple(executor.run(work.dot, np.ones(3), _PIECES[:2]))) == len(_PIECES[:2])


class MortalExecutorContract(ExecutorContract):
    """Add the cases of workers that die."""

    def test_xc_06_what_a_dead_worker_was_doing_is_done_again(
        self, executor: ExecutorPort, tmp_path: Path
    ) -> None:
        """CC-05: nothing is lost, and nothing counts as failed."""
        ended = tuple(executor.run(work.die_once, str(tmp_path), _PIECES))

        assert (tmp_path / "died").exists()
        assert {one.place: one.result for one in ended if isinstance(one, Finished)} == dict(
            zip(_PIECES, _PIECES, strict=True)
        )
        assert len(ended) == len(_PIECES)

    def test_xc_07_a_piece_that_kills_whoever_does_it_is_given_up(
        self, executor: ExecutorPort, tmp_path: Path
    ) -> None:
        """CC-05: alone; the others are done."""
        ended = sorted(
            executor.run(work.die_on_three, str(tmp_path), _PIECES), key=lambda one: one.place
        )

        assert [one.place for one in ended if isinstance(one, Failed)] == [3]
        assert [one.result for one in ended if isinstance(one, Finished)] == [
            place
            for place in _PIECES
            if place != 3  # noqa: PLR2004 - any one
        ]
