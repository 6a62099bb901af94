"""Workers never hear Ctrl-C, not even while they start: it is for the command, which ends them."""

import signal

from alchemiser.adapters.processes.pool import ProcessExecutor
from alchemiser.ports.executor import Finished


def is_deaf(shared: int, piece: int) -> bool:
    """Say whether SIGINT has waited since this process began."""
    del shared, piece
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_workers_are_started_deaf_and_the_command_hears_again() -> None:
    """AR-05: an interrupt in a worker that imports would be a traceback."""
    (ended,) = ProcessExecutor(1).run(is_deaf, 0, [1])

    assert isinstance(ended, Finished)
    assert ended.result is True
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
