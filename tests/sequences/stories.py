"""What a venue may truly say of the orders that were sent for one order of a plan.

A story is drawn by its number: first what happened, then how it is told: late, twice, in disorder,
under another report id, fills taken back or corrected, before or after the fill itself, and what
was taken back filled again, which may be heard before it is taken back.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Side,
)
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.values.identifiers import BookId, ExecId, OrderId, Symbol, cl_ord_id
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, apportion, round_down
from alchemiser.testing.builders import ACCOUNT, DAY, NOW

SEED = 20241127
SPY = Symbol("SPY")
BOOKS = ("klm", "nuclear", "tecl")
_PLAIN = frozenset(ExecType) - {ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT}
ENDS = (ExecType.CANCELED, ExecType.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Say what comes next: an order is sent, or the venue's report on one is heard."""

    sent: NewOrderSingle | None = None
    heard: ExecutionReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Hold one sequence of events and the truth behind it.

    Attributes:
        plan: The plan of one order.
        happenings: In the order in which the engine lives through them.
        fills: The fills that stand at the end.
    """

    plan: OrderPlan
    happenings: tuple[Happening, ...]
    fills: tuple[ExecutionReport, ...]


class Teller:
    """Tell the story of one number."""

    def __init__(self, number: int) -> None:
        """Draw everything from `number`."""
        self.chance = Random(f"{SEED} {number}")
        self.side = self.chance.choice(tuple(Side))
        self.stand: dict[ExecId, ExecutionReport] = {}

    def story(self) -> Story:
        """Return the story."""
        quantity = Decimal(self.chance.randint(1, 400)) + SHARE * self.chance.choice((
            0,
            0,
            7,
            10**8,
        ))
        planned = self._planned(quantity)
        plan = OrderPlan(account=ACCOUNT, session=DAY, deadline=NOW, orders=(planned,))
        happenings: list[Happening] = []
        late: list[Happening] = []
        left, number = quantity, 0
        while left and number < 4:
            order = replace(
                planned.request(), cl_ord_id=plan.child_id(planned, number), order_qty=left
            )
            reports, left = self._life(order)
            heard = self._told(reports)
            again = self._filled_again(order, reports)
            early = bool(again) and self.chance.random() < 0.5
            heard += again
            if early:
                self.chance.shuffle(heard)
            told = [Happening(heard=one) for one in heard]
            # What is told late is heard when the next order is at work, or at the very end.
            cut = self._cut(told)
            happenings += [Happening(sent=order), *told[:cut], *late]
            late = told[cut:]
            number += 1
            if not self._may_go_on(told[:cut]):
                break
        return Story(plan=plan, happenings=(*happenings, *late), fills=tuple(self.stand.values()))

    def _planned(self, quantity: Decimal) -> PlannedOrder:
        names = sorted(self.chance.sample(BOOKS, k=self.chance.randint(1, 3)))
        weights = [(name, Decimal(self.chance.randint(1, 9))) for name in names]
        parts = apportion(quantity, weights, SHARE)
        claims = [(BookId(name), part) for name, part in zip(names, parts, strict=True)]
        buy = self.side is Side.BUY
        return PlannedOrder(
            cl_ord_id=cl_ord_id(account=ACCOUNT, session=DAY, name=SPY, buy=buy, attempt=1),
            symbol=SPY,
            side=self.side,
            quantity=quantity,
            limit_price=Decimal(500),
            reference_price=Decimal(500),
            claims=tuple((book, part) for book, part in claims if part),
        )

    def _life(self, order: NewOrderSingle) -> tuple[list[ExecutionReport], Decimal]:
        """Return the true reports on an order, and what is left of it at its end."""
        reports = [self._report(order, ExecType.NEW)]
        kind = self.chance.choice(("rejected", "filled", "filled", "ended", "ended", "ended"))
        if kind == "rejected":
            if self.chance.random() < 0.5:
                reports.append(self._report(order, ExecType.PENDING_CANCEL))
            return [*reports, self._report(order, ExecType.REJECTED)], order.order_qty
        fills = self._fills(order, whole=kind == "filled")
        filled = sum((fill.last_qty for fill in fills), ZERO)
        reports += fills
        if self.chance.random() < 0.5:
            reports.append(self._report(order, ExecType.PENDING_CANCEL))
        for fill in fills:
            reports += self._second_thoughts(order, fill)
        busted = any(one.exec_type is ExecType.TRADE_CANCEL for one in reports)
        if kind == "filled" and busted and self.chance.random() < 0.5:
            # A busted share does not fill again: the venue may well say that the order is over.
            reports.append(self._report(order, self.chance.choice(ENDS)))
        if kind == "ended":
            ends = self.chance.sample(ENDS, k=self.chance.choice((1, 1, 2)))
            reports += [self._report(order, end, cum_qty=filled) for end in ends]
        return reports, order.order_qty - filled

    def _fills(self, order: NewOrderSingle, *, whole: bool) -> list[ExecutionReport]:
        fills, before = [], ZERO
        for number in range(
            self.chance.choice((1, 1, 2, 3)) if whole else self.chance.choice((0, 1, 2)), 0, -1
        ):
            left = order.order_qty - before
            last = whole and number == 1
            quantity = left if last else round_down(left / (number + 1), SHARE)
            if not quantity:
                continue
            before += quantity
            fills.append(self._fill(order, quantity, before))
        return fills

    def _second_thoughts(
        self, order: NewOrderSingle, fill: ExecutionReport
    ) -> list[ExecutionReport]:
        """Return how a fill is taken back or corrected, and the correction perhaps taken back."""
        thought = self.chance.choice(("", "", "bust", "correct", "correct, bust"))
        if not thought:
            return []
        del self.stand[fill.exec_id]
        if thought == "bust":
            return [self._taking_back(order, ExecType.TRADE_CANCEL, fill)]
        correction = replace(
            self._taking_back(order, ExecType.TRADE_CANCEL, fill),
            exec_type=ExecType.TRADE_CORRECT,
            cum_qty=fill.cum_qty,
            last_qty=self.chance.choice((fill.last_qty, SHARE)),
            last_px=Decimal(499),
            commission=CENT,
        )
        if thought == "correct":
            self.stand[correction.exec_id] = correction
            return [correction]
        return [correction, self._taking_back(order, ExecType.TRADE_CANCEL, correction)]

    def _filled_again(
        self, order: NewOrderSingle, reports: list[ExecutionReport]
    ) -> list[ExecutionReport]:
        """Return how the venue fills what it took back of a whole order, where it does."""
        stand = [one for one in self.stand.values() if one.cl_ord_id == order.cl_ord_id]
        filled = sum((one.last_qty for one in stand), ZERO)
        over = {one.exec_type for one in reports} & {*ENDS, ExecType.REJECTED}
        if over or filled == order.order_qty or self.chance.random() < 0.5:
            return []
        fills = []
        for quantity in self._parts(order.order_qty - filled):
            filled += quantity
            fill = self._fill(order, quantity, filled)
            fills += [fill] * self.chance.choice((1, 1, 2))
        return fills

    def _parts(self, room: Decimal) -> list[Decimal]:
        first = round_down(room / self.chance.choice((1, 2, 3)), SHARE) or room
        return [first, room - first][: 1 if first == room or self.chance.random() < 0.3 else 2]

    def _fill(self, order: NewOrderSingle, quantity: Decimal, cum_qty: Decimal) -> ExecutionReport:
        fill = replace(
            self._report(order, ExecType.TRADE, cum_qty=cum_qty),
            exec_type=ExecType.TRADE,
            last_qty=quantity,
            last_px=Decimal(self.chance.randint(4900000, 5000000)) / 10000,
            commission=CENT * self.chance.choice((0, 0, 1, 37)),
        )
        self.stand[fill.exec_id] = fill
        return fill

    def _taking_back(
        self, order: NewOrderSingle, kind: ExecType, fill: ExecutionReport
    ) -> ExecutionReport:
        report = self._report(order, ExecType.NEW)
        return replace(
            report,
            exec_id=ExecId(f"{kind} of {fill.exec_id}"),
            exec_type=kind,
            exec_ref_id=fill.exec_id,
        )

    def _report(
        self, order: NewOrderSingle, kind: ExecType, cum_qty: Decimal = ZERO
    ) -> ExecutionReport:
        is_fill = kind is ExecType.TRADE
        return ExecutionReport(
            cl_ord_id=order.cl_ord_id,
            order_id=OrderId(f"v-{order.cl_ord_id}"),
            exec_id=ExecId(f"{order.cl_ord_id} {kind} {self.chance.getrandbits(40):x}"),
            exec_type=ExecType.NEW if is_fill else kind,
            ord_status=OrdStatus.PARTIALLY_FILLED if is_fill else OrdStatus(kind.value),
            symbol=order.symbol,
            side=order.side,
            order_qty=order.order_qty,
            cum_qty=cum_qty,
            transact_time=NOW + timedelta(seconds=self.chance.randint(0, 900)),
        )

    def _told(self, reports: list[ExecutionReport]) -> list[ExecutionReport]:
        """Return the reports as they are heard: some twice, some under a second id, in disorder."""
        told = list(reports)
        for report in reports:
            if self.chance.random() < 0.3:
                told.append(report)
            if report.exec_type in _PLAIN and self.chance.random() < 0.3:
                told.append(replace(report, exec_id=ExecId(f"{report.exec_id} again")))
        if self.chance.random() < 0.8:
            self.chance.shuffle(told)
        return told

    def _cut(self, told: list[Happening]) -> int:
        return self.chance.randint(0, len(told)) if self.chance.random() < 0.3 else len(told)

    def _may_go_on(self, told: list[Happening]) -> bool:
        """Say whether what was heard proves the end of an order, so that another may follow."""
        heard = [one.heard for one in told if one.heard is not None]
        ended = any(one.exec_type in ENDS for one in heard)
        ids = {one.exec_id: one.last_qty for one in heard if one.exec_type is ExecType.TRADE}
        named = max((one.cum_qty for one in heard), default=ZERO)
        return ended and sum(ids.values(), ZERO) >= named
