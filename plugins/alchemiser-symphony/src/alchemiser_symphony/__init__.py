"""Composer symphonies as strategies: their files are read, checked and turned into rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from alchemiser.plugins import (
    AssetClass,
    RuleStrategy,
    StrategySpec,
    TreeImporter,
    hookimpl,
)
from alchemiser.rules import Thresholds, with_thresholds
from alchemiser_symphony.reading import read

LARGEST_WEIGHTS: Final = dict.fromkeys(AssetClass, Decimal(1))
"""Almost every symphony holds one symbol alone at times, and only the engine knows of which class
a symbol is: so anything may be held whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymphonyParams:
    """Name the symphony, and choose how it is read.

    Attributes:
        file: A symphony in either form, or what `alchemiser symphony import` has made of one;
            relative to the configuration.
        thresholds: Levels of relative strength as they stand in the file, or as far above or below
            each symbol's own mean as they would lie on a walk without drift.
        adaptive_sessions: How many sessions that mean covers, at least 2.
    """

    file: Path = Path("symphony.clj")
    thresholds: Thresholds = "fixed"
    adaptive_sessions: int = 252


def build(params: SymphonyParams) -> RuleStrategy:
    """Return the strategy that the file is.

    Raises:
        ValueError: When it cannot be read, or something in it is refused.
    """
    try:
        content = params.file.read_bytes()
    except OSError as error:
        msg = f"{params.file} cannot be read ({error.strerror}): name a symphony as params.file"
        raise ValueError(msg) from error
    found = read(content)
    if found.tree is None:
        first = found.problems[0]
        msg = (
            f"{params.file} is refused at {first.place}: {first.block}: {first.reason}; "
            f"`alchemiser symphony check {params.file}` shows everything that is"
        )
        raise ValueError(msg)
    tree = with_thresholds(found.tree, params.thresholds, params.adaptive_sessions)
    return RuleStrategy(tree, LARGEST_WEIGHTS, found.rebalance)


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    """Offer the strategy to The Alchemiser."""
    return [
        StrategySpec(
            strategy_id="symphony",
            summary="Holds what a Composer symphony says.",
            params=SymphonyParams,
            build=build,
        )
    ]


@hookimpl
def alchemiser_importers() -> Iterable[TreeImporter]:
    """Offer to read symphonies."""
    return [
        TreeImporter(
            importer_id="symphony",
            summary="Reads Composer symphonies, as s-expressions or JSON.",
            read=read,
        )
    ]
