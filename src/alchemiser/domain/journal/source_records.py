"""What is recorded of a second source of market data."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.market.bars import BarsReference
from alchemiser.domain.market.comparison import Difference
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.portfolio.dissent import Dissent
from alchemiser.domain.values.identifiers import Symbol


class Missing(StrEnum):
    """Which of two sources could not be read, so that the other alone was decided on."""

    NONE = "none"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesCompared:
    """Two sources were declared, and a decision rests on them.

    Attributes:
        first: What the first source is made of.
        second: What the second is made of.
        missing: Which of them could not be read; then `InputsTaken` is of the other alone.
        reason: Why, or "".
        bars: Where the second's closed bars stand, or None when they are not kept or missing.
        provisional: Price of each symbol's bar for the session itself on the second, dollars.
        quotes: The second's own quotes; without any, the first's prices made that bar.
        tolerance: How far apart two prices may lie, as a fraction of the larger.
        weight_tolerance: How far apart two weights of one symbol may lie.
        differences: Where the two differ; when nowhere, the first alone was decided on.
    """

    first: SourceFacts
    second: SourceFacts
    missing: Missing
    reason: str
    bars: BarsReference | None
    provisional: tuple[tuple[Symbol, Decimal], ...]
    quotes: tuple[Quote, ...]
    tolerance: Decimal
    weight_tolerance: Decimal
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumMissed:
    """A strategy's book stays as it is, since two sources lead to different decisions."""

    dissent: Dissent


SourceRecord = SourcesCompared | QuorumMissed
SOURCE_RECORDS: Final[tuple[type, ...]] = (SourcesCompared, QuorumMissed)
