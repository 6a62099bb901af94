"""The owner's choices of how capital is allocated to books, and weights become shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.portfolio.bands import CostBands, TradingCost
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, ZERO, round_down


class Allocation(StrEnum):
    """What becomes of a book's share of the account once it is funded."""

    DRIFT = "drift"
    """It grows and shrinks with what the book gains and loses."""
    CONSTANT_MIX = "constant_mix"
    """It is brought back to its weight at every decision of its strategy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationSettings:
    """Say what capital books have, and how weights become shares.

    Attributes:
        cash_buffer: Share of each book's equity that stays in cash, in [0, 1).
        drift_band: Smallest change of a held position that is worth an intent, as a share of the
            book's equity, in [0, 1); entries and full exits are exempt.
        cost_bands: Sets the band of each symbol by what trading it costs, or None; where that is
            not known, `drift_band` holds.
        allocation: What becomes of a book's share of the account.
        minimum_transfer: Smallest transfer of a constant mix, dollars, above zero.
    """

    cash_buffer: Decimal = Decimal("0.01")
    drift_band: Decimal = Decimal("0.01")
    cost_bands: CostBands | None = None
    allocation: Allocation = Allocation.DRIFT
    minimum_transfer: Decimal = Decimal(20)

    def band(self, weight: Decimal, quantity: Decimal, cost: TradingCost) -> tuple[Decimal, str]:
        """Return the smallest change worth an intent, and why it is the fixed one, or "".

        Args:
            weight: Wanted share of the book's investable equity.
            quantity: Shares that would be traded, at or above zero.
            cost: What trading them costs.

        Returns:
            A share of the book's equity; and a reason only where costs should have set it.
        """
        if self.cost_bands is None:
            return self.drift_band, ""
        dollar = cost.of(quantity)
        if dollar is None:
            return self.drift_band, f"the fixed band holds: {cost.unknown()}"
        return self.cost_bands.half_width(weight * (ONE - self.cash_buffer), dollar), ""


def raised(
    book: Book,
    marks: Mapping[Symbol, Decimal],
    instruments: Mapping[Symbol, Instrument],
    investable: Decimal,
) -> dict[Symbol, Decimal]:
    """Return what a book that owes money gives of each holding, in shares, when it rests otherwise.

    Of everything its part, so that what it holds keeps its proportions, until it is worth
    `investable` dollars. A book that owes nothing gives nothing.
    """
    if book.cash >= 0:
        return {}
    worth = sum((held * marks[name] for name, held in book.positions.items()), ZERO)
    left = min(investable / worth, ONE) if worth > 0 else ZERO
    return {
        name: round_down(held * left, instruments[name].quantity_increment) - held
        for name, held in book.positions.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Say whether a strategy's book may be traded in this session.

    Attributes:
        due: Whether its rebalancing is due; it trades nothing otherwise, unless it owes money.
        threshold: The book is left alone while it holds exactly the wanted symbols and none of
            their weights is further than this from the wanted one, in [0, 1).
        leaving: Symbols that the book gives up now, whatever its strategy wants.
        trimmed: Symbols of which the book buys nothing more, since somebody else sold of them.
    """

    due: bool = True
    threshold: Decimal = ZERO
    leaving: frozenset[Symbol] = frozenset()
    trimmed: frozenset[Symbol] = frozenset()
