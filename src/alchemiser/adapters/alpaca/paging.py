"""Ask for an answer that comes in pages, and never for ever."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol, TypeVar, runtime_checkable
from urllib.parse import quote

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError

PAGES_FOR_A_FULL_ONE: Final = 100
"""Most pages in place of a full one, and besides: the broker may send less than it was asked for,
and nothing at all."""

SYMBOLS_LENGTH_MAX: Final = 4_000
"""Characters of the list of symbols in an address, encoded; servers cut addresses off at 8,000."""


class Reader(Protocol):
    """Ask the broker's data address; safe to be used by several threads."""

    def get(self, path: str, params: Mapping[str, str]) -> bytes:
        """Return the body of the answer.

        Raises:
            PortUnavailableError: When there is none, and asking again may help.
            PortRejectedError: When the broker refuses.
        """


@runtime_checkable
class TimedReader(Reader, Protocol):
    """A reader that can hold all requests of one call to one time limit."""

    def asking(self, pages: int = 0, rounds: int = 1) -> Reader:
        """Return what reads so many pages in time, all of them together, from any thread.

        What is asked in so many rounds has a part of the time for each request.
        """


def in_time(reader: Reader, pages: int, rounds: int = 1) -> Reader:
    """Return what asks for one call that takes so many pages; `reader` where it keeps no time."""
    return reader.asking(pages, rounds) if isinstance(reader, TimedReader) else reader


class Paged(Protocol):
    """A page that knows where the next one begins."""

    @property
    def next_token(self) -> str | None:
        """Return the token of the next page, or None on the last."""


Page = TypeVar("Page", bound=Paged)


def pages(
    reader: Reader,
    path: str,
    params: Mapping[str, str],
    decode: Callable[[bytes], Page],
    *,
    full: int,
) -> Iterator[Page]:
    """Yield every page of an answer that takes `full` of them when they are full.

    Raises:
        InputError: When the pages do not end: a token returns, or there are far too many.
        PortUnavailableError: When the source cannot be reached.
    """
    token: str | None = None
    seen: set[str] = set()
    while True:
        following = {} if token is None else {"page_token": token}
        page = decode(reader.get(path, {**params, **following}))
        yield page
        token = page.next_token
        if token is None:
            return
        if token in seen or len(seen) > PAGES_FOR_A_FULL_ONE * (full + 1):
            msg = f"the pages of {path} do not end after {len(seen) + 1}: try again later."
            raise InputError(msg)
        seen.add(token)


def batches(symbols: Sequence[Symbol], least: int = 1) -> list[tuple[Symbol, ...]]:
    """Return `symbols` in equal parts whose lists fit into an address.

    Args:
        symbols: What is asked for.
        least: Parts wanted at least, so that they can be asked for at once.
    """
    length = sum(len(quote(name, safe="")) + len("%2C") for name in symbols)
    count = min(len(symbols), max(least, -(-length // SYMBOLS_LENGTH_MAX)))
    edges = [len(symbols) * part // count for part in range(count + 1)] if count else []
    return [tuple(symbols[a:b]) for a, b in pairwise(edges)]


def listed(symbols: Sequence[Symbol]) -> str:
    """Return `symbols` as the broker wants them in an address."""
    return ",".join(symbols)
