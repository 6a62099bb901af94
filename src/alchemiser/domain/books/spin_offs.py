"""What only a person can tell of a spin-off: how the cost is divided, and what it came beside.

A company tells its owners weeks later, on Form 8937, which part of the cost of its shares goes
over to the new ones (26 U.S.C. 358(c)); since when they are held they take over (1223(1)).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from alchemiser.domain.books.history import Exchange, Movement
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol


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


def with_basis(movements: Iterable[Movement], told: Sequence[SpinOff]) -> Iterator[Movement]:
    """Yield `movements`, the spin-offs among them as they were `told`."""
    by_name = {one.symbol: one for one in told}
    for movement in movements:
        if not isinstance(movement, Exchange) or movement.given or len(movement.received) != 1:
            yield movement
            continue
        ((name, _),) = movement.received
        spin_off = by_name.get(name)
        if spin_off is None or movement.kept not in {None, spin_off.kept}:
            yield movement
        else:
            yield replace(movement, kept=spin_off.kept, basis=spin_off.basis)
