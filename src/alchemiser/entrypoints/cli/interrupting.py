"""Ctrl-C at any moment: quiet, and with its own exit code.

While a command is carried out, Python raises `KeyboardInterrupt`, and what is under way cleans up.
Before and after that nothing is under way. An exception would only leave a traceback there, or be
swallowed by whatever is imported just then; so the process ends at once.

This module is imported before all others: it imports next to nothing itself.
"""

import atexit
import os
import signal

INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C has ended; the grammar answers it too."""


class Leaving:
    """A time in which Ctrl-C ends the process at once, without a word.

    Not where somebody else handles it, or it is ignored, nor in a thread.
    """

    def __enter__(self) -> None:
        """Begin it."""
        self._is_ours = _leave_with(INTERRUPTED)

    def __exit__(self, *_: object) -> None:
        """Let Ctrl-C raise `KeyboardInterrupt` again."""
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def over(code: int) -> int:
    """Return `code`, with which the process ends from now on, whatever comes: answers are out."""
    if _leave_with(code):
        # Python forgets handlers as the last thing it does, and Ctrl-C would count once more.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    return code


def _leave_with(code: int) -> bool:
    """Let Ctrl-C end the process with `code`, and say whether it does."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return False
    try:
        signal.signal(signal.SIGINT, lambda *_: os._exit(code))
    except ValueError:  # only the main thread may
        return False
    return True
