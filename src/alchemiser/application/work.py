"""Independent pieces of work, done by an executor and taken up where they were interrupted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic

from alchemiser.ports.executor import ExecutorPort, Failed, Piece, Result, Shared
from alchemiser.ports.finished_work import FinishedWorkPort

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[Shared, Piece, Result]):
    """Say what is to be done.

    Attributes:
        work: Makes a result of what is shared and a piece: a pure function of a module.
        shared: What all pieces read.
        pieces: What is to be done.
        keys: Names each piece, and each differently: all that its result depends on besides what
            is shared.
        identity: A digest of all that every result depends on: code, what is shared, settings.
        encode: Writes a result as bytes.
        decode: Reads them.
    """

    work: Callable[[Shared, Piece], Result]
    shared: Shared
    pieces: Sequence[Piece]
    keys: Sequence[str]
    identity: str
    encode: Callable[[Result], bytes]
    decode: Callable[[bytes], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Generic[Result]):
    """Tell what came of a job.

    Attributes:
        results: One for each piece in the order of the pieces, None where it was given up.
        failures: What was given up, in the order of the pieces.
        taken_up: How many results were there before.
        digest: SHA-256 over all results, in the order of the pieces.
    """

    results: tuple[Result | None, ...]
    failures: tuple[Failed, ...]
    taken_up: int
    digest: str


def do(
    executor: ExecutorPort,
    job: Job[Shared, Piece, Result],
    kept: FinishedWorkPort | None,
    progress: Progress,
) -> Done[Result]:
    """Do what is left of `job`.

    Whoever does it and however often it was interrupted, results and digest are the same: each
    goes through its bytes, also where nobody keeps them.

    Args:
        executor: Who does it.
        job: What is to be done.
        kept: Where results are kept, or None.
        progress: Told pieces done and pieces in all, at first and after each.

    Raises:
        PortError: When nobody can do the work, or results cannot be kept.
    """
    with _opened(kept, job.identity) as (found, add):
        known = {place: found[key] for place, key in enumerate(job.keys) if key in found}
        taken_up, total = len(known), len(job.pieces)
        left = [place for place in range(total) if place not in known]
        failures: list[Failed] = []
        progress(taken_up, total)
        ended = executor.run(job.work, job.shared, [job.pieces[place] for place in left])
        for number, told in enumerate(ended, start=taken_up + 1):
            place = left[told.place]
            if isinstance(told, Failed):
                failures.append(Failed(place=place, reason=told.reason, attempts=told.attempts))
            else:
                known[place] = job.encode(told.result)
                add(job.keys[place], known[place])
            progress(number, total)
    return Done(
        results=tuple(
            job.decode(known[place]) if place in known else None for place in range(total)
        ),
        failures=tuple(sorted(failures, key=lambda one: one.place)),
        taken_up=taken_up,
        digest=digest_of(known.get(place, b"") for place in range(total)),
    )


def sentence(error: BaseException) -> str:
    """Return what `error` says, in one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def digest_of(parts: "Iterator[bytes] | Sequence[bytes]") -> str:
    """Return the SHA-256 of `parts`, each with its length, so that they cannot run together."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def _opened(
    kept: FinishedWorkPort | None, identity: str
) -> Iterator[tuple[Mapping[str, bytes], Callable[[str, bytes], None]]]:
    if kept is None:
        yield {}, lambda _key, _result: None
    else:
        with kept.open(identity) as finished:
            yield finished.results, finished.add
