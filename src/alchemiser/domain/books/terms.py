"""What only a person can tell of a reorganisation: how cost is divided, and what shares are worth.

A company tells its owners weeks later, on Form 8937, which part of the cost of its shares goes
over to those of a spin-off (26 U.S.C. 358(c)), and what the shares of a merger are worth (356).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from alchemiser.domain.books.history import Exchange, Movement
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import positive


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinOff:
    """Say what the shares of a spin-off have cost.

    Attributes:
        symbol: The shares that were given.
        kept: The shares that they were given beside.
        basis: Which part of the cost of `kept` goes over to them, from 0 to 1.
    """

    symbol: Symbol
    kept: Symbol
    basis: Decimal

    def __post_init__(self) -> None:
        if self.symbol == self.kept:
            msg = f"{self.symbol} cannot be spun off from itself: name the share it came beside."
            raise InvalidValueError(msg)
        if not 0 <= self.basis <= 1:
            msg = f"the part of the cost of {self.kept} that goes to {self.symbol} is 0 to 1."
            raise InvalidValueError(msg)

    def applied(self, exchange: Exchange) -> Exchange:
        """Return `exchange` as it was told, where it is this spin-off."""
        names = [name for name, _ in exchange.received]
        if exchange.given or names != [self.symbol] or exchange.kept not in {None, self.kept}:
            return exchange
        return replace(exchange, kept=self.kept, basis=self.basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """Say what the shares are worth that a merger gives beside cash.

    Attributes:
        symbol: The shares that go.
        value: Dollars for each share that comes, above zero.
    """

    symbol: Symbol
    value: Decimal

    def __post_init__(self) -> None:
        positive(self.value, f"what a share is worth that came for {self.symbol}")

    def applied(self, exchange: Exchange) -> Exchange:
        """Return `exchange` as it was told, where it is this merger."""
        names = [name for name, _ in exchange.given]
        return replace(exchange, value=self.value) if names == [self.symbol] else exchange


Terms = Sequence[SpinOff | Merger]


def with_terms(movements: Iterable[Movement], told: Terms) -> Iterator[Movement]:
    """Yield `movements`, the reorganisations among them as they were `told`."""
    for movement in movements:
        known = movement
        if isinstance(known, Exchange):
            for one in told:
                known = one.applied(known)
        yield known
