"""A second source of market data: beside the first, and in its place when that is declared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.bars_store import BarsStorePort
from alchemiser.ports.errors import PortError
from alchemiser.ports.market_data import MarketDataPort

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumPolicy:
    """Say when two sources agree, and what follows when one of them cannot be read.

    Attributes:
        tolerance: How far apart two prices may lie, as a fraction of the larger, in [0, 1).
        weight_tolerance: How far apart two weights of one symbol may lie, in [0, 1].
        second_alone: Whether the second alone is decided on when the first cannot be read.
        first_alone: Whether the first alone is decided on when the second cannot be read.
    """

    tolerance: Decimal = Decimal("0.005")
    weight_tolerance: Decimal = Decimal("0.01")
    second_alone: bool = False
    first_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSource:
    """Hold the second source and what it is compared by.

    Attributes:
        market: Its bars and quotes.
        facts: What they are made of.
        first: What the first source's are made of.
        policy: What the owner has declared.
        bars_store: Where its bars are kept as they were decided on, apart from the first's.
        leading: The source that is decided on: an engine's `market`.
    """

    market: MarketDataPort
    facts: SourceFacts
    first: SourceFacts
    policy: QuorumPolicy
    bars_store: BarsStorePort
    leading: "LeadingMarket"


def check_consistent(first: SourceFacts, second: SourceFacts) -> None:
    """Prove that two sources can be compared.

    Raises:
        SettingsError: When they are the same, adjusted otherwise, or of other sessions.
    """
    if first == second:
        msg = (
            f"[data.secondary] is the source of [data], {first.sentence()}: name another, or "
            "remove the table."
        )
        raise SettingsError(msg)
    for what in ("adjustment", "calendar"):
        one, other = getattr(first, what), getattr(second, what)
        if one != other:
            msg = (
                f"[data.secondary] has the {what} {other}, and [data] has {one}, so that they "
                "cannot be compared: name a source with the same."
            )
            raise SettingsError(msg)


class LeadingMarket:
    """Serve the first of two sources, or from its first failure on the second, if declared.

    A MarketDataPort. It asks one of them, never both: what is compared is asked for besides.
    """

    def __init__(self, first: MarketDataPort, second: MarketDataPort, policy: QuorumPolicy) -> None:
        self._first = first
        self._second = second
        self._policy = policy
        self.failure = ""
        """Why the second source is asked, or "" as long as the first is."""

    def begin(self) -> None:
        """Ask the first source again: a decision begins."""
        self.failure = ""

    def check(self) -> None:
        """Prove both sources; one that may be missing may be missing.

        Raises:
            PortError: When one that is needed breaks its contract or cannot be reached.
        """
        try:
            self._first.check()
        except PortError:
            if not self._policy.second_alone:
                raise
            self._second.check()
            return
        try:
            self._second.check()
        except PortError:
            if not self._policy.first_alone:
                raise

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return closed bars up to `through`; the errors are those of the source."""
        return self._ask(lambda market: market.bars(symbols, through=through))

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the latest quotes; the errors are those of the source."""
        return self._ask(lambda market: market.quotes(symbols, at=at))

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return splits and dividends; the errors are those of the source."""
        return self._ask(lambda market: market.corporate_actions(symbols, first=first, last=last))

    def _ask(self, question: Callable[[MarketDataPort], Answer]) -> Answer:
        if not self.failure:
            try:
                return question(self._first)
            except PortError as error:
                if not self._policy.second_alone:
                    raise
                self.failure = str(error) or type(error).__name__
        return question(self._second)
