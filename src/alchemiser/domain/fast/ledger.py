"""What the books hold while the fast engine runs, session after session."""

from dataclasses import dataclass

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs, Happening
from alchemiser.domain.values.numbers import Floats


@dataclass(slots=True, kw_only=True, eq=False)
class Ledger:
    """Hold cash and shares of every book, and what has become of each session.

    Attributes:
        inputs: What is run.
        cash: float64 (B,), dollars.
        shares: float64 (B, N).
        house: Dollars that belong to no book.
        owed: Dollars of dividends that books count already and the account has not been paid.
        last: The row at which the last of these is paid.
        due: float64 (T + 1,), dollars that are paid at each row; those of the last one never.
        begun: float64 (T,), dollars that the account has as a session begins, NaN where these are
            those after the one before.
        held: float64 (T, B, N), shares after each session.
        money: float64 (T, B), dollars of cash after each session.
        apart: float64 (2, T), `house` and `owed` after each session.
        limited: Row and code of every limit that bound.
    """

    inputs: FastInputs
    cash: Floats
    shares: Floats
    house: float
    owed: float
    last: int
    due: Floats
    begun: Floats
    held: Floats
    money: Floats
    apart: Floats
    limited: list[tuple[int, str]]

    @classmethod
    def begin(cls, inputs: FastInputs) -> "Ledger":
        """Return the books before the first session."""
        books, rows, columns = inputs.weights.shape
        return cls(
            inputs=inputs,
            cash=inputs.capital.astype(np.float64),
            shares=np.zeros((books, columns)),
            house=inputs.idle,
            owed=0.0,
            last=-1,
            due=np.zeros(rows + 1),
            begun=np.full(rows, np.nan),
            held=np.empty((rows, books, columns)),
            money=np.empty((rows, books)),
            apart=np.empty((2, rows)),
            limited=[],
        )

    def money_of_account(self) -> float:
        """Return the dollars of cash that the account has."""
        return float(np.add.reduce(self.cash)) + self.house - self.owed

    def open(self, row: int) -> None:
        """Book what happens as the session of `row` (0-based) begins.

        A debt costs interest, shares are split, and dividends are counted and paid.
        """
        if self.inputs.interest is not None:
            self.house -= max(-self.money_of_account(), 0.0) * float(self.inputs.interest[row])
        happening = self.inputs.happenings.get(row)
        if happening is not None:
            self._happen(row, happening)
        if self.last >= 0:
            # Without what rounding leaves, once nothing is owed any more.
            self.owed = self.owed - float(self.due[row]) if row < self.last else 0.0
            self.last = self.last if row < self.last else -1
        self.begun[row] = self.money_of_account()

    def _happen(self, row: int, happening: Happening) -> None:
        income = self.shares * happening.income
        self.cash += np.add.reduce(income, axis=1)
        self.shares *= happening.ratio
        dollars = np.add.reduce(income, axis=0)
        paid = np.minimum(happening.paid, len(self.begun))
        late = np.where(paid > row, dollars, 0.0)
        self.owed += float(np.add.reduce(late))
        np.add.at(self.due, paid, late)
        self.last = max(self.last, int(np.max(paid, where=late > 0, initial=-1)))

    def keep(self, row: int) -> None:
        """Take down the session of `row` (0-based) as it stands."""
        self.held[row] = self.shares
        self.money[row] = self.cash
        self.apart[:, row] = self.house, self.owed

    def back_to(self, row: int) -> None:
        """Stand where the session of `row` begins; nothing was owed or paid since it was begun."""
        self.cash = self.money[row - 1].copy()
        self.shares = self.held[row - 1].copy()
        self.open(row)

    def before(self, row: int, end: int, begun: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Return shares (R, N) and dollars (R,) of the only book as each of these rows begins.

        Args:
            row: The first of them.
            end: The one after the last.
            begun: Dollars (1,) and shares (1, N) as the first of them begins.
        """
        cash, shares = begun
        held = np.concatenate((shares, self.held[row : end - 1, 0]))
        return held, np.concatenate((cash, self.money[row : end - 1, 0]))
