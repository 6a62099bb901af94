"""The sessions of a backtest as arrays, prepared once for every section that is about them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from alchemiser.application.backtest_report import BacktestReport
from alchemiser.application.figures import floats
from alchemiser.domain.statistics.returns import returns_of
from alchemiser.domain.values.numbers import Floats, round_significant

Rows = NDArray[np.intp]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """Hold T sessions.

    Attributes:
        days: Their labels, ascending, one at least.
        start: Dollars before the first.
        equity: float64 (T,), dollars at the end of each.
        returns: float64 (T,), 0 after all was lost.
        beside: float64 (T,), returns of the benchmark, 0 where it has none; None without one.
    """

    days: tuple[date, ...]
    start: float
    equity: Floats
    returns: Floats
    beside: Floats | None

    @classmethod
    def of(cls, report: BacktestReport) -> "Past":
        """Return the sessions of `report`."""
        start = float(report.course.start)
        equity = floats(dollars for _, dollars in report.equity)
        beside = report.beside
        return cls(
            days=tuple(day for day, _ in report.equity),
            start=start,
            equity=equity,
            returns=returns_of(np.concatenate([[start], equity])),
            beside=None if beside is None else np.where(np.isfinite(beside), beside, 0.0),
        )

    @property
    def owed(self) -> date | None:
        """Return the first session that ended with debts, or None."""
        return next(
            (day for day, dollars in zip(self.days, self.equity, strict=True) if dollars < 0), None
        )

    def mean_equity(self, rows: Rows) -> float:
        """Return the mean of the dollars at the end of the sessions `rows`."""
        return float(self.equity[rows].mean())

    def years(self) -> dict[int, Rows]:
        """Return the rows of each year, ascending."""
        return grouped([day.year for day in self.days])

    def months(self) -> dict[tuple[int, int], Rows]:
        """Return the rows of each month, ascending."""
        return grouped([(day.year, day.month) for day in self.days])


def grouped(keys: Sequence[K]) -> dict[K, Rows]:
    """Return the rows of each key, in the order of first appearance."""
    rows: dict[K, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    return {key: np.array(found, dtype=np.intp) for key, found in rows.items()}


def compounded(returns: Floats) -> float:
    """Return what `returns`, (T,), come to, a fraction; NaN when one is not known."""
    return rounded(float(np.prod(1 + returns) - 1))


def rounded(value: float) -> float:
    """Return `value` to twelve significant digits."""
    return float(round_significant(np.asarray(value)))


def points(values: Floats) -> tuple[float, ...]:
    """Return `values` of a chart, each to twelve significant digits."""
    numbers: list[float] = round_significant(values).tolist()
    return tuple(numbers)
