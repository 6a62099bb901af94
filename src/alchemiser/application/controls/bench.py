"""A small account on a quiet afternoon, in which nothing is wrong: a control's own fault is all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import CENT, SHARE, round_up
from alchemiser.domain.values.session import Session

ACCOUNT: Final = AccountId("CONTROLS")
DAY: Final = date(2024, 8, 5)
OPEN: Final = datetime(2024, 8, 5, 13, 30, tzinfo=UTC)
CLOSE: Final = datetime(2024, 8, 5, 20, 0, tzinfo=UTC)
NOW: Final = CLOSE - timedelta(minutes=15)
EQUITY: Final = Decimal(1_000_000)
PRICE: Final = Decimal(100)
"""The middle of every quote, dollars."""
A_FEW: Final = Decimal("0.01")
"""Shares of an order that offends nobody: a dollar's worth."""
ONE_SHARE: Final = Decimal(1)
OF_CLASS: Final[Mapping[AssetClass, Symbol]] = {
    AssetClass.STOCK: Symbol("STK"),
    AssetClass.BROAD_FUND: Symbol("BRD"),
    AssetClass.SECTOR_FUND: Symbol("SEC"),
    AssetClass.LEVERAGED_FUND: Symbol("LEV"),
}
WHOLE: Final = Symbol("WHL")
"""Comes in whole shares."""
SHUT: Final = Symbol("SHT")
"""Is not traded."""
LISTED: Final = Symbol("LST")
"""Is on the restricted list."""
STRANGE: Final = Symbol("UNK")
"""Is not known."""
LEVERAGE: Final = Decimal(3)


def quote(name: Symbol, *, bid: Decimal = PRICE - CENT, ask: Decimal = PRICE + CENT) -> Quote:
    """Return a quote of this moment."""
    return Quote(symbol=name, bid=bid, ask=ask, last=PRICE, at=NOW)


def an_order(
    name: Symbol, quantity: Decimal = A_FEW, *, price: Decimal = PRICE, side: Side = Side.BUY
) -> NewOrderSingle:
    """Return an order at the middle of the quote."""
    slot = cl_ord_id(account=ACCOUNT, session=DAY, name=name, buy=side is Side.BUY, attempt=1)
    return NewOrderSingle(cl_ord_id=slot, symbol=name, side=side, order_qty=quantity, price=price)


def shares_above(fraction: Decimal) -> Decimal:
    """Return the fewest shares that are worth more than a fraction of equity."""
    return round_up(fraction * EQUITY / PRICE, SHARE) + Decimal(1)


@dataclass(frozen=True, slots=True)
class Afternoon:
    """Hold the world in which orders are tried under the owner's limits."""

    limits: RiskLimits

    def context(self) -> RiskContext:
        """Return the world without a fault."""
        names = (*OF_CLASS.values(), WHOLE, SHUT, LISTED)
        return RiskContext(
            now=NOW,
            state=TradingState.ACTIVE,
            session=Session(day=DAY, open_at=OPEN, close_at=CLOSE),
            account=self.account(),
            cash=EQUITY,
            quotes={name: quote(name) for name in (*names, STRANGE)},
            instruments={one.symbol: one for one in _instruments()},
            limits=replace(self.limits, restricted=self.limits.restricted | {LISTED}),
        )

    def account(self, **held: Decimal) -> AccountSnapshot:
        """Return an account of a million dollars that holds shares of some symbols besides."""
        positions = tuple(
            Position(symbol=Symbol(name), quantity=held[name]) for name in sorted(held)
        )
        return AccountSnapshot(
            account=ACCOUNT,
            cash=EQUITY,
            equity=EQUITY,
            buying_power=EQUITY,
            positions=positions,
            at=NOW,
        )

    def holding(self, name: Symbol, quantity: Decimal) -> RiskContext:
        """Return the world in which so many shares are held."""
        return replace(self.context(), account=self.account(**{name: quantity}))

    def after_orders(self, count: int) -> RiskContext:
        """Return the world in which so many orders were sent this session."""
        sent = frozenset(ClOrdId(f"alc-CONTRO-20240805-BRD-b{n}-0") for n in range(count))
        return replace(self.context(), sent=sent)


def _instruments() -> tuple[Instrument, ...]:
    by_class = (
        Instrument(
            symbol=name,
            asset_class=kind,
            leverage=LEVERAGE if kind is AssetClass.LEVERAGED_FUND else Decimal(1),
        )
        for kind, name in OF_CLASS.items()
    )
    return (
        *by_class,
        Instrument(symbol=WHOLE, quantity_increment=Decimal(1)),
        Instrument(symbol=SHUT, tradable=False),
        Instrument(symbol=LISTED),
    )
