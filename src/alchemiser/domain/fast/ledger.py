"""What the books hold while the fast engine runs, session after session."""

from dataclasses import dataclass

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs
from alchemiser.domain.values.numbers import Floats


@dataclass(slots=True, kw_only=True, eq=False)
class Ledger:
    """Hold cash and shares of every book, and what has become of each session.

    Attributes:
        cash: float64 (B,), dollars.
        shares: float64 (B, N).
        held: float64 (T, B, N), shares after each session.
        money: float64 (T, B), dollars of cash after each session.
        limited: Row and code of every limit that bound.
    """

    cash: Floats
    shares: Floats
    held: Floats
    money: Floats
    limited: list[tuple[int, str]]

    @classmethod
    def begin(cls, inputs: FastInputs) -> "Ledger":
        """Return the books before the first session."""
        books, rows, columns = inputs.weights.shape
        return cls(
            cash=inputs.capital.astype(np.float64),
            shares=np.zeros((books, columns)),
            held=np.empty((rows, books, columns)),
            money=np.empty((rows, books)),
            limited=[],
        )

    def keep(self, row: int) -> None:
        """Take down the session of `row` (0-based) as it stands."""
        self.held[row] = self.shares
        self.money[row] = self.cash

    def back_to(self, row: int, inputs: FastInputs) -> None:
        """Stand where the session of `row` begins: what has happened since the last is booked."""
        self.cash = (inputs.capital if row == 0 else self.money[row - 1]).astype(np.float64)
        self.shares = np.zeros_like(self.shares) if row == 0 else self.held[row - 1].copy()
        happening = inputs.happenings.get(row)
        if happening is not None:
            self.cash += self.shares @ happening.income
            self.shares *= happening.ratio

    def before(self, row: int, end: int, inputs: FastInputs) -> tuple[Floats, Floats]:
        """Return shares (R, N) and dollars (R,) of the only book, and idle, before these rows.

        Something may have happened before the first of them only.
        """
        held, cash = (
            self.held[max(row - 1, 0) : end - 1, 0],
            self.money[max(row - 1, 0) : end - 1, 0],
        )
        if row == 0:
            held = np.concatenate((np.zeros((1, held.shape[1])), held))
            cash = np.concatenate((inputs.capital[:1], cash))
        elif row in inputs.happenings:
            happening, (first,) = inputs.happenings[row], held[:1]
            held = np.concatenate(((first * happening.ratio)[None], held[1:]))
            cash = np.concatenate((cash[:1] + first @ happening.income, cash[1:]))
        return held, cash + inputs.idle
