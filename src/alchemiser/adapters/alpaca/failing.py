"""What lies behind an error of a connection, in words for the owner."""

from collections.abc import Iterator


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what is behind it: the libraries wrap it in several ways."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        behind = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting.extend(cause for cause in behind if isinstance(cause, BaseException))


def in_words(error: BaseException) -> str:
    """Return why a connection failed, as the system says it, or else the error itself."""
    said = (one.strerror for one in causes(error) if isinstance(one, OSError) and one.strerror)
    return next(said, f"{type(error).__name__}: {error}")


def unreached(error: BaseException) -> str:
    """Return that nobody was reached, why, and what to look at."""
    return (
        f"Alpaca cannot be reached ({in_words(error)}): look at this machine's connection, and at "
        "the addresses under [broker] and [data]."
    )
