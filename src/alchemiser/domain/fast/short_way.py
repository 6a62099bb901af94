"""Sessions of one book that follow its weights, without asking about limits: a few steps each."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs
from alchemiser.domain.fast.ledger import Ledger
from alchemiser.domain.fast.step import ALMOST
from alchemiser.domain.values.numbers import Floats, Mask

_Day = tuple[bool, Floats, Floats, Floats, Floats, Floats | None, Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShortWay:
    """Follow the weights of `inputs`; `decided`, bool (T,), is where there are any."""

    inputs: FastInputs
    decided: Mask

    @classmethod
    def of(cls, inputs: FastInputs) -> "ShortWay | None":
        """Return the short way through `inputs`, or None where there is none."""
        if len(inputs.capital) > 1 or inputs.thresholds is not None:
            return None
        decided: Mask = np.logical_and.reduce(np.isfinite(inputs.weights[0]), axis=1)
        return cls(inputs=inputs, decided=decided)

    def walk(self, ledger: Ledger, row: int, end: int) -> None:
        """Run the sessions from `row` up to `end`, whatever the limits say."""
        rules = self.inputs.rules
        banded = bool(rules.drift_band or rules.minimum_trade)
        cash, shares = float(ledger.cash[0]), ledger.shares[0]
        moved, money = np.empty_like(shares), []
        for decided, price, goal, paid, cost, impact, after in self._days(ledger, row, end):
            if decided:
                worth = cash + float(shares.dot(price))
                np.multiply(goal, worth if worth > 0 else 0.0, after)
                if rules.whole:
                    np.floor(after, after)
                np.subtract(after, shares, moved)
                if banded:
                    band = rules.drift_band * worth if cash >= 0 else 0.0
                    stays = self._stays(moved * price, shares, goal, after, band)
                    np.copyto(after, shares, where=stays)
                    moved[stays] = 0.0
                cash -= float(moved.dot(paid))
                np.abs(moved, moved)
                cash -= float(moved.dot(cost))
                if impact is not None:
                    np.multiply(moved, price, moved)
                    cash -= float(impact.dot(np.sqrt(moved) * moved))
            else:
                after[:] = shares
            shares = after
            money.append(cash)
        ledger.money[row:end, 0] = money
        ledger.cash, ledger.shares = np.array([cash]), shares[None].copy()

    def _days(self, ledger: Ledger, row: int, end: int) -> Iterable[_Day]:
        """Yield the sessions.

        Whether each is decided, and (N,) each: the price, the shares that a dollar of worth is to
        buy, what a share is paid with, what every share traded costs besides, its impact, the
        shares after it.
        """
        inputs, rules, rows = self.inputs, self.inputs.rules, slice(row, end)
        prices, buy, sell = inputs.prices[rows], inputs.costs.buy[rows], inputs.costs.sell[rows]
        # Half of what both sides cost is paid on every share; the rest makes the price another.
        same = buy is sell or inputs.costs.buy is inputs.costs.sell
        costs, paid = (buy, prices) if same else ((buy + sell) / 2, prices + (buy - sell) / 2)
        part = (1.0 - rules.cash_buffer) * (1.0 + ALMOST if rules.whole else 1.0)
        goals = inputs.weights[0, rows] * part / prices
        decided, after = self.decided[rows].tolist(), ledger.held[rows, 0]
        impact = inputs.costs.impact
        moving = [None] * len(decided) if impact is None else impact[rows]
        return zip(decided, prices, goals, paid, costs, moving, after, strict=True)

    def _stays(
        self, dollars: Floats, shares: Floats, goal: Floats, after: Floats, band: float
    ) -> Mask:
        """Return where a change of so many dollars is not worth an order."""
        least, dollars = self.inputs.rules.minimum_trade, np.abs(dollars)
        drifting = (shares > 0) & (goal > 0)
        small = dollars < np.where(drifting, max(band, least), least)
        # What leaves the account altogether does so however little it is, unless it only drifts.
        stays: Mask = small & ((after > 0) | (drifting & (dollars < band)))
        return stays
