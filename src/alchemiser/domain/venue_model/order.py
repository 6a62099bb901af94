"""The life of one order at the venue."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Side,
)
from alchemiser.domain.values.frozen import maker, quickly
from alchemiser.domain.values.identifiers import ExecId, OrderId
from alchemiser.domain.values.numbers import CENT, ZERO, cents
from alchemiser.domain.venue_model.matching import ScheduledFill
from alchemiser.domain.venue_model.settings import FeeSchedule

_report: Final = maker(ExecutionReport)
_FINAL = {OrdStatus.CANCELED: ExecType.CANCELED, OrdStatus.EXPIRED: ExecType.EXPIRED}


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Record one fill, due or done.

    Attributes:
        at: When it happens, UTC.
        quantity: Shares, above zero.
        price: Dollars a share, above zero.
        commission: Dollars, whole cents.
    """

    at: datetime
    quantity: Decimal
    price: Decimal
    commission: Decimal

    def proceeds(self) -> Decimal:
        """Return the dollars that it brings to who sells: whole cents, the fee taken off."""
        return cents(self.quantity * self.price) - self.commission


_fill: Final = maker(Fill)


def buy_cost(order: NewOrderSingle, quantity: Decimal, fees: FeeSchedule) -> Decimal:
    """Return the dollars that `quantity` of the buy `order` may cost at its limit, fee included."""
    notional = (quantity * order.price).quantize(CENT, rounding=ROUND_CEILING)
    return notional + fees.commission(quantity, order.price)


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """Hold an order with everything that has happened, and is bound to happen, to it.

    Its state at any moment follows from these fields alone, however often it is asked for.

    Attributes:
        entry: Number of the order at its venue, from 1, in order of arrival.
        order_id: The venue's name of it.
        order: What was asked for.
        session: The session it is for.
        entered_at: When it arrived, UTC.
        closes_at: When the session ends, UTC; what is open then expires.
        matches: How many times it has met a quote.
        cancel_at: When a requested cancel takes effect, UTC, or None.
        ord_status: Its state after everything done so far.
        due: Fills to come, soonest first.
        fills: Fills done, oldest first.
    """

    entry: int
    order_id: OrderId
    order: NewOrderSingle
    session: date
    entered_at: datetime
    closes_at: datetime
    matches: int = 0
    cancel_at: datetime | None = None
    ord_status: OrdStatus = OrdStatus.NEW
    due: tuple[Fill, ...] = ()
    fills: tuple[Fill, ...] = ()
    _changes: tuple[timedelta, datetime] | None = field(
        init=False, repr=False, compare=False, default=None
    )
    _reserved: tuple[FeeSchedule, Decimal] | None = field(
        init=False, repr=False, compare=False, default=None
    )
    _told: tuple[ExecutionReport, ...] = field(init=False, repr=False, compare=False, default=())

    def proceeds(self, after: int) -> Decimal:
        """Return the dollars that all fills of a sell but the first `after` have brought."""
        if self.order.side is Side.BUY:
            return ZERO
        return sum((fill.proceeds() for fill in self.fills[after:]), ZERO)

    def changes_at(self, interval: timedelta) -> datetime:
        """Return the moment, UTC, before which nothing happens to it while it is open.

        It meets quotes every `interval`.
        """
        known = self._changes
        if known is None or known[0] != interval:
            match = self.next_match_at(interval)
            moments = [self.ends_at(), *(fill.at for fill in self.due)]
            known = interval, min(moments if match is None else [match, *moments])
            # Asked at every call of the venue; all that it follows from is frozen.
            object.__setattr__(self, "_changes", known)
        return known[1]

    def ends_at(self) -> datetime:
        """Return when what is open by then is canceled or expires, UTC.

        The auction is held at the close, and its fills come a moment later.
        """
        end = self.closes_at if self.cancel_at is None else min(self.cancel_at, self.closes_at)
        if not self.order.is_on_close():
            return end
        return max((end, *(fill.at for fill in (*self.fills, *self.due))))

    def cum_qty(self) -> Decimal:
        """Return the shares filled so far."""
        return _shares(self.fills)

    def leaves_qty(self) -> Decimal:
        """Return the shares still open: zero once the order is terminal."""
        return ZERO if self.ord_status.is_terminal() else self.order.order_qty - self.cum_qty()

    def reserved(self, fees: FeeSchedule) -> Decimal:
        """Return the dollars that the open shares of a buy may cost."""
        known = self._reserved
        if known is None or known[0] is not fees:
            # Every later order is held against it.
            known = fees, buy_cost(self.order, self.leaves_qty(), fees)
            object.__setattr__(self, "_reserved", known)
        return known[1]

    def unmatched_qty(self) -> Decimal:
        """Return the open shares for which no fill is due."""
        return self.leaves_qty() - _shares(self.due)

    def next_match_at(self, interval: timedelta) -> datetime | None:
        """Return when the unmatched shares next meet a quote, or None when they never will.

        The moments are the entry and every `interval` after it, so they do not depend on who asks.
        In the closing auction there is one moment for all: the close.
        """
        if self.order.is_on_close():
            return self.closes_at if not self.matches and self.ends_at() == self.closes_at else None
        at = self.entered_at + self.matches * interval
        return at if at < self.ends_at() and self.unmatched_qty() else None

    def matched(self, at: datetime, schedule: tuple[ScheduledFill, ...]) -> "VenueOrder":
        """Return the order after it met a quote at `at` (UTC) with the result `schedule`."""
        new = (
            _fill(
                at=at + one.delay,
                quantity=one.quantity,
                price=one.price,
                commission=one.commission,
            )
            for one in schedule
        )
        return self._after(matches=self.matches + 1, due=(*self.due, *new))

    def _after(
        self,
        *,
        matches: int | None = None,
        ord_status: OrdStatus | None = None,
        due: tuple[Fill, ...],
        fills: tuple[Fill, ...] | None = None,
    ) -> "VenueOrder":
        """Return the order with these, much quicker than `replace` does; and hand reports on."""
        after = _order(
            entry=self.entry,
            order_id=self.order_id,
            order=self.order,
            session=self.session,
            entered_at=self.entered_at,
            closes_at=self.closes_at,
            matches=self.matches if matches is None else matches,
            cancel_at=self.cancel_at,
            ord_status=self.ord_status if ord_status is None else ord_status,
            due=due,
            fills=self.fills if fills is None else fills,
        )
        object.__setattr__(after, "_told", self._told)
        return after

    def is_locked(self, now: datetime, cutoff: timedelta) -> bool:
        """Say whether it stands in the closing auction for good, `cutoff` before it."""
        return self.order.is_on_close() and now >= self.closes_at - cutoff

    def canceled_from(self, at: datetime) -> "VenueOrder":
        """Return the order with a cancel that takes effect at `at` (UTC); the first one stands."""
        return self if self.cancel_at is not None else replace(self, cancel_at=at)

    def as_of(self, now: datetime) -> "VenueOrder":
        """Return the order with all that is due up to `now` (UTC) done; itself if nothing is."""
        end = self.ends_at()
        ended, on_close = now >= end, self.order.is_on_close()
        done = tuple(fill for fill in self.due if fill.at <= now and (on_close or fill.at < end))
        if not done and not ended:
            return self
        fills = (*self.fills, *done)
        later = () if ended else self.due[len(done) :]
        return self._after(ord_status=self._status(fills, ended=ended), due=later, fills=fills)

    def _status(self, fills: tuple[Fill, ...], *, ended: bool) -> OrdStatus:
        if _shares(fills) == self.order.order_qty:
            return OrdStatus.FILLED
        if ended:
            by_cancel = self.cancel_at is not None and self.cancel_at < self.closes_at
            return OrdStatus.CANCELED if by_cancel else OrdStatus.EXPIRED
        return OrdStatus.PARTIALLY_FILLED

    def acknowledgement(self) -> ExecutionReport:
        """Return the venue's first report on the order."""
        return self._of_fills()[0]

    def reports(self) -> tuple[ExecutionReport, ...]:
        """Return the venue's reports so far: NEW, each fill, and the end unless it was filled."""
        reports = self._of_fills()
        if self.ord_status not in _FINAL:
            return reports
        return (*reports, self._end(reports[-1].cum_qty, number=len(reports)))

    def _of_fills(self) -> tuple[ExecutionReport, ...]:
        """Return the first report and that of each fill; none is made twice."""
        if len(self._told) <= len(self.fills):
            told = list(self._told or (self._entered(),))
            for fill in self.fills[len(told) - 1 :]:
                told.append(self._trade(told[-1], fill, number=len(told)))
            object.__setattr__(self, "_told", tuple(told))
        return self._told

    def _entered(self) -> ExecutionReport:
        return _report(
            cl_ord_id=self.order.cl_ord_id,
            order_id=self.order_id,
            exec_id=self.exec_id(0),
            exec_type=ExecType.NEW,
            ord_status=OrdStatus.NEW,
            symbol=self.order.symbol,
            side=self.order.side,
            order_qty=self.order.order_qty,
            cum_qty=ZERO,
            transact_time=self.entered_at,
        )

    def _end(self, cum_qty: Decimal, *, number: int) -> ExecutionReport:
        return replace(
            self.acknowledgement(),
            exec_id=self.exec_id(number),
            exec_type=_FINAL[self.ord_status],
            ord_status=self.ord_status,
            cum_qty=cum_qty,
            transact_time=self.ends_at(),
        )

    def exec_id(self, number: int) -> ExecId:
        """Name the order's report `number`, from 0, as no other report of the account is named."""
        return ExecId(f"{self.order_id}-{number}")

    def _trade(self, previous: ExecutionReport, fill: Fill, *, number: int) -> ExecutionReport:
        cum_qty = previous.cum_qty + fill.quantity
        filled = cum_qty == self.order.order_qty
        return _report(
            cl_ord_id=self.order.cl_ord_id,
            order_id=self.order_id,
            symbol=self.order.symbol,
            side=self.order.side,
            order_qty=self.order.order_qty,
            exec_id=self.exec_id(number),
            exec_type=ExecType.TRADE,
            ord_status=OrdStatus.FILLED if filled else OrdStatus.PARTIALLY_FILLED,
            cum_qty=cum_qty,
            last_qty=fill.quantity,
            last_px=fill.price,
            commission=fill.commission,
            transact_time=fill.at,
        )


_order: Final = maker(VenueOrder)


def _shares(fills: tuple[Fill, ...]) -> Decimal:
    if len(fills) == 1:
        return fills[0].quantity
    return sum((one.quantity for one in fills), ZERO) if fills else ZERO
