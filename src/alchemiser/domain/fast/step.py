"""One session of the fast engine by all the rules: bands, crossings, smallest orders and limits."""

from dataclasses import dataclass, field

import numpy as np

from alchemiser.domain.fast.inputs import FastInputs, Rules
from alchemiser.domain.fast.kernel.values import A_SHARE, ALMOST, EDGE
from alchemiser.domain.fast.ledger import Ledger
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.numbers import Floats, Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """Hold the market of one session.

    Attributes:
        prices: float64 (N,), dollars, the last known ones where there is none.
        priced: bool (N,), where there is a price.
        buy: float64 (N,), dollars that buying one share costs.
        sell: float64 (N,), the same of selling one.
        impact: float64 (N,), dollars per power 3/2 of the dollars traded, or None.
        fee: The part of `sell`, dollars a share, that ends at `fee_most` dollars an order.
        fee_most: The same.
    """

    prices: Floats
    priced: Mask
    buy: Floats
    sell: Floats
    impact: Floats | None
    fee: float = 0.0
    fee_most: float = 0.0

    def cost_of(self, shares: Floats) -> Floats:
        """Return what trading `shares`, negative where they are sold, costs in dollars.

        Outside of the closing auction.
        """
        cost = np.where(shares > 0, shares * self.buy, -shares * self.sell)
        if self.impact is not None:
            cost += self.impact * powered(np.abs(shares * self.prices))
        return cost - self.beyond(shares) if self.fee else cost

    def beyond(self, shares: Floats) -> Floats:
        """Return the dollars beyond the cap of a fee, which no order for `shares` pays."""
        beyond: Floats = np.maximum(-shares * self.fee - self.fee_most, 0.0)
        return beyond


def powered(dollars: Floats) -> Floats:
    """Return the power 3/2, by correctly rounded operations only."""
    powered: Floats = np.sqrt(dollars) * dollars
    return powered


def trade(ledger: Ledger, inputs: FastInputs, row: int, session: Session) -> Floats | None:
    """Let the books trade in the session of `row` (0-based), and pay for it.

    Returns:
        The shares that trade in its closing auction, (N,), or None where there is none.
    """
    rules = inputs.rules
    worth = ledger.cash + np.add.reduce(ledger.shares * session.prices, axis=1)
    weights = inputs.weights[:, row]
    if inputs.thresholds is not None:
        weights = _due(ledger, weights, worth, session, rules, inputs.thresholds)
    wanted, bands = _wanted(ledger, weights, worth, session, rules)
    if inputs.rests is not None:
        owing = inputs.rests[:, row] & (ledger.cash < 0)
        wanted[owing] = _raised(ledger, worth, session, rules)[owing]
    net = wanted.sum(axis=0)
    if rules.whole:
        net = np.trunc(net * (1.0 + ALMOST))
    net[_is_dust(net, wanted, bands, ledger, session, rules)] = 0.0
    equity = float(worth.sum()) + ledger.house - ledger.owed
    cash = ledger.money_of_account()
    net, bound = _limited(net, ledger.shares.sum(axis=0), equity, cash, session, inputs)
    if bound:
        # What a limit leaves of an order may not be worth one.
        net[_is_dust(net, wanted, bands, ledger, session, rules)] = 0.0
        ledger.limited += [(row, code.value) for code in bound]
    auction = inputs.costs.auction
    if auction is None:
        _book(ledger, wanted, net, session, session.cost_of(net))
        return None
    taken = auction.taken(row, net, session.prices, cash, rules.reserve)
    waiting = np.where(net > 0, taken, -taken)
    each = np.where(net > 0, auction.buy[row], auction.sell[row])
    there = taken * each - session.beyond(waiting)
    _book(ledger, wanted, net, session, session.cost_of(net - waiting) + there)
    return taken


def part_of(rules: Rules) -> float:
    """Return the share of equity that is invested; a little more where shares are whole."""
    return (1.0 - rules.cash_buffer) * (1.0 + ALMOST if rules.whole else 1.0)


def _due(
    ledger: Ledger,
    weights: Floats,
    worth: Floats,
    session: Session,
    rules: Rules,
    thresholds: Floats,
) -> Floats:
    """Return `weights` without those of books that are near enough to them."""
    investable = np.maximum(worth, 0.0)[:, None] * (1.0 - rules.cash_buffer)
    same = ((ledger.shares > 0) == (weights > 0)).all(axis=1)
    off = np.abs(ledger.shares * session.prices - weights * investable)
    near = (off * EDGE <= thresholds[:, None] * investable).all(axis=1)
    rests = (thresholds > 0) & same & near & (ledger.cash >= 0)
    return np.where(rests[:, None], np.nan, weights)


def _wanted(
    ledger: Ledger, weights: Floats, worth: Floats, session: Session, rules: Rules
) -> tuple[Floats, Floats]:
    """Return the shares that each book wants, and the dollars of its drift bands, (B, N) both."""
    held = ledger.shares > 0
    priced = (session.priced | ~(held | (weights > 0))).all(axis=1, keepdims=True)
    acts: Mask = np.logical_and.reduce(np.isfinite(weights), axis=1, keepdims=True) & priced
    goal = np.where(acts, weights, 0.0)
    shares = goal * part_of(rules) / session.prices * np.maximum(worth, 0.0)[:, None]
    if rules.whole:
        np.floor(shares, shares)
    wanted = np.where(acts, shares - ledger.shares, 0.0)
    drifting = held & (goal > 0) & (ledger.cash >= 0)[:, None]
    bands = np.where(drifting, rules.drift_band * worth[:, None], 0.0)
    wanted[np.abs(wanted) * session.prices < bands * EDGE] = 0.0
    wanted[np.abs(wanted) < A_SHARE] = 0.0
    return wanted, bands


def _raised(ledger: Ledger, worth: Floats, session: Session, rules: Rules) -> Floats:
    """Return what books give of everything, (B, N), until they are worth what they may invest."""
    investable = np.maximum(worth, 0.0) * (1.0 - rules.cash_buffer)
    holdings = worth - ledger.cash
    left = np.divide(investable, holdings, out=np.zeros_like(worth), where=holdings > 0)
    kept = whole_shares(ledger.shares * np.minimum(left, 1.0)[:, None], whole=rules.whole)
    return np.where(session.priced, kept - ledger.shares, 0.0)


def whole_shares(shares: Floats, *, whole: bool) -> Floats:
    """Return `shares`, rounded down to whole ones where only these are traded."""
    return np.floor(shares * (1.0 + ALMOST)) if whole else shares


def _is_dust(
    net: Floats, wanted: Floats, bands: Floats, ledger: Ledger, session: Session, rules: Rules
) -> Mask:
    """Return where a change is not worth an order; what leaves the account altogether is."""
    claims = wanted * np.sign(net) > 0
    least = np.where(claims, bands, np.inf).min(axis=0, initial=np.inf)
    smallest = np.maximum(rules.minimum_trade, np.where(np.isfinite(least), least, 0.0))
    leaves = (net < 0) & (np.abs(net + ledger.shares.sum(axis=0)) < A_SHARE)
    small = np.abs(net) * session.prices < smallest * EDGE
    dust: Mask = small & ~leaves
    return dust


def _limited(
    net: Floats, held: Floats, equity: float, cash: float, session: Session, inputs: FastInputs
) -> tuple[Floats, list[RiskCode]]:
    """Return the changes with buys cut to the limits, and what has bound."""
    bounds, reserve = inputs.bounds, inputs.rules.reserve
    sells = np.minimum(net, 0.0)
    sold = -float(np.add.reduce(sells * session.prices))
    buys = _Buys(
        dollars=np.maximum(net, 0.0) * session.prices,
        prices=session.prices,
        whole=inputs.rules.whole,
        equity=equity - reserve * sold,
        reserve=reserve,
    )
    at_worst = np.full_like(session.prices, 1.0 + reserve)
    if bounds.turnover is not None:
        buys.fit(RiskCode.MAX_TURNOVER, at_worst, bounds.turnover, sold * (1.0 - reserve))
    kept = (held + sells) * session.prices
    if bounds.position is not None:
        buys.fit_each(bounds.position, kept)
    used = np.add.reduce(bounds.factors * kept, axis=1) if bounds.codes else bounds.most
    for code, factors, most, taken in zip(
        bounds.codes, bounds.factors, bounds.most.tolist(), used.tolist(), strict=True
    ):
        buys.fit(code, factors, most, taken)
    buys.fit_money(at_worst, cash + sold * (1.0 - reserve))
    if not buys.bound:
        return net, []
    bought = buys.dollars / session.prices
    return sells + (np.rint(bought) if inputs.rules.whole else bought), buys.bound


@dataclass(slots=True, kw_only=True, eq=False)
class _Buys:
    """Cut what is to be bought to the limits.

    Attributes:
        dollars: float64 (N,), what is to be spent on each symbol.
        prices: float64 (N,).
        whole: Whether only whole shares are bought.
        equity: Dollars, once the sells have cost the most they may.
        reserve: The most that buying a dollar's worth may cost.
        bound: What has cut something.
    """

    dollars: Floats
    prices: Floats
    whole: bool
    equity: float
    reserve: float
    bound: list[RiskCode] = field(default_factory=list)

    def _worth(self) -> float:
        return self.equity - self.reserve * float(self.dollars.sum())

    def fit(self, code: RiskCode, each: Floats, most: float, used: float) -> None:
        """Cut by one factor what takes from a share `most` of equity, of which dollars are used."""
        self._scale(code, each, most * self._worth() - used)

    def fit_money(self, each: Floats, money: float) -> None:
        """Cut everything by one factor to what there is to spend."""
        self._scale(RiskCode.BUYING_POWER, each, money)

    def fit_each(self, most: Floats, kept: Floats) -> None:
        """Cut each symbol to its own share `most` of equity, (N,), beside what is kept of it."""
        room = np.maximum(most * self._worth() - kept, 0.0)
        if (self.dollars > room * (1.0 + ALMOST)).any():
            self._cut(RiskCode.MAX_POSITION, np.minimum(self.dollars, room))

    def _scale(self, code: RiskCode, each: Floats, room: float) -> None:
        asked = float(np.add.reduce(each * self.dollars))
        if asked > max(room, 0.0) * (1.0 + ALMOST):
            self._cut(code, self.dollars * np.where(each != 0, max(room, 0.0) / asked, 1.0))

    def _cut(self, code: RiskCode, dollars: Floats) -> None:
        self.dollars = whole_shares(dollars / self.prices, whole=self.whole) * self.prices
        self.bound.append(code)


def _book(ledger: Ledger, wanted: Floats, net: Floats, session: Session, cost: Floats) -> None:
    """Share out what is traded to the books that wanted it, and what they trade with each other.

    What it costs, (N,) dollars, is shared as it is.
    """
    side = np.sign(net)
    claims = np.where(wanted * side > 0, np.abs(wanted), 0.0)
    buys, sells = np.maximum(wanted, 0.0), np.maximum(-wanted, 0.0)
    crossed = np.minimum(buys.sum(axis=0), sells.sum(axis=0))
    moved = _shared(crossed, buys) - _shared(crossed, sells)
    left = np.maximum(claims - np.abs(moved), 0.0)
    moved += _shared(np.abs(net), left) * side
    ledger.shares += moved
    ledger.shares[np.abs(ledger.shares) < A_SHARE] = 0.0
    paid = np.add.reduce(_shared(cost, left), axis=1)
    ledger.cash -= np.add.reduce(moved * session.prices, axis=1) + paid


def _shared(total: Floats, claims: Floats) -> Floats:
    """Return `total` (N,) shared out in proportion to `claims` (B, N)."""
    whole = claims.sum(axis=0)
    part = np.divide(claims, whole, out=np.zeros_like(claims), where=whole > 0)
    # Where nobody claims anything, there may be no price either.
    shared: Floats = np.multiply(part, total, out=np.zeros_like(claims), where=whole > 0)
    return shared
