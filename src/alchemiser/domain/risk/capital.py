"""Capital at risk: the most that one session can cost a portfolio which keeps to the limits.

The loss is the largest sum of weight times crash over everything that the limits allow to be held
at once, the crash of each asset class being that of its policy, and all classes falling in the
same session. That is a linear program in the weights, which the simplex method solves exactly.

Whatever is not certain is reckoned to the owner's disadvantage. Any class may be in any sector;
symbols are as many as one likes, so that limits on one symbol, one underlying or one group of
correlated symbols leave the whole as it is; and a leveraged fund may have the multiple that takes
least room under a limit, while its fall is that of its class.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.policy import CLASS_POLICIES
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import CENT, ONE, ZERO, apportion, cents, finite

MULTIPLES: Final[Mapping[AssetClass, tuple[Decimal, ...]]] = MappingProxyType({
    AssetClass.STOCK: (ONE,),
    AssetClass.BROAD_FUND: (ONE,),
    AssetClass.SECTOR_FUND: (ONE,),
    AssetClass.LEVERAGED_FUND: (Decimal("0.5"), Decimal("-0.5"), Decimal(3), Decimal(-3)),
})
"""Signed daily multiples of the underlying between which all symbols of a class lie.

The smallest take least of the gross exposure, the most negative make most room under the net one.
"""

LEAST_MARGIN: Final = Decimal("0.25")
"""The least maintenance margin that any long position requires, as a share of its value.

So an account whose whole equity is margin carries four times its equity: it is the most that can
be held where the owner has set no limit.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLoss:
    """Tell what one asset class adds to the worst loss.

    Attributes:
        asset_class: Which.
        weight: What is held of it then, as a share of equity.
        crash: Its fall in one session, a fraction of its value.
        dollars: The loss, whole cents.
    """

    asset_class: AssetClass
    weight: Decimal
    crash: Decimal
    dollars: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalAtRisk:
    """Tell what one session can cost under the limits in force; all dollars are whole cents.

    Attributes:
        equity: The account's equity, dollars.
        worst: The largest loss when every class falls by its crash at once, dollars.
        share: The same as a share of equity; above one, more is lost than the account has.
        by_class: What each class adds to `worst`; every class, in the order of `AssetClass`.
        total_loss: The loss if the most that may be held fell to zero, dollars; above equity where
            the limits allow to borrow, as the debt remains.
        value_at_risk: The limit on value at risk, dollars; None when there is none.
        expected_shortfall: The limit on expected shortfall, dollars; None when there is none.
        stop_at: The loss of a session at which nothing more is bought, dollars; None when buying
            goes on.
    """

    equity: Decimal
    worst: Decimal
    share: Decimal
    by_class: tuple[ClassLoss, ...]
    total_loss: Decimal
    value_at_risk: Decimal | None
    expected_shortfall: Decimal | None
    stop_at: Decimal | None

    def sentence(self) -> str:
        """Return the statement in plain words."""
        parts = [
            f"{_percent(row.weight)} in {row.asset_class} falling by {_percent(row.crash)}"
            for row in self.by_class
            if row.weight
        ]
        made_of = ", ".join(parts) or "nothing may be held"
        stop = "never" if self.stop_at is None else f"at a loss of {self.stop_at:,.2f}"
        return (
            f"the limits allow at worst a loss of {self.worst:,.2f} dollars in one session, "
            f"{_percent(self.share)} of the equity of {self.equity:,.2f}: {made_of}; should all of "
            f"it fall to nothing, {self.total_loss:,.2f}; the limit on value at risk is "
            f"{_dollars(self.value_at_risk)}, on expected shortfall "
            f"{_dollars(self.expected_shortfall)}; buying stops {stop}"
        )


def capital_at_risk(
    limits: RiskLimits, equity: Decimal, kind: AccountKind = AccountKind.MARGIN
) -> CapitalAtRisk:
    """Return the most that one session can cost a portfolio that keeps to `limits`.

    A limit that is None does not bind; what then remains is what a broker lends at most, and a
    cash account borrows nothing. Limits are kept when something is bought: what has grown beyond
    one since then is not in the figure.

    Args:
        limits: The limits in force.
        equity: The account's equity, dollars, zero or more.
        kind: With whose money the account trades.

    Raises:
        InvalidValueError: When `equity` is negative or not finite.
    """
    if finite(equity, "the account's equity") < 0:
        msg = f"the account owes {-equity} dollars more than it has: pay in before it trades."
        raise InvalidValueError(msg)
    crashes = {cls: CLASS_POLICIES[cls].crash for cls in AssetClass}
    weights = _worst_weights(crashes, limits, kind)
    losses = {cls: weights[cls] * crashes[cls] for cls in AssetClass}
    share = sum(losses.values(), ZERO)
    worst = cents(share * equity)
    claims = [(cls.value, loss) for cls, loss in losses.items()]
    dollars = apportion(worst, claims, CENT) if worst else [ZERO] * len(claims)
    everything = _worst_weights(dict.fromkeys(AssetClass, ONE), limits, kind)
    return CapitalAtRisk(
        equity=equity,
        worst=worst,
        share=share,
        by_class=tuple(
            ClassLoss(asset_class=cls, weight=weights[cls], crash=crashes[cls], dollars=part)
            for cls, part in zip(AssetClass, dollars, strict=True)
        ),
        total_loss=cents(sum(everything.values(), ZERO) * equity),
        value_at_risk=_of(limits.max_var, equity),
        expected_shortfall=_of(limits.max_expected_shortfall, equity),
        stop_at=_of(limits.max_daily_loss, equity),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One thing to hold: funds or shares of one class and one multiple."""

    asset_class: AssetClass
    multiple: Decimal


_COLUMNS: Final = tuple(
    _Column(asset_class=cls, multiple=multiple)
    for cls, multiples in MULTIPLES.items()
    for multiple in multiples
)
_Row = tuple[list[Decimal], Decimal]
"""What each column takes of something, and how much of it there is."""


def _worst_weights(
    falls: Mapping[AssetClass, Decimal], limits: RiskLimits, kind: AccountKind
) -> dict[AssetClass, Decimal]:
    """Return the weights by class that keep to `limits` and lose most."""
    gains = [Fraction(falls[column.asset_class]) for column in _COLUMNS]
    rows = [
        ([Fraction(one) for one in taken], Fraction(max(room, ZERO)))
        for taken, room in _rows(limits, kind)
    ]
    weights = dict.fromkeys(AssetClass, Fraction(0))
    for column, weight in zip(_COLUMNS, _simplex(gains, rows), strict=True):
        weights[column.asset_class] += weight
    return {cls: Decimal(one.numerator) / one.denominator for cls, one in weights.items()}


def _rows(limits: RiskLimits, kind: AccountKind) -> Iterator[_Row]:
    """Yield the limits that the weights have to keep, each as a row of the linear program."""
    yield [ONE for _ in _COLUMNS], _most_held(limits, kind)
    if limits.max_asset_class is not None:
        for cls in AssetClass:
            most = limits.max_asset_class[cls]
            yield [ONE if column.asset_class is cls else ZERO for column in _COLUMNS], most
    through = [abs(column.multiple) for column in _COLUMNS]
    if limits.max_gross_exposure is not None:
        yield through, limits.max_gross_exposure
    if limits.max_sector is not None:
        yield through, sum(limits.max_sector.values(), ZERO)
    if limits.max_net_exposure is not None:
        for sign in (1, -1):
            yield [sign * column.multiple for column in _COLUMNS], limits.max_net_exposure


def _most_held(limits: RiskLimits, kind: AccountKind) -> Decimal:
    """Return the market value of all positions at most, as a share of equity."""
    margin = ONE if limits.max_margin_use is None else min(ONE, limits.max_margin_use)
    lent = margin / LEAST_MARGIN
    most = min(lent, ONE) if kind is AccountKind.CASH else lent
    return most if limits.max_leverage is None else min(most, limits.max_leverage)


def _simplex(
    gains: Sequence[Fraction], rows: Sequence[tuple[Sequence[Fraction], Fraction]]
) -> list[Fraction]:
    """Return the non-negative quantities that gain most without taking more than there is.

    The simplex method of Dantzig in exact fractions. It starts at nothing held, which keeps every
    row, and chooses by Bland's rule (1977), so that it ends. One row must take some of everything.
    """
    count = len(gains)
    table = [
        [*taken, *(Fraction(i == j) for j in range(len(rows))), room]
        for i, (taken, room) in enumerate(rows)
    ]
    costs = [*gains, *(Fraction(0) for _ in rows), Fraction(0)]
    basis = [count + i for i in range(len(rows))]
    while (entering := _first_gain(costs)) is not None:
        ratios = [
            (row[-1] / row[entering], basis[i], i)
            for i, row in enumerate(table)
            if row[entering] > 0
        ]
        leaving = min(ratios)[2]
        pivot = [value / table[leaving][entering] for value in table[leaving]]
        table = [_without(row, pivot, entering) for row in table]
        table[leaving] = pivot
        costs = _without(costs, pivot, entering)
        basis[leaving] = entering
    found = {name: row[-1] for name, row in zip(basis, table, strict=True)}
    return [found.get(j, Fraction(0)) for j in range(count)]


def _first_gain(costs: Sequence[Fraction]) -> int | None:
    return next((j for j, cost in enumerate(costs[:-1]) if cost > 0), None)


def _without(row: Sequence[Fraction], pivot: Sequence[Fraction], entering: int) -> list[Fraction]:
    """Return `row` less the multiple of `pivot` that clears its column `entering`."""
    return [value - row[entering] * one for value, one in zip(row, pivot, strict=True)]


def _of(share: Decimal | None, equity: Decimal) -> Decimal | None:
    return None if share is None else cents(share * equity)


def _percent(share: Decimal) -> str:
    return f"{100 * share:.2f} %"


def _dollars(amount: Decimal | None) -> str:
    return "off" if amount is None else f"{amount:,.2f}"
