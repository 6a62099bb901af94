"""One piece after the other, in this process."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from alchemiser.adapters.processes.outcomes import outcome
from alchemiser.ports.executor import ATTEMPTS_MAX, Failed, Finished, Piece, Result, Shared


class SerialExecutor:
    """Do one piece after the other; implements ExecutorPort."""

    def run(
        self,
        work: Callable[[Shared, Piece], Result],
        shared: Shared,
        pieces: Sequence[Piece],
    ) -> Iterator[Finished[Result] | Failed]:
        """Yield what came of each piece, in order.

        A thread of its own does them, whose future holds whatever a piece may raise.
        """
        with ThreadPoolExecutor(max_workers=1) as pool:
            for place, piece in enumerate(pieces):
                told: Finished[Result] | Failed | None = None
                attempts = 0
                while told is None:
                    attempts += 1
                    future = pool.submit(work, shared, piece)
                    told = outcome(future, place, attempts, ATTEMPTS_MAX)
                yield told
