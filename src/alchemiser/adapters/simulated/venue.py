"""What happens at the venue: orders enter, meet quotes, fill and end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.simulated.corporate import perform
from alchemiser.adapters.simulated.draws import uniforms
from alchemiser.adapters.simulated.store import Store
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.market_rules import day_trades, proceeds
from alchemiser.domain.market_rules.day_trades import NO_DAY_TRADES, DayTrades, Execution
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import (
    BUY,
    Accepted,
    NewOrderSingle,
    Rejected,
    SubmitOutcome,
)
from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.frozen import maker
from alchemiser.domain.values.identifiers import AccountId, OrderId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO
from alchemiser.domain.values.session import Session
from alchemiser.domain.venue_model.account import VenueAccount
from alchemiser.domain.venue_model.admission import Admission, RejectCode, Standing, refusal
from alchemiser.domain.venue_model.auction import auction_fill
from alchemiser.domain.venue_model.history import executable, executed
from alchemiser.domain.venue_model.matching import Market, ScheduledFill, fill_schedule
from alchemiser.domain.venue_model.order import VenueOrder
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.ports.reference import ReferencePort

LiquidityOf = Callable[[Symbol, date], Liquidity]
"""Tells how liquid a symbol is known to be as a session begins."""

_UNKNOWN: Final = Liquidity()
_BLANK: Final = Standing()
_new_acceptance: Final = maker(Accepted)
_new_admission: Final = maker(Admission)
_new_market: Final = maker(Market)
_new_order: Final = maker(VenueOrder)
_LOOK_BACK: Final = timedelta(days=max(day_trades.LOOK_BACK_DAYS, proceeds.LOOK_BACK_DAYS))


def unknown_liquidity(name: Symbol, day: date) -> Liquidity:
    """Return that nothing is known, so that what the settings assume holds."""
    del name, day
    return _UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Venue:
    """Work the orders of one account; whatever it decides is written to the store at once.

    Attributes:
        account_id: Whose orders.
        market: Gives the quotes that orders meet.
        calendar: Tells when orders are taken and when they expire.
        reference: Tells what is tradable and in which quantities.
        settings: What trading costs and how long it takes.
        seed: The venue's chance.
        price_increment: Smallest step of a price, dollars; stands above the instrument's own.
        liquidity: Tells how liquid a symbol is known to be as a session begins.
    """

    account_id: AccountId
    market: MarketDataPort
    calendar: CalendarPort
    reference: ReferencePort
    settings: VenueSettings
    seed: int
    price_increment: Decimal
    liquidity: LiquidityOf
    _instruments: dict[Symbol, Instrument] = field(init=False, default_factory=dict)

    def advance(self, store: Store, now: datetime) -> None:
        """Do everything that is due up to `now` (UTC): fills in order of time, then actions.

        What is open at the end of a session ends there, so that no action meets an open order.
        """
        moving = store.moving(now, self.settings.match_interval)
        if moving:
            self._fill(store, moving, now)
        through = store.actions_through()
        if through is None or through < now.astimezone(UTC).date():
            perform(store, self.market, self._opened(now), self.settings)

    def _fill(self, store: Store, moving: Iterable[VenueOrder], now: datetime) -> None:
        moves = [(order, self._as_of(order, now)) for order in moving]
        changed = [(before, after) for before, after in moves if after is not before]
        if not changed:
            return
        fills = [
            (fill.at, after.entry, after.order, fill)
            for before, after in changed
            for fill in after.fills[len(before.fills) :]
        ]
        fills.sort(key=lambda one: one[:2])
        store.save_account(store.account().traded((order, fill) for _, _, order, fill in fills))
        for _, after in changed:
            store.save_order(after)

    def enter(self, store: Store, order: NewOrderSingle, now: datetime) -> SubmitOutcome:
        """Take `order` at `now` (UTC) and let it meet the quote, or say why not.

        The same order again is answered as the first time; one of the same name with other
        contents is refused.
        """
        known = store.order(order.cl_ord_id)
        if known is not None:
            return _answer_again(order, known)
        # Regular hours of the exchange lie within one UTC day, so its date is the session's label.
        session = self.calendar.session(now.date())
        if session is None or not session.is_open(now):
            return _refused(RejectCode.MARKET_CLOSED, f"the market is closed at {now.isoformat()}")
        taken = self._taken(order, session, number=store.next_entry(), now=now)
        if taken.is_locked(now, self.settings.close_cutoff):
            text = f"orders for the closing auction are not taken any more at {now.isoformat()}"
            return _refused(RejectCode.CLOSE_CUTOFF, text)
        quote = self._quote(order.symbol, now)
        account, open_orders = store.account(), store.open_orders()
        standing = self._standing(store, order, session.day)
        if standing.day_trades.completes():
            account = self.marked(account, now)
            deficit = self.maintenance(account, session.day) - account.equity()
            standing = replace(standing, deficit=deficit)
        admission = _new_admission(
            instrument=self._instrument(order.symbol),
            quote=quote,
            account=account,
            open_orders=open_orders,
            settings=self.settings,
            standing=standing,
        )
        refused = refusal(order, admission)
        if refused is not None:
            return refused
        entered = taken if order.is_on_close() else self._met(taken, quote, now)
        store.save_order(entered)
        return _new_acceptance(report=entered.acknowledgement())

    def _opened(self, now: datetime) -> date:
        """Return the latest day whose session has opened by `now`, or that has none."""
        day = now.astimezone(UTC).date()
        session = self.calendar.session(day)
        return day if session is None or session.open_at <= now else day - timedelta(days=1)

    def marked(self, account: VenueAccount, now: datetime) -> VenueAccount:
        """Return `account` marked at the middles of the quotes at `now` (UTC)."""
        if not account.positions:
            return account
        return account.marked(self.market.quotes(sorted(account.positions), at=now))

    def unsettled(self, store: Store, day: date) -> Decimal:
        """Return the dollars of past sales that are not money yet on `day`."""
        sold = store.sales(day - _LOOK_BACK)
        if not sold:
            return ZERO
        return proceeds.unsettled_proceeds(day, sold, self._sessions(sold[0][0], day))

    def maintenance(self, account: VenueAccount, day: date) -> Decimal:
        """Return the equity that the positions of `account` require on `day`, dollars."""
        known, asked = self._instruments, self._instrument
        leverages = {name: (known.get(name) or asked(name)).leverage for name in account.positions}
        return account.maintenance(day, leverages)

    def _standing(self, store: Store, order: NewOrderSingle, day: date) -> Standing:
        """Return how the account stands, as far as it can matter to `order`, the deficit apart."""
        needs_cash = order.side is BUY and self.settings.kind is AccountKind.CASH
        trades = self._day_trades(store, order, day)
        if not needs_cash and not trades.completes():
            return _BLANK
        return Standing(
            unsettled=self.unsettled(store, day) if needs_cash else ZERO,
            regime=self.settings.regime(day),
            day_trades=trades,
        )

    def _day_trades(self, store: Store, order: NewOrderSingle, day: date) -> DayTrades:
        """Count day trades; what is of other symbols or sessions only where one is completed."""
        own = [one for one in store.open_orders() if one.order.symbol == order.symbol]
        traded = store.trades_in(day, order.symbol)
        if not (own or traded):
            return NO_DAY_TRADES
        count = _counted(executed(traded), own, order, day)
        if not count.completes():
            return count
        done = executed(store.trades(day - _LOOK_BACK))
        if done:
            done = day_trades.looked_back_at(done, self._sessions(done[0].session, day))
        return _counted(done, store.open_orders(), order, day)

    def _sessions(self, first: date, last: date) -> list[date]:
        return [one.day for one in self.calendar.sessions(first, last)]

    def _taken(
        self, order: NewOrderSingle, session: Session, *, number: int, now: datetime
    ) -> VenueOrder:
        return _new_order(
            entry=number,
            order_id=OrderId(f"{self.account_id}-{number}"),
            order=order,
            session=session.day,
            entered_at=now,
            closes_at=session.close_at,
        )

    def _as_of(self, order: VenueOrder, now: datetime) -> VenueOrder:
        interval = self.settings.match_interval
        while (at := order.next_match_at(interval)) is not None and at <= now:
            order = self._met(order, self._quote(order.order.symbol, at), at)
        return order.as_of(now)

    def _met(self, order: VenueOrder, quote: Quote | None, at: datetime) -> VenueOrder:
        return order.matched(at, () if quote is None else self._schedule(order, quote))

    def _schedule(self, order: VenueOrder, quote: Quote) -> tuple[ScheduledFill, ...]:
        asked = order.order
        instrument = self._instrument(asked.symbol)
        draws = uniforms(self.seed, asked.cl_ord_id, order.matches)
        if asked.is_on_close():
            return auction_fill(asked, quote, instrument, self.settings, draws[0])
        leaves = order.unmatched_qty()
        moves_price = self.settings.impact.coefficient
        known = self.liquidity(asked.symbol, order.session) if moves_price else _UNKNOWN
        market = _new_market(quote=quote, instrument=instrument, liquidity=known)
        return fill_schedule(asked, leaves, market, self.settings, draws)

    def _quote(self, name: Symbol, at: datetime) -> Quote | None:
        quotes = self.market.quotes((name,), at=at)
        return quotes[0] if quotes else None

    def _instrument(self, name: Symbol) -> Instrument:
        known = self._instruments.get(name)
        if known is None:
            known = replace(self.reference.instrument(name), price_increment=self.price_increment)
            self._instruments[name] = known
        return known


def _counted(
    done: Iterable[Execution], open_orders: Iterable[VenueOrder], order: NewOrderSingle, day: date
) -> DayTrades:
    pending = (executable(one.order, one.session, one.leaves_qty()) for one in open_orders)
    return day_trades.with_order(done, pending, executable(order, day, order.order_qty))


def _answer_again(order: NewOrderSingle, known: VenueOrder) -> SubmitOutcome:
    if known.order == order:
        return Accepted(report=known.acknowledgement())
    text = f"{order.cl_ord_id} is the name of another order, {known.order_id}"
    return _refused(RejectCode.DUPLICATE_CL_ORD_ID, text)


def _refused(code: RejectCode, text: str) -> Rejected:
    return Rejected(code=code.value, text=text)
