"""What plugins offer to read of other systems: files that turn into rule trees."""

from collections.abc import Callable
from dataclasses import dataclass

from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.rebalance import Rebalance


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Tell why one block of a file is refused.

    Attributes:
        place: Where it is, as the file's own readers count: `12:5`, or `$.children[0]`.
        block: What the file calls it.
        reason: Why, as the end of a sentence.
    """

    place: str
    block: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTree:
    """Hold what a file turned out to be.

    Attributes:
        name: What it calls itself, or "".
        tree: Its rules; None when anything in it is refused.
        rebalance: When it trades.
        problems: Everything that is refused, in the order of the file.
        blocks: How many blocks there are of each kind, sorted by kind.
    """

    name: str
    tree: Node | None
    rebalance: Rebalance
    problems: tuple[Problem, ...] = ()
    blocks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeImporter:
    """Offer to read one kind of file.

    Attributes:
        importer_id: Its name: lower case, at most 32 characters.
        summary: One sentence on what it reads.
        read: Returns what the content of a file is. Raises ValueError, with one sentence, when it
            is nothing of the kind at all.
    """

    importer_id: str
    summary: str
    read: Callable[[bytes], ImportedTree]
