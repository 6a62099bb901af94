"""A broker that treats the orders of some symbols as the simulated one never does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from alchemiser.adapters.simulated.broker import SimulatedBroker
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    OrdStatus,
    Rejected,
    SubmitOutcome,
)
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, cents, round_down

Reports = tuple[ExecutionReport, ...]
Trick = Callable[[Reports], Reports]
"""What is told of a filled order, in place of what is true."""


def _fill(reports: Reports) -> ExecutionReport:
    (fill,) = (one for one in reports if one.exec_type is ExecType.TRADE)
    return fill


def _taking_back(fill: ExecutionReport) -> ExecutionReport:
    return replace(
        fill,
        exec_id=ExecId(f"{fill.exec_id}-back"),
        exec_type=ExecType.TRADE_CANCEL,
        exec_ref_id=fill.exec_id,
        last_qty=ZERO,
        last_px=ZERO,
        commission=ZERO,
        cum_qty=ZERO,
    )


def bust(reports: Reports) -> Reports:
    """Take the fill back."""
    return (*reports, _taking_back(_fill(reports)))


def corrected(dollars: str) -> Trick:
    """Return what corrects the price of a fill by so many dollars."""

    def trick(reports: Reports) -> Reports:
        fill = _fill(reports)
        correction = replace(
            _taking_back(fill),
            exec_type=ExecType.TRADE_CORRECT,
            last_qty=fill.last_qty,
            last_px=fill.last_px + Decimal(dollars),
            cum_qty=fill.cum_qty,
            commission=fill.commission,
        )
        return (*reports, correction)

    return trick


def partial(reports: Reports) -> Reports:
    """Fill a quarter, and cancel the rest without having been asked to."""
    fill, (acknowledged, *_) = _fill(reports), reports
    quarter = round_down(fill.last_qty / 4, SHARE)
    part = replace(fill, last_qty=quarter, cum_qty=quarter, ord_status=OrdStatus.PARTIALLY_FILLED)
    end = replace(
        acknowledged,
        exec_id=ExecId(f"{fill.exec_id}-end"),
        exec_type=ExecType.CANCELED,
        ord_status=OrdStatus.CANCELED,
        cum_qty=quarter,
    )
    return acknowledged, part, end


def rejected(reports: Reports) -> Reports:
    """Reject an order that was acknowledged."""
    acknowledged = reports[0]
    return acknowledged, replace(
        acknowledged,
        exec_id=ExecId(f"{acknowledged.exec_id}-end"),
        exec_type=ExecType.REJECTED,
        ord_status=OrdStatus.REJECTED,
        text="not today",
    )


def charged(dollars: str) -> Trick:
    """Return what charges so many dollars more for a fill."""

    def trick(reports: Reports) -> Reports:
        return tuple(
            replace(one, commission=one.commission + Decimal(dollars))
            if one.exec_type is ExecType.TRADE
            else one
            for one in reports
        )

    return trick


def vanished(reports: Reports) -> Reports:
    """Tell nothing of the fill any more."""
    return tuple(one for one in reports if one.exec_type is not ExecType.TRADE)


class FickleBroker:
    """A simulated broker whose account is as its tricks have it; a BrokerPort."""

    def __init__(
        self,
        broker: SimulatedBroker,
        tricks: Mapping[Symbol, Trick],
        refused: frozenset[Symbol] = frozenset(),
    ) -> None:
        self._broker = broker
        self._tricks = tricks
        self._refused = refused
        self._settled: set[ClOrdId] = set()
        self._over = False
        self.account_id, self.lease_key = broker.account_id, broker.lease_key
        self.cancel, self.orders = broker.cancel, broker.orders
        self.activities, self.account = broker.activities, broker.account

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        """Refuse the orders of some symbols."""
        if order.order.symbol in self._refused:
            return Rejected(code="no", text="not at this venue")
        return self._broker.submit(order)

    def reports(self, cl_ord_id: ClOrdId) -> Reports | None:
        """Return what the trick makes of the reports, once the order is filled."""
        told = self._broker.reports(cl_ord_id)
        trick = self._tricks.get(told[0].symbol) if told else None
        if told is None or trick is None or told[-1].ord_status is not OrdStatus.FILLED:
            return told
        is_new = cl_ord_id not in self._settled
        if is_new and self._over:
            return told
        changed = trick(told)
        if is_new:
            self._settled.add(cl_ord_id)
            self._settle(told[0].symbol, _come_to(told), _come_to(changed))
        return changed

    def settle(self, day: date) -> None:
        """Do to the account what the tricks do to the orders of `day`, and to no other."""
        for one in self.orders(day):
            self.reports(one)
        self._over = True

    def _settle(
        self, name: Symbol, before: tuple[Decimal, Decimal], after: tuple[Decimal, Decimal]
    ) -> None:
        with self._broker._lock, self._broker._opened().transaction() as store:
            self._broker._at_present(store)
            account = store.account().moved(name, after[0] - before[0])
            store.save_account(account.credited(after[1] - before[1]))


def _come_to(reports: Reports) -> tuple[Decimal, Decimal]:
    """Return the shares and dollars that reports bring, signed."""
    fills: dict[ExecId | None, tuple[Decimal, Decimal]] = {}
    for one in reports:
        fills.pop(one.exec_ref_id, None)
        if one.last_qty:
            sign = one.side.sign()
            cash = -sign * cents(one.last_qty * one.last_px) - one.commission
            fills[one.exec_id] = sign * one.last_qty, cash
    shares, dollars = zip(*fills.values(), strict=True) if fills else ((), ())
    assert not sum(dollars, ZERO) % CENT
    return sum(shares, ZERO), sum(dollars, ZERO)
