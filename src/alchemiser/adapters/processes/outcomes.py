"""What a future says about its piece."""

from concurrent.futures import Future
from typing import TypeVar

from alchemiser.application.work import sentence
from alchemiser.ports.executor import Failed, Finished

Result = TypeVar("Result")


def outcome(
    future: "Future[Result]", place: int, attempts: int, most: int
) -> Finished[Result] | Failed | None:
    """Wait for `future`, and return what came of the piece at `place`.

    Args:
        future: Does the piece.
        place: The place of the piece.
        attempts: How often it was begun, this time included.
        most: How often it may be.

    Returns:
        None where it failed and may be begun again.
    """
    error = future.exception()
    if error is None:
        return Finished(place=place, result=future.result(), attempts=attempts)
    if attempts < most:
        return None
    return Failed(place=place, reason=sentence(error), attempts=attempts)
