"""Rule documents: what `alchemiser symphony import` writes and the strategy reads again."""

import json
from collections import Counter
from typing import Any, Final

from alchemiser.plugins import ImportedTree, InvalidValueError, Problem, Rebalance
from alchemiser.rules import from_document
from alchemiser_symphony import exports
from alchemiser_symphony.blocks import RefusedError
from alchemiser_symphony.exports import Object
from alchemiser_symphony.rebalancing import EVERY_SESSION, rebalanced

BESIDE_RULES: Final = frozenset({"name", "rebalance"})
"""What stands in the file beside the rules."""


def is_document(value: Object) -> bool:
    """Say whether a JSON object is a rule document."""
    return {"language", "terms"} <= set(value)


def of_document(text: str) -> ImportedTree:
    """Return what a rule document holds."""
    value: dict[str, Any] = json.loads(text)
    tree, rebalance, problems = None, EVERY_SESSION, []
    try:
        rebalance = _rebalance(value.get("rebalance"))
        tree = from_document({key: value[key] for key in value if key not in BESIDE_RULES})
    except (RefusedError, InvalidValueError) as error:
        problems.append(Problem(place="$", block="document", reason=str(error).rstrip(".")))
    terms = value["terms"] if isinstance(value["terms"], list) else []
    kinds = Counter(str(term.get("term")) for term in terms if isinstance(term, dict))
    return ImportedTree(
        name=str(value.get("name", "")),
        tree=tree,
        rebalance=rebalance,
        problems=tuple(problems),
        blocks=tuple(sorted(kinds.items())),
    )


def _rebalance(value: object) -> Rebalance:
    """Return when the document's rules trade.

    Raises:
        RefusedError: When it does not say so as it should.
    """
    if isinstance(value, dict) and set(value) == {"frequency", "threshold"}:
        frequency, threshold = value["frequency"], value["threshold"]
        width = exports.number(threshold) if isinstance(threshold, str) else None
        if isinstance(frequency, str) and (threshold is None or width is not None):
            return rebalanced(frequency, width)
    msg = "its rebalance is a frequency and a threshold: import the symphony anew"
    raise RefusedError(msg)
