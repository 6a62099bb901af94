"""A venue that holds the truth, and a wire to it that loses, delays, repeats and denies."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    Side,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.values.identifiers import ClOrdId, ExecId, OrderId, Symbol
from alchemiser.domain.values.numbers import CENT, SHARE, ZERO, cents, round_down, round_up
from alchemiser.testing.builders import ACCOUNT

LAG_SECONDS_MAX = 45.0
"""How late a send may be accepted, or an accepted order first be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Give the probability of each fault at each occasion; zero is a venue in health."""

    request_lost: float = 0
    answer_lost: float = 0
    accepted_late: float = 0
    rejected: float = 0
    repeat_rejected: float = 0
    denied: float = 0
    query_lost: float = 0
    reports_repeated: float = 0
    reports_shuffled: float = 0
    reports_withheld: float = 0
    cancel_lost: float = 0
    cancel_answer_lost: float = 0
    account_unreadable: float = 0
    quote_missing: float = 0

    @classmethod
    def drawn(cls, chance: Random) -> "Faults":
        """Return a swarm: each fault is off half of the time, else at a rate from 2 to 90 %."""
        rates = {
            one.name: 0.02 * 45 ** chance.random() if chance.random() < 0.5 else 0.0
            for one in fields(cls)
        }
        return cls(**rates)


@dataclass(slots=True)
class Life:
    """Hold what really became of one order."""

    request: NewOrderSingle
    known_from: datetime
    due: list[tuple[datetime, Decimal, Decimal, Decimal]]
    reports: list[ExecutionReport]
    cum_qty: Decimal = ZERO
    cancel_at: datetime | None = None
    ended: bool = False


@dataclass(slots=True)
class ScriptedVenue:
    """Take orders, fill them by a script that follows from seed and id, and keep the account.

    Attributes:
        seed: The script.
        faults: What goes wrong on the wire; a test may change it.
        marks: The mid of every symbol, dollars; quotes stand 10 basis points round it.
        cash: Dollars.
        positions: Shares by symbol, none zero.
        close_at: When all open orders expire, UTC.
        slowest: Seconds that a slow fill takes at most.
        orders: Every order ever accepted.
        coming: Orders that will be accepted late.
        submits: How many sends of each id arrived.
        reach: How often each thing happened.
    """

    seed: int
    faults: Faults
    marks: Mapping[Symbol, Decimal]
    cash: Decimal
    positions: dict[Symbol, Decimal]
    close_at: datetime
    slowest: float = 40
    orders: dict[ClOrdId, Life] = field(default_factory=dict)
    coming: dict[ClOrdId, tuple[datetime, datetime, NewOrderSingle]] = field(default_factory=dict)
    submits: Counter[ClOrdId] = field(default_factory=Counter)
    reach: Counter[str] = field(default_factory=Counter)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(f"wire {self.seed}")

    def happens(self, fault: str) -> bool:
        """Draw whether `fault` strikes now."""
        rate: float = getattr(self.faults, fault)
        struck = bool(rate) and self.chance.random() < rate
        self.reach[fault] += struck
        return struck

    def later(self, at: datetime, seconds_max: float) -> datetime:
        """Return a moment up to `seconds_max` after `at`."""
        return at + timedelta(seconds=self.chance.uniform(0, seconds_max))

    def submit(self, order: NewOrderSingle, now: datetime) -> SubmitOutcome:
        """Take an order off the wire and say what the sender hears."""
        self.advance(now)
        if self.happens("request_lost"):
            return Unknown(text="connection reset")
        self.submits[order.cl_ord_id] += 1
        outcome = self._enter(order, now)
        return Unknown(text="504") if self.happens("answer_lost") else outcome

    def _enter(self, order: NewOrderSingle, now: datetime) -> SubmitOutcome:
        name = order.cl_ord_id
        if name in self.orders:
            self.reach["sent again"] += 1
            if self.happens("repeat_rejected"):
                return Rejected(code="duplicate", text="client_order_id must be unique")
            return Accepted(report=self.orders[name].reports[0])
        if name in self.coming and self.happens("repeat_rejected"):
            self.reach["rejected while an earlier send is coming"] += 1
            return Rejected(code="insufficient_buying_power", text="reserved by the first send")
        if self.happens("rejected"):
            return Rejected(code="not_fractionable", text="a whole share at least")
        if name not in self.coming and self.happens("accepted_late"):
            arrival = self.later(now, LAG_SECONDS_MAX)
            self.coming[name] = (arrival, now, order)
            return Unknown(text="timed out")
        self.coming.pop(name, None)
        self._accept(order, now, sent=now)
        return Accepted(report=self.orders[name].reports[0])

    def _accept(self, order: NewOrderSingle, now: datetime, *, sent: datetime) -> None:
        script = Random(f"{self.seed} {order.cl_ord_id}")
        hidden = self.later(sent, LAG_SECONDS_MAX) if self.happens("denied") else now
        life = Life(order, max(now, hidden), script_of(order, now, self.slowest, script), [])
        self.orders[order.cl_ord_id] = life
        self._tell(life, ExecType.NEW, OrdStatus.NEW, now)

    def advance(self, now: datetime) -> None:
        """Do all that is due up to `now`."""
        for name, (arrival, sent, order) in sorted(self.coming.items()):
            if arrival <= now:
                del self.coming[name]
                if arrival < self.close_at:
                    self.reach["arrived late"] += 1
                    self._accept(order, arrival, sent=sent)
        for life in self.orders.values():
            if not life.ended:
                self._work(life, now)

    def _work(self, life: Life, now: datetime) -> None:
        end = min(life.cancel_at or self.close_at, self.close_at)
        while life.due and life.due[0][0] <= min(now, end):
            at, quantity, price, fee = life.due.pop(0)
            self._fill(life, quantity, price, fee)
            life.ended = life.cum_qty == life.request.order_qty
            status = OrdStatus.FILLED if life.ended else OrdStatus.PARTIALLY_FILLED
            self._tell(life, ExecType.TRADE, status, at, (quantity, price, fee))
            if life.cancel_at is not None:
                self.reach["a fill crossed a cancel"] += 1
        if not life.ended and end <= now:
            life.ended = True
            by_cancel = end == life.cancel_at
            kind = ExecType.CANCELED if by_cancel else ExecType.EXPIRED
            self.reach[kind] += 1
            self._tell(life, kind, OrdStatus(kind.value), end)

    def _fill(self, life: Life, quantity: Decimal, price: Decimal, fee: Decimal) -> None:
        name, sign = life.request.symbol, life.request.side.sign()
        life.cum_qty += quantity
        self.cash -= sign * cents(quantity * price) + fee
        held = self.positions.pop(name, ZERO) + sign * quantity
        if held:
            self.positions[name] = held

    def _tell(
        self,
        life: Life,
        kind: ExecType,
        status: OrdStatus,
        at: datetime,
        fill: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO),
    ) -> None:
        order = life.request
        life.reports.append(
            ExecutionReport(
                cl_ord_id=order.cl_ord_id,
                order_id=OrderId(f"v-{order.cl_ord_id}"),
                exec_id=ExecId(f"v-{order.cl_ord_id}-{len(life.reports)}"),
                exec_type=kind,
                ord_status=status,
                symbol=order.symbol,
                side=order.side,
                order_qty=order.order_qty,
                cum_qty=life.cum_qty,
                last_qty=fill[0],
                last_px=fill[1],
                commission=fill[2],
                transact_time=at,
            )
        )

    def knows(self, name: ClOrdId, now: datetime) -> bool:
        """Say whether the venue would admit at `now` that it has the order."""
        return name in self.orders and self.orders[name].known_from <= now

    def cancel(self, name: ClOrdId, now: datetime) -> CancelOutcome:
        """Take a cancel off the wire and say what the sender hears."""
        self.advance(now)
        if self.happens("cancel_lost"):
            return CancelOutcome.UNKNOWN
        if not self.knows(name, now):
            return CancelOutcome.UNKNOWN_ORDER
        life = self.orders[name]
        if life.ended:
            return CancelOutcome.TOO_LATE
        life.cancel_at = life.cancel_at or self.later(now, 3)
        lost = self.happens("cancel_answer_lost")
        return CancelOutcome.UNKNOWN if lost else CancelOutcome.ACCEPTED

    def query(self, name: ClOrdId, now: datetime) -> tuple[ExecutionReport, ...] | None:
        """Return what the venue says of an order: not always all, once or in order."""
        self.advance(now)
        if not self.knows(name, now):
            return None
        reports = list(self.orders[name].reports)
        if len(reports) > 1 and self.happens("reports_withheld"):
            reports.pop(self.chance.randrange(len(reports)))
        if self.happens("reports_repeated"):
            reports += self.chance.choices(reports, k=2)
        if self.happens("reports_shuffled"):
            self.chance.shuffle(reports)
        return tuple(reports)

    def account(self, now: datetime) -> AccountSnapshot | None:
        """Return the account, or None when it cannot be read."""
        self.advance(now)
        if self.happens("account_unreadable"):
            return None
        reserved = sum(
            (
                round_up((life.request.order_qty - life.cum_qty) * life.request.price, CENT)
                for life in self.orders.values()
                if life.request.side is Side.BUY and not life.ended
            ),
            ZERO,
        )
        held = sorted(self.positions.items())
        equity = self.cash + sum((quantity * self.marks[name] for name, quantity in held), ZERO)
        return AccountSnapshot(
            account=ACCOUNT,
            cash=self.cash,
            equity=cents(equity),
            buying_power=max(ZERO, self.cash - reserved),
            positions=tuple(Position(symbol=name, quantity=quantity) for name, quantity in held),
            at=now,
        )

    def quotes(self, now: datetime) -> tuple[Quote, ...]:
        """Return fresh quotes, now and then without one symbol."""
        return tuple(
            Quote(symbol=name, bid=mid * 999 / 1000, ask=mid * 1001 / 1000, last=mid, at=now)
            for name, mid in self.marks.items()
            if not self.happens("quote_missing")
        )


def script_of(
    order: NewOrderSingle, now: datetime, slowest: float, script: Random
) -> list[tuple[datetime, Decimal, Decimal, Decimal]]:
    """Return the fills to come: all at once, in parts, a part only, or none."""
    parts = script.choice((0, 1, 1, 1, 2, 3, 5))
    complete = script.random() < 0.7
    fills, left, at = [], order.order_qty, now
    for number in range(parts, 0, -1):
        last = number == 1 and complete
        quantity = left if last else round_down(left / (number + 1), SHARE)
        better = round_down(order.price * Decimal(script.randrange(4)) / 1000, CENT)
        fee = CENT * script.randrange(4) if order.side is Side.SELL else ZERO
        at += timedelta(seconds=script.choice((0, 0.4, 3, slowest)) * script.random())
        if quantity:
            fills.append((at, quantity, order.price - order.side.sign() * better, fee))
        left -= quantity
    return fills
