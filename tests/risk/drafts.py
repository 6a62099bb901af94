"""A world while it is drawn: everything may still be changed, so that one limit binds."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountKind, AccountSnapshot, Position
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Anchors, Execution, RiskHistory, SentOrder
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import BookId, ClOrdId, Symbol, cl_ord_id
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.session import Session
from alchemiser.testing.builders import ACCOUNT
from alchemiser.testing.fakes import regular_session
from tests.risk.draws import Draws
from tests.risk.pasts import PATHS, UNIVERSE, WHOLE_SHARES, WORTH, past

CENT: Final = Decimal("0.01")
DAYS: Final = (
    date(2024, 8, 5),
    date(2024, 8, 5),
    date(2024, 8, 5),
    date(2026, 7, 6),
    date(2027, 11, 1),
)
"""Under the old rule on day trades, while brokers change over, and under the new one."""
Wish = tuple[Symbol, bool, Decimal]


@cache
def sessions_up_to(day: date) -> tuple[date, ...]:
    """Return 64 weekdays that end with `day`."""
    days = (day - timedelta(days=back) for back in range(90))
    weekdays = [one for one in days if one.isoweekday() < 6]
    return tuple(reversed(weekdays[:64]))


def slot(day: date, name: Symbol, *, buy: bool, attempt: int = 1) -> ClOrdId:
    """Return the name of an order slot of the account."""
    return cl_ord_id(account=ACCOUNT, session=day, name=name, buy=buy, attempt=attempt)


@dataclass(kw_only=True)
class Draft:
    """Hold a world in the making; `wishes` are symbol, whether to buy, and shares."""

    draws: Draws
    day: date
    now: datetime
    equity: Decimal
    markets: MarketHistory | None
    session: Session | None
    names: list[Symbol]
    instruments: dict[Symbol, Instrument]
    quotes: dict[Symbol, Quote]
    limits: dict[str, object]
    kind: AccountKind = AccountKind.MARGIN
    held: dict[Symbol, Decimal] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    open: list[NewOrderSingle] = field(default_factory=list)
    reserved: set[ClOrdId] = field(default_factory=set)
    sent: dict[ClOrdId, SentOrder] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    anchors: Anchors = field(default_factory=Anchors)
    unreconciled: set[Symbol] = field(default_factory=set)
    state: TradingState = TradingState.ACTIVE
    cash: Decimal = Decimal(0)
    books_cash: Decimal | None = None
    power: Decimal = Decimal(0)
    settled: Decimal | None = None
    unsettled: Decimal = Decimal(0)
    maintenance: Decimal | None = None
    blocked: bool = False
    account_known: bool = True
    history_known: bool = True
    any_hour: bool = False
    shift: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    """What orders that go to the last gate at once are off by: shares and dollars."""
    spot: Symbol | None = None
    """The symbol that something was done to."""

    def mid(self, name: Symbol) -> Decimal:
        """Return the middle of the quote of `name`, or about what it is worth."""
        quote = self.quotes.get(name)
        return Decimal(str(WORTH[name])) if quote is None else quote.mid()

    def shares(self, name: Symbol, weight: Decimal) -> Decimal:
        """Return how many shares are `weight` of equity, at the increment of `name`."""
        return self._whole(name, weight * max(self.equity, Decimal(1000)) / self.mid(name))

    def bought(self) -> Symbol:
        """Return a symbol that is to be bought; one is added when there is none."""
        buys = [name for name, buy, _ in self.wishes if buy]
        if buys:
            self.spot = self.draws.one_of(buys)
            return self.spot
        wished = {name for name, _, _ in self.wishes}
        free = [name for name in self.names if name not in wished] or self.names
        self.spot = self.draws.one_of(free)
        self.wish(self.spot, weight=self.draws.number(0.05, 0.3))
        return self.spot

    def wish(self, name: Symbol, *, buy: bool = True, weight: Decimal) -> None:
        """Wish for one trade in `name`, instead of what was wished there."""
        quantity = self.shares(name, weight) or self.shares(name, Decimal(2))
        self.wishes = [one for one in self.wishes if one[0] != name]
        if quantity:
            self.wishes.append((name, buy, quantity))

    def quantity(self, name: Symbol) -> Decimal:
        """Return the shares wished of `name`, or some."""
        found = [quantity for wished, _, quantity in self.wishes if wished == name]
        return found[0] if found else Decimal(3)

    def order(
        self, name: Symbol, quantity: Decimal, *, buy: bool, attempt: int = 2
    ) -> NewOrderSingle:
        """Return an order of ours at about what `name` is worth."""
        return NewOrderSingle(
            cl_ord_id=slot(self.day, name, buy=buy, attempt=attempt),
            symbol=name,
            side=Side.BUY if buy else Side.SELL,
            order_qty=quantity,
            price=max(self.mid(name).quantize(CENT), CENT),
        )

    def send(self, order: NewOrderSingle, ago: float, *, left: str) -> None:
        """Let `order` have been sent `ago` seconds before: "open", "filled" or "dead"."""
        at = self.now - timedelta(seconds=ago)
        worth = Decimal(0) if left == "dead" else order.notional()
        filled = worth if left == "filled" else Decimal(0)
        self.sent[order.cl_ord_id] = SentOrder(order=order, at=at, worth=worth, filled=filled)
        if left == "open":
            self.open.append(order)
            if self.draws.chance(0.5):
                self.reserved.add(order.cl_ord_id)

    def requote(self, name: Symbol, **changes: object) -> None:
        """Change the quote of `name` where there is one."""
        if name in self.quotes:
            self.quotes[name] = replace(self.quotes[name], **changes)  # type: ignore[arg-type]

    def context(self) -> RiskContext:
        """Return the world as the checks see it."""
        return RiskContext(
            now=self.now,
            state=self.state,
            session=self.session,
            account=self._account() if self.account_known else None,
            cash=self.books_cash,
            quotes=self.quotes,
            instruments=self.instruments,
            limits=RiskLimits(**self.limits),  # type: ignore[arg-type]
            history=self._history() if self.history_known else None,
            open_orders=tuple(self.open),
            sent=self.sent,
            reserved=frozenset(self.reserved),
            any_hour=self.any_hour,
        )

    def net(self) -> tuple[NetIntent, ...]:
        """Return the wishes as those of one or two books, in whole increments."""
        return tuple(
            NetIntent(symbol=name, buy=buy, claims=self._claims(whole))
            for name, buy, quantity in sorted(self.wishes)
            if (whole := self._whole(name, quantity))
        )

    def _whole(self, name: Symbol, quantity: Decimal) -> Decimal:
        instrument = self.instruments.get(name)
        step = Decimal(1) if instrument is None else instrument.quantity_increment
        return (quantity / step).to_integral_value("ROUND_DOWN") * step

    def _claims(self, quantity: Decimal) -> tuple[tuple[BookId, Decimal], ...]:
        third = (quantity / 3).quantize(Decimal("1e-9"), "ROUND_DOWN")
        if not third or self.draws.chance(0.5):
            return ((BookId("klm"), quantity),)
        return ((BookId("klm"), third), (BookId("tecl"), quantity - third))

    def _account(self) -> AccountSnapshot:
        return AccountSnapshot(
            account=ACCOUNT,
            cash=self.cash,
            equity=self.equity,
            buying_power=self.power,
            blocked=self.blocked,
            positions=tuple(
                Position(symbol=name, quantity=self.held[name]) for name in sorted(self.held)
            ),
            kind=self.kind,
            settled_cash=self.settled,
            maintenance_margin=self.maintenance,
            at=self.now,
        )

    def _history(self) -> RiskHistory:
        return RiskHistory(
            sessions=sessions_up_to(self.day),
            anchors=self.anchors,
            executions=tuple(self.executions),
            unsettled=self.unsettled,
            markets=self.markets,
            unreconciled=frozenset(self.unreconciled),
        )


def drafted(draws: Draws) -> Draft:
    """Return a sound world: some positions, some wishes, and no limit yet."""
    day = draws.one_of(DAYS)
    session = regular_session(day)
    chosen = draws.some_of(range(len(UNIVERSE)), draws.count(4, 7))
    rows = [(WHOLE_SHARES if draws.chance(0.3) else UNIVERSE)[place] for place in chosen]
    now = session.close_at - timedelta(minutes=15)
    draft = Draft(
        draws=draws,
        day=day,
        now=now,
        equity=Decimal(0),
        markets=past(draws.count(0, PATHS - 1)),
        session=session,
        names=[row.symbol for row in rows],
        instruments={row.symbol: row for row in rows},
        quotes={row.symbol: _quoted(row.symbol, draws, now) for row in rows},
        limits={},
        kind=draws.one_of((AccountKind.MARGIN, AccountKind.CASH)),
    )
    _fund(draft)
    _wish(draft)
    return draft


def _quoted(name: Symbol, draws: Draws, now: datetime) -> Quote:
    middle = Decimal(round(WORTH[name] * (0.8 + 0.4 * draws.unit()), 2)).quantize(CENT)
    half = max((middle * draws.number(0, 0.002, 5)).quantize(CENT), CENT)
    at = now - timedelta(seconds=draws.count(0, 20))
    return Quote(symbol=name, bid=middle - half, ask=middle + half, last=middle, at=at)


def _fund(draft: Draft) -> None:
    """Split equity into positions and cash."""
    draws = draft.draws
    draft.equity = draws.magnitude(3_000, 1_000_000, 2)
    cash = draft.equity
    for name in draws.some_of(draft.names, draws.count(0, 3)):
        quantity = draft.shares(name, draws.number(0.02, 0.3))
        if quantity:
            draft.held[name] = quantity
            cash -= quantity * draft.mid(name)
    draft.cash = cash.quantize(CENT, "ROUND_DOWN")
    draft.books_cash = draft.cash
    if draws.chance(0.3):
        draft.books_cash -= draws.number(0, 100, 2)
    margin = draft.kind is AccountKind.MARGIN
    spendable = draft.cash + draft.equity / 2 if margin else draft.cash
    draft.power = max(spendable, Decimal(0)).quantize(CENT, "ROUND_DOWN")
    draft.maintenance = draft.equity / 4 if draws.chance(0.7) else None
    if draws.chance(0.5):
        draft.settled = draft.cash
    if draws.chance(0.3):
        anchor = draft.equity * draws.number(0.97, 1.03)
        draft.anchors = Anchors(last_close=anchor, peak=max(anchor, draft.equity))


def _wish(draft: Draft) -> None:
    draws = draft.draws
    for name in draws.some_of(draft.names, draws.count(1, 4)):
        held = draft.held.get(name)
        if held is None or draws.chance(0.4):
            draft.wish(name, weight=draws.number(0.01, 0.3))
        elif draws.chance(0.5):
            draft.wishes.append((name, False, held))
        else:
            part = draft.shares(name, draws.number(0.01, 0.3))
            if part:
                draft.wishes.append((name, False, min(part, held)))
