"""What the fast engine works on, and what it answers: arrays over sessions, books and symbols."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from alchemiser.domain.fast.auction import Auction
from alchemiser.domain.fast.kernel.values import Rows
from alchemiser.domain.fast.limits import NO_LIMITS, Bounds
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CappedFee:
    """Say which part of the cost of selling a share ends at so much an order; float64.

    Attributes:
        per_share: (T,) dollars a share sold.
        most: (T,) dollars an order, at most.
    """

    per_share: Floats
    most: Floats

    def beyond(self, sold: Floats) -> Floats:
        """Return the dollars beyond the cap, which no order pays, of shares sold, (T, N) both."""
        beyond: Floats = np.maximum(sold * self.per_share[:, None] - self.most[:, None], 0.0)
        return beyond

    def between(self, first: int, end: int) -> "CappedFee":
        """Return the fee of the sessions from row `first` up to `end`."""
        return CappedFee(per_share=self.per_share[first:end], most=self.most[first:end])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Costs:
    """Price trades beside the prices that they are decided on; float64, dollars.

    Attributes:
        buy: (T, N) what buying one share costs.
        sell: (T, N) what selling one share costs, however many are sold.
        capped: The part of `sell` that no order pays beyond its cap, or None.
        impact: (T, N) what a trade of one dollar costs besides, in dollars: the cost of a trade
            grows with the power 3/2 of its dollars; or None.
        auction: What trades in the closing auction instead, or None where nothing does.
    """

    buy: Floats
    sell: Floats
    capped: CappedFee | None = None
    impact: Floats | None = None
    auction: Auction | None = None

    def between(self, first: int, end: int) -> "Costs":
        """Return the costs of the sessions from row `first` up to `end`."""
        return Costs(
            buy=self.buy[first:end],
            sell=self.sell[first:end],
            capped=None if self.capped is None else self.capped.between(first, end),
            impact=None if self.impact is None else self.impact[first:end],
            auction=None if self.auction is None else self.auction.between(first, end),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Happening:
    """Tell what becomes of the shares held as a session begins, before it is traded.

    Attributes:
        ratio: float64 (N,), shares after the splits of that day for one before.
        income: float64 (N,), dollars of dividends for one share held before the splits.
        paid: int64 (N,), the row (0-based) of the session at which `income` arrives, that of the
            happening or a later one; beyond the last: not while sessions are run.
    """

    ratio: Floats
    income: Floats
    paid: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Say how weights become trades, as in `portfolio.allocation` and `planning.planner`.

    Attributes:
        cash_buffer: Share of each book's equity that stays in cash, in [0, 1).
        drift_band: Smallest change of a held position, as a share of its book's equity, in [0, 1);
            entries and full exits are exempt.
        minimum_trade: Smallest order in dollars, at or above zero; full exits are exempt.
        whole: Whether only whole shares are traded; else any fraction.
        reserve: How much worse than its price a trade is taken to be when money is set aside for
            it, a fraction at or above zero.
    """

    cash_buffer: float = 0.01
    drift_band: float = 0.01
    minimum_trade: float = 5.0
    whole: bool = False
    reserve: float = 0.005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FastInputs:
    """Hold the sessions to run.

    Attributes:
        prices: float64 (T, N), dollars, above zero; what is decided and traded on; NaN where a
            symbol has no price.
        weights: float64 (B, T, N): what each of B books wants, shares of its investable equity;
            a book whose row holds a NaN is left alone in that session.
        capital: float64 (B,), dollars that each book begins with.
        idle: Dollars that belong to no book; they pay what a debt of the account costs.
        costs: What trades cost.
        rules: How weights become trades.
        rests: bool (B, T), or None: where a book is left alone although its strategy decides, since
            it is not its turn; one that owes money raises it all the same.
        thresholds: float64 (B,), or None: a book is left alone while it holds exactly what it wants
            and nothing is further than this from its weight; zero always trades.
        bounds: What the whole portfolio may not exceed.
        happenings: Splits and dividends by the row (0-based) of their session.
        interest: float64 (T,), what a dollar of debt of the account costs when a session begins, at
            or above zero; or None: nothing.
    """

    prices: Floats
    weights: Floats
    capital: Floats
    costs: Costs
    idle: float = 0.0
    rules: Rules = field(default_factory=Rules)
    rests: Mask | None = None
    thresholds: Floats | None = None
    bounds: Bounds = NO_LIMITS
    happenings: Mapping[int, Happening] = field(default_factory=dict)
    interest: Floats | None = None

    def splits(self) -> Floats:
        """Return how many shares one of before the first session has become, (T, N)."""
        factors = np.ones_like(self.prices)
        for row, happening in self.happenings.items():
            factors[row:] *= happening.ratio
        return factors

    def __post_init__(self) -> None:
        rows, columns = self.prices.shape
        books = len(self.capital)
        if self.weights.shape != (books, rows, columns):
            msg = f"weights have shape {self.weights.shape}, not {(books, rows, columns)}."
            raise InvalidValueError(msg)
        for name in ("buy", "sell", "impact"):
            array = getattr(self.costs, name)
            if array is not None and array.shape != (rows, columns):
                msg = f"costs of {name} have shape {array.shape}, not {(rows, columns)}."
                raise InvalidValueError(msg)
        self._check_account(rows)
        self._check_capped(rows)
        if not rows:
            msg = "there is no session to run."
            raise InvalidValueError(msg)
        if (self.prices <= 0).any():
            msg = "prices must be above zero, or NaN where there is none."
            raise InvalidValueError(msg)

    def _check_capped(self, rows: int) -> None:
        capped = self.costs.capped
        if capped is not None and not capped.per_share.shape == capped.most.shape == (rows,):
            msg = f"the capped fee must have a rate and a cap for each of {rows} sessions."
            raise InvalidValueError(msg)

    def _check_account(self, rows: int) -> None:
        if not all(0 < row < rows for row in self.happenings):
            msg = "what happens to shares must happen after the first of the sessions."
            raise InvalidValueError(msg)
        if any((one.paid < row).any() for row, one in self.happenings.items()):
            msg = "a dividend cannot be paid before its ex-day."
            raise InvalidValueError(msg)
        if self.interest is not None and self.interest.shape != (rows,):
            msg = f"interest has shape {self.interest.shape}, not {(rows,)}."
            raise InvalidValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FastRun:
    """Tell how the sessions went; float64, after the trades of each session.

    Attributes:
        equity: (T,) dollars, cash and all positions at the session's prices, the last known ones
            where there is none.
        cash: (T,) dollars that the account has: of all books and the house, less what is owed.
        house: (T,) dollars that belong to no book.
        owed: (T,) dollars of dividends that books count and the account has not been paid.
        positions: (T, B, N), shares of each book.
        books: (T, B) dollars of equity of each book.
        traded: (T,) dollars bought and sold at the session's prices.
        costs: (T,) dollars that trading has cost.
        orders: int64 (T,), symbols traded.
        limited: Row and code of every limit that bound, in the order of the rows.
        auctioned: (T, N) how many of the shares traded traded in the closing auction, or None
            where there was none.
    """

    equity: Floats
    cash: Floats
    house: Floats
    owed: Floats
    positions: Floats
    books: Floats
    traded: Floats
    costs: Floats
    orders: Rows
    limited: tuple[tuple[int, str], ...]
    auctioned: Floats | None = None

    def moved(self, splits: Floats) -> Floats:
        """Return the shares that all books together traded, negative where sold, (T, N).

        `splits` are those of the inputs: what a split adds is not traded.
        """
        shares = self.positions.sum(axis=1) / splits
        traded: Floats = np.diff(shares, axis=0, prepend=np.zeros_like(shares[:1])) * splits
        return traded
