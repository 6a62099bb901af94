"""Run a contract's numbered cases without pytest: at a command line, over a real account."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypeVar

from alchemiser.domain.values.errors import AlchemiserError

_NAMED: Final = re.compile(r"test_([a-z]{2})_(\d{2})_(\w+)")
Bench = TypeVar("Bench")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Tell how one case went.

    Attributes:
        id: Its number, such as `BR-07`.
        says: What must hold, in words.
        ok: Whether it held.
        message: What was seen instead; "" when it held.
    """

    id: str
    says: str
    ok: bool
    message: str = ""


def numbered(contract: type) -> tuple[tuple[str, str, str], ...]:
    """Return the cases of `contract` in order: number, words, and the method's name."""
    found = (_NAMED.fullmatch(name) for name in dir(contract))
    return tuple(
        (f"{one[1].upper()}-{one[2]}", one[3].replace("_", " "), one[0]) for one in found if one
    )


def run_cases(
    contract: type,
    bench: Callable[[], AbstractContextManager[Bench]],
    without: frozenset[str] = frozenset(),
) -> Iterator[Result]:
    """Run each case of `contract` on a bench of its own and yield how it went.

    Args:
        contract: A class of cases, such as `BrokerContract`.
        bench: Makes a fresh bench; what it leaves behind is its own to clear away.
        without: The numbers of cases that are not run.
    """
    stated = contract()
    for number, says, name in numbered(contract):
        if number in without:
            continue
        try:
            with bench() as one:
                getattr(stated, name)(one)
        except (AssertionError, AlchemiserError) as error:
            message = str(error) or "it does not hold"
            yield Result(id=number, says=says, ok=False, message=message.splitlines()[0])
        else:
            yield Result(id=number, says=says, ok=True)
