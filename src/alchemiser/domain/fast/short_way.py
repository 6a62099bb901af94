"""Sessions of one book that follow its weights, without asking about limits: a few steps each."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs
from alchemiser.domain.fast.kernel.values import A_SHARE, ALMOST, EDGE
from alchemiser.domain.fast.ledger import Ledger
from alchemiser.domain.fast.step import part_of, powered
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
        simple = len(inputs.capital) == 1 and inputs.thresholds is None
        if not simple or inputs.costs.auction is not None:
            return None
        decided: Mask = np.logical_and.reduce(np.isfinite(inputs.weights[0]), axis=1)
        return cls(inputs=inputs, decided=decided)

    def walk(self, ledger: Ledger, row: int, end: int) -> None:
        """Run the sessions from `row` up to `end`, whatever the limits say."""
        rules = self.inputs.rules
        whole, reduce = rules.whole, np.add.reduce
        banded = bool(rules.drift_band or rules.minimum_trade)
        # A split may leave parts of a share where only whole ones are traded.
        parted = whole and bool(self.inputs.happenings)
        cash, shares = float(ledger.cash[0]), ledger.shares[0]
        worth_each, moved, dollars = (np.empty_like(shares) for _ in range(3))
        money = []
        for decided, price, goal, buy, sell, impact, after in self._days(ledger, row, end):
            if decided:
                worth = cash + float(reduce(np.multiply(shares, price, worth_each)))
                np.multiply(goal, worth if worth > 0 else 0.0, after)
                if whole:
                    np.floor(after, after)
                np.subtract(after, shares, moved)
                if parted:
                    np.trunc(moved * (1.0 + ALMOST), moved)
                if banded:
                    band = rules.drift_band * worth * EDGE if cash >= 0 else 0.0
                    moved[self._stays(moved, price, shares, goal, band)] = 0.0
                if banded or parted or not whole:
                    _apply(moved, shares, after)
                paid = float(reduce(np.multiply(moved, price, dollars)))
                each = buy if buy is sell else np.where(moved > 0, buy, sell)
                cash -= paid + float(reduce(_cost(moved, each, dollars, impact)))
            else:
                after[:] = shares
            shares = after
            money.append(cash)
        ledger.money[row:end, 0] = money
        ledger.cash, ledger.shares = np.array([cash]), shares[None].copy()

    def _days(self, ledger: Ledger, row: int, end: int) -> Iterable[_Day]:
        """Yield the sessions.

        Whether each is decided, and (N,) each: the price, the shares that a dollar of worth is to
        buy, what buying and selling a share costs, the impact, the shares after it.
        """
        inputs, rows = self.inputs, slice(row, end)
        prices, costs = inputs.prices[rows], inputs.costs
        buy = list(costs.buy[rows])
        sell = buy if costs.buy is costs.sell else costs.sell[rows]
        goals = inputs.weights[0, rows] * part_of(inputs.rules) / prices
        decided, after = self.decided[rows].tolist(), ledger.held[rows, 0]
        impact = costs.impact
        moving = [None] * len(decided) if impact is None else impact[rows]
        return zip(decided, prices, goals, buy, sell, moving, after, strict=True)

    def _stays(
        self, moved: Floats, price: Floats, shares: Floats, goal: Floats, band: float
    ) -> Mask:
        """Return where a change is not worth an order."""
        least, dollars = self.inputs.rules.minimum_trade * EDGE, np.abs(moved) * price
        drifting = (shares > 0) & (goal > 0)
        small = dollars < np.where(drifting, max(band, least), least)
        # What leaves the account altogether does so however little it is, unless it only drifts.
        stays: Mask = small & (
            (np.abs(moved + shares) >= A_SHARE) | (moved >= 0) | (drifting & (dollars < band))
        )
        return stays


def _cost(moved: Floats, each: Floats, dollars: Floats, impact: Floats | None) -> Floats:
    """Return what trades cost, (N,); it takes the place of `moved`, and `dollars` are used up."""
    cost = np.multiply(np.abs(moved, moved), each, moved)
    if impact is not None:
        cost += impact * powered(np.abs(dollars, dollars))
    return cost


def _apply(moved: Floats, shares: Floats, after: Floats) -> None:
    """Leave less than a part of a share out of what is `moved`, and fill `after` with the rest."""
    np.copyto(moved, 0.0, where=np.abs(moved) < A_SHARE)
    np.add(shares, moved, after)
    np.copyto(after, 0.0, where=after < A_SHARE)
