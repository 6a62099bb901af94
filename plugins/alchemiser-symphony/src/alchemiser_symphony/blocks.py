"""From blocks to rules in one walk: down in the order of the file, up again to build.

A symphony is a tree of blocks, in whichever form it is written. A `Source` is a place in a file
that can be read as one block; it names the places inside it. Nothing here calls itself, so a
symphony may nest as deeply as it likes.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from alchemiser.plugins import InvalidValueError, Problem
from alchemiser.rules import Condition, Metric, Node

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Hold what one block puts into the list around it.

    Attributes:
        alone: What it is where one portfolio is wanted.
        listed: What it is in a list; one of two lists for an `if`.
        several: Whether it may put another number of things than one into a list.
    """

    alone: Node
    listed: Node
    several: bool = False


Built = Item | Condition | Metric


class Place(Protocol):
    """Be one place in a file."""

    @property
    def place(self) -> str:
        """Where it is, such as `12:5` or `$.children[0]`."""


class RefusedError(Exception):
    """Say why a block is refused."""

    def __init__(self, reason: str, *, at: Place | None = None) -> None:
        """Give the reason, and a place nearer than the block's own."""
        super().__init__(reason)
        self.at = at


class Parts:
    """Hold what has been built of the sources inside a block, list by list."""

    def __init__(self, lists: Sequence[Sequence[Built]]) -> None:
        self._lists = lists

    def items(self, place: int = 0) -> list[Item]:
        """Return what is held in the list at `place`."""
        return _only(Item, self._lists[place])

    def conditions(self, place: int = 0) -> list[Condition]:
        """Return what is asked in the list at `place`."""
        return _only(Condition, self._lists[place])

    def metrics(self, place: int = 0) -> list[Metric]:
        """Return what is measured in the list at `place`."""
        return _only(Metric, self._lists[place])


Builder = Callable[[Parts], Built]
"""Makes a rule of what has been built inside a block; may raise RefusedError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Tell what a source is.

    Attributes:
        kind: What the file calls it, for counting.
        inside: The sources inside it, list by list; they are read whether it is refused or not.
        check: Returns what builds it; may raise RefusedError.
    """

    kind: str
    inside: tuple[tuple["Source", ...], ...] = ()
    check: Callable[[], Builder]


class Source(Place, Protocol):
    """Be one place in a file where a block is expected."""

    @property
    def called(self) -> str:
        """How it is called in reports, such as `weight-equal`."""

    def read(self) -> Block:
        """Return the block that stands there; whatever it is, it is counted."""


@dataclass(slots=True)
class Report:
    """Collect what was found on the walk.

    Attributes:
        counts: How many blocks there are of each kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _problems: list[tuple[int, Problem]] = field(default_factory=list)

    def refuse(self, source: Source, why: RefusedError | InvalidValueError, order: int) -> None:
        """Note why a block is refused; `order` is its place in the file."""
        at = why.at if isinstance(why, RefusedError) and why.at is not None else source
        problem = Problem(place=at.place, block=source.called, reason=str(why).rstrip("."))
        self._problems.append((order, problem))

    def problems(self) -> tuple[Problem, ...]:
        """Return every problem, in the order of the file."""
        return tuple(problem for _, problem in sorted(self._problems, key=lambda one: one[0]))


@dataclass(frozen=True, slots=True)
class _Step:
    source: Source
    lists: tuple[tuple[Source, ...], ...]
    build: Builder | None


def walked(root: Source, report: Report) -> Built | None:
    """Return the rule that `root` means, or None when something at or below it is refused."""
    steps = _downwards(root, report)
    ready: list[Built | None] = []
    for order in reversed(range(len(steps))):
        step = steps[order]
        # What was read after this block and has not been taken yet is inside it, first part on top.
        lists = [[ready.pop() for _ in sources] for sources in step.lists]
        ready.append(_built(step, lists, report, order))
    return ready.pop()


def _downwards(root: Source, report: Report) -> list[_Step]:
    steps: list[_Step] = []
    stack: list[Source] = [root]
    while stack:
        source = stack.pop()
        block = source.read()
        report.counts[block.kind] += 1
        build: Builder | None = None
        try:
            build = block.check()
        except RefusedError as error:
            report.refuse(source, error, len(steps))
        steps.append(_Step(source, block.inside, build))
        stack.extend(part for sources in reversed(block.inside) for part in reversed(sources))
    return steps


def _built(
    step: _Step, lists: Sequence[Sequence[Built | None]], report: Report, order: int
) -> Built | None:
    whole = [[part for part in parts if part is not None] for parts in lists]
    if step.build is None or list(map(len, whole)) != list(map(len, lists)):
        return None
    try:
        return step.build(Parts(whole))
    except (RefusedError, InvalidValueError) as error:
        report.refuse(step.source, error, order)
        return None


def _only(kind: type[T], parts: Sequence[Built]) -> list[T]:
    return [part for part in parts if isinstance(part, kind)]
