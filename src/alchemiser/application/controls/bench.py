"""A small account on a quiet afternoon, in which nothing is wrong: a control's own fault is all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.application.controls.past import quiet_past
from alchemiser.application.controls.switches import SWITCHES, only, without
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountKind, AccountSnapshot, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import RiskHistory, SentOrder
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, TradingState
from alchemiser.domain.values.identifiers import AccountId, ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, round_up
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
BROAD: Final = OF_CLASS[AssetClass.BROAD_FUND]
STOCK: Final = OF_CLASS[AssetClass.STOCK]
LEVERAGED: Final = OF_CLASS[AssetClass.LEVERAGED_FUND]
WHOLE: Final = Symbol("WHL")
"""Comes in whole shares."""
SHUT: Final = Symbol("SHT")
"""Is not traded."""
LISTED: Final = Symbol("LST")
"""Is on the restricted list."""
STRANGE: Final = Symbol("UNK")
"""Is not known."""
OTHER: Final = Symbol("OTH")
"""Is known only where a case says what it is."""
LEVERAGE: Final = Decimal(3)
_KNOWN: Final = (*OF_CLASS.values(), WHOLE, SHUT, LISTED)
_OURS: Final = frozenset({*_KNOWN, STRANGE, OTHER})

Case = tuple[str, NewOrderSingle, RiskContext]
"""What sets it apart from others of its control, an order, and the world in which it is tried."""


def quote(name: Symbol, *, bid: Decimal = PRICE - CENT, ask: Decimal = PRICE + CENT) -> Quote:
    """Return a quote of this moment."""
    return Quote(symbol=name, bid=bid, ask=ask, last=PRICE, at=NOW)


def an_order(
    name: Symbol, quantity: Decimal = A_FEW, *, price: Decimal = PRICE, side: Side = Side.BUY
) -> NewOrderSingle:
    """Return an order at the middle of the quote."""
    slot = cl_ord_id(account=ACCOUNT, session=DAY, name=name, buy=side is Side.BUY, attempt=1)
    return NewOrderSingle(cl_ord_id=slot, symbol=name, side=side, order_qty=quantity, price=price)


def earlier(order: NewOrderSingle, number: int = 0) -> NewOrderSingle:
    """Return an order of the same kind that had a slot of its own before."""
    slot = ClOrdId(f"{order.cl_ord_id}-{number}")
    return replace(order, cl_ord_id=slot)


def shares_above(fraction: Decimal) -> Decimal:
    """Return the fewest shares and one more that are worth more than a fraction of equity."""
    return round_up(fraction * EQUITY / PRICE, SHARE) + ONE_SHARE


def sent_orders(
    name: Symbol, count: int, *, at: datetime = OPEN, alike: bool = False
) -> dict[ClOrdId, SentOrder]:
    """Return buys that have come to nothing, each for a cent's worth more unless all are alike."""
    orders: dict[ClOrdId, SentOrder] = {}
    for number in range(count):
        one = earlier(an_order(name, A_FEW if alike else A_FEW * (number + 2)), number)
        orders[one.cl_ord_id] = SentOrder(order=one, at=at, worth=ZERO)
    return orders


def filled(*orders: NewOrderSingle) -> dict[ClOrdId, SentOrder]:
    """Return orders of this session that have filled."""
    return {
        one.cl_ord_id: SentOrder(order=one, at=OPEN, worth=one.notional())
        for one in (earlier(order, number) for number, order in enumerate(orders))
    }


@dataclass(frozen=True, slots=True)
class Afternoon:
    """Hold the world in which orders are tried under limits of which none is off."""

    limits: RiskLimits
    past: RiskHistory = field(init=False)

    def __post_init__(self) -> None:
        past = quiet_past(DAY, (*_KNOWN, STRANGE), self.limits)
        object.__setattr__(self, "past", past)

    def context(self) -> RiskContext:
        """Return the world without a fault."""
        limits = without(self.limits, _OURS)
        return RiskContext(
            now=NOW,
            state=TradingState.ACTIVE,
            session=Session(day=DAY, open_at=OPEN, close_at=CLOSE),
            account=an_account(),
            cash=EQUITY,
            quotes={name: quote(name) for name in (*_KNOWN, STRANGE)},
            instruments={one.symbol: one for one in _instruments()},
            limits=replace(limits, restricted=limits.restricted | {LISTED}),
            history=self.past,
        )

    def only(self, *codes: RiskCode) -> RiskContext:
        """Return the world in which, of all limits that can be off, those of `codes` are on."""
        sound = self.context()
        return replace(sound, limits=only(sound.limits, frozenset(codes)))

    def most(self, code: RiskCode) -> Decimal:
        """Return the limit of a control that has a single number."""
        return Decimal(getattr(self.limits, SWITCHES[code]))


def an_account(**held: Decimal) -> AccountSnapshot:
    """Return an account of a million dollars that holds shares of some symbols besides."""
    positions = tuple(Position(symbol=Symbol(name), quantity=held[name]) for name in sorted(held))
    return AccountSnapshot(
        account=ACCOUNT,
        cash=EQUITY,
        equity=EQUITY,
        buying_power=EQUITY,
        positions=positions,
        at=NOW,
    )


def holding(context: RiskContext, name: Symbol, quantity: Decimal = ONE_SHARE) -> RiskContext:
    """Return the world in which so many shares are held, and nothing else."""
    return replace(context, account=an_account(**{name: quantity}))


def in_cash(context: RiskContext) -> RiskContext:
    """Return the world in which nothing is lent to the account, so that no day trade counts."""
    account = context.account or an_account()
    return replace(context, account=replace(account, kind=AccountKind.CASH))


def forgetful(context: RiskContext) -> Iterator[tuple[str, RiskContext]]:
    """Yield the worlds in which markets, and the past altogether, are not known."""
    if context.history is not None:
        markets_lost = replace(context.history, markets=None)
        yield "markets_unknown", replace(context, history=markets_lost)
    yield "history_unknown", replace(in_cash(context), history=None)


def unpriced(context: RiskContext) -> RiskContext:
    """Return the world in which a share is held that has no price."""
    return replace(holding(context, STOCK, A_FEW), quotes={BROAD: quote(BROAD)})


def known_as(context: RiskContext, one: Instrument) -> RiskContext:
    """Return the world in which reference data say `one` of its symbol, and it has a quote."""
    return replace(
        context,
        instruments={**context.instruments, one.symbol: one},
        quotes={**context.quotes, one.symbol: quote(one.symbol)},
    )


def alongside(context: RiskContext, name: Symbol) -> RiskContext:
    """Return the world in which `OTHER` is of the same kind as `name`."""
    return known_as(context, replace(context.instruments[name], symbol=OTHER))


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
        Instrument(symbol=SHUT, status=ListingStatus.NOT_TRADABLE),
        Instrument(symbol=LISTED),
    )


Maker = Callable[[Afternoon], Iterator[Case]]
"""Yields the cases of one control."""
