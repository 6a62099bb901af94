"""Ask for many symbols at once, so that one without an answer costs the others little."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from math import isqrt
from typing import Final, Generic, TypeVar

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import PortUnavailableError

AT_ONCE: Final = 4
"""Parts that are asked for at the same time."""
ROUNDS: Final = 3
"""Most times that one symbol is asked for: with all, in a part, and alone."""

Part = tuple[Symbol, ...]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers(Generic[Answer]):
    """Hold what was told, in the order of the symbols, and of which symbols nothing was."""

    told: tuple[Answer, ...]
    silent: frozenset[Symbol]


@dataclass(slots=True)
class Apart:
    """Ask for symbols together, and apart where there is no answer; safe in several threads.

    What is not answered is asked for again in as many parts as they have symbols, and then symbol
    by symbol: two more rounds find the one that is slow among thousands. From then on it is asked
    for by itself. Where no part has an answer the source is down, and nothing more is asked.
    """

    _slow: set[Symbol] = field(init=False, default_factory=set)

    def ask(self, question: Callable[[Part], Answer], symbols: Sequence[Symbol]) -> Answers[Answer]:
        """Return what `question` answers for all of `symbols`, which are sorted.

        Raises:
            PortUnavailableError: When nothing is answered at all.
        """
        slow = [name for name in symbols if name in self._slow]
        rest = tuple(name for name in symbols if name not in self._slow)
        parts = [part for part in (rest, *((name,) for name in slow)) if part]
        told: dict[Part, Answer] = {}
        silent: set[Symbol] = set()
        asked_again = False
        while parts:
            failed: dict[Part, PortUnavailableError] = {}
            for part, answer in zip(parts, _all(question, parts), strict=True):
                if isinstance(answer, PortUnavailableError):
                    failed[part] = answer
                else:
                    told[part] = answer
            single = {name for part in failed if len(part) == 1 for name in part}
            if failed and not told and (asked_again or len(single) == len(failed)):
                raise failed[min(failed)]
            silent |= single
            parts, asked_again = [piece for part in failed for piece in _pieces(part)], True
        self._slow |= silent
        return Answers(told=tuple(told[part] for part in sorted(told)), silent=frozenset(silent))


def _all(
    question: Callable[[Part], Answer], parts: Sequence[Part]
) -> Iterator[Answer | PortUnavailableError]:
    def tried(part: Part) -> Answer | PortUnavailableError:
        try:
            return question(part)
        except PortUnavailableError as error:
            return error

    if len(parts) == 1:
        yield tried(parts[0])
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(tried, parts)


def _pieces(part: Part) -> Iterator[Part]:
    """Yield the smaller parts of one, none of a single symbol."""
    count = isqrt(len(part) - 1) + 1 if len(part) > 1 else 0
    edges = [len(part) * piece // count for piece in range(count + 1)] if count else []
    yield from (part[first:last] for first, last in pairwise(edges))
