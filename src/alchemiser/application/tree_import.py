"""What the rules of another system need, and the document that keeps them."""

import json
from dataclasses import dataclass

from alchemiser.domain.rules.document import content_hash, to_document
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import requirements
from alchemiser.domain.rules.terms import postorder
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import plain
from alchemiser.ports.tree_import import ImportedTree


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeReport:
    """Tell what a file turned out to be, and what its rules need.

    Attributes:
        imported: What was read.
        symbols: What the rules read or may hold, sorted; none when something is refused.
        max_lookback: Sessions of history that the deepest of them needs, None likewise.
        nodes: How many different nodes, conditions among them, the rules are made of.
        content_hash: SHA-256 of the rules, or "".
    """

    imported: ImportedTree
    symbols: tuple[Symbol, ...] = ()
    max_lookback: int | None = None
    nodes: int = 0
    content_hash: str = ""


def examined(imported: ImportedTree) -> TreeReport:
    """Return what `imported` needs, or only what it is when something is refused."""
    if imported.tree is None:
        return TreeReport(imported=imported)
    needed = requirements(imported.tree)
    return TreeReport(
        imported=imported,
        symbols=needed.symbols(),
        max_lookback=max(sessions for _, sessions in needed.lookbacks),
        nodes=len(postorder(imported.tree)),
        content_hash=content_hash(imported.tree),
    )


def document_text(imported: ImportedTree, tree: Node) -> str:
    """Return the canonical document of `tree`, with the name and schedule of `imported`.

    One term a line, so that two versions can be compared by eye.
    """
    threshold = imported.rebalance.threshold
    document = to_document(tree)
    terms = document.pop("terms")
    rows = ",\n".join(
        json.dumps(term, sort_keys=True) for term in (terms if isinstance(terms, list) else ())
    )
    document["name"] = imported.name
    document["rebalance"] = {
        "frequency": imported.rebalance.frequency.value,
        "threshold": plain(threshold) if threshold else None,
    }
    return f'{json.dumps(document, sort_keys=True)[:-1]}, "terms": [\n{rows}\n]}}\n'
