"""One machine on a bench: every event by hand, every fact kept as a journal would keep it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from alchemiser.domain.execution.facts import Fact, OrderIntended
from alchemiser.domain.execution.machine import Machine
from alchemiser.domain.execution.messages import (
    Begun,
    CancelAnswered,
    Event,
    Halted,
    InputsArrived,
    ReportsArrived,
    Step,
    SubmitAnswered,
    Timer,
    TimerFired,
)
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.execution.release import ReleaseRules
from alchemiser.domain.execution.state import ExecutionState
from alchemiser.domain.execution.work import Child, Phase
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    Rejected,
    Side,
    SubmitOutcome,
    Unknown,
)
from alchemiser.domain.orders.plan import OrderPlan, PlannedOrder
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.risk.limits import RiskLimits, TradingState
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.testing.builders import (
    ACCOUNT,
    DAY,
    NOW,
    SESSION,
    a_fill,
    a_planned_order,
    a_report,
    an_account,
    an_order,
)
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import a_history

DEADLINE = SESSION.close_at - timedelta(minutes=1)
SPY, TLT, GLD = Symbol("SPY"), Symbol("TLT"), Symbol("GLD")
SELL_SPY = an_order("SPY", "10", "498", side=Side.SELL)
SELL_GLD = an_order("GLD", "8", "224", side=Side.SELL)
BUY_GLD = an_order("GLD", "30", "226")
BUY_TLT = an_order("TLT", "60", "92.50")
BEFORE = an_account("1000", {"GLD": "8", "SPY": "10"}, equity="7800")
AFTER = an_account("7700", equity="7700")
"""The account before the sells, and after them."""

PLANNED = {
    SELL_SPY: a_planned_order(SELL_SPY, reference="500", nuclear="4", tecl="6"),
    SELL_GLD: a_planned_order(SELL_GLD, reference="225", tecl="8"),
    BUY_GLD: a_planned_order(BUY_GLD, reference="225", tecl="30"),
    BUY_TLT: a_planned_order(BUY_TLT, reference="92.25", klm="25", nuclear="35"),
}
SETTINGS = ExecutionSettings()


def quotes(at: datetime) -> tuple[Quote, ...]:
    """Return fresh quotes of the three funds."""
    return (
        quote("GLD", "224.90", "225.10", at=at),
        quote("SPY", "499.90", "500.10", at=at),
        quote("TLT", "92.20", "92.30", at=at),
    )


def a_plan(orders: Iterable[PlannedOrder], deadline: datetime = DEADLINE) -> OrderPlan:
    """Return the session's plan of `orders`."""
    return OrderPlan(account=ACCOUNT, session=DAY, deadline=deadline, orders=tuple(orders))


MIDS = {one.symbol: one.mid() for one in quotes(NOW)}


def intended(order: NewOrderSingle, *, again: bool = False) -> OrderIntended:
    """Return the record that `order` is sent, first at the beginning, and may work for a minute."""
    mid = None if again else MIDS[order.symbol]
    return OrderIntended(order=order, expire_time=NOW + timedelta(seconds=60), mid=mid)


TWICE = Decimal(2)
ROOMY = RiskLimits(
    max_gross_exposure=TWICE,
    max_order_equity=TWICE,
    max_net_exposure=TWICE,
    max_leverage=TWICE,
    max_underlying=TWICE,
    max_margin_use=TWICE,
    max_sector=dict.fromkeys(Sector, TWICE),
    max_asset_class=dict.fromkeys(AssetClass, TWICE),
    max_position=dict.fromkeys(AssetClass, TWICE),
)
"""Nothing binds but money."""


def some_rules(
    state: TradingState = TradingState.ACTIVE,
    limits: RiskLimits | None = None,
    funds: Iterable[Symbol] = (GLD, SPY, TLT),
) -> ReleaseRules:
    """Return rules under which broad funds may be traded freely."""
    instruments = {
        name: Instrument(symbol=name, asset_class=AssetClass.BROAD_FUND, sector=Sector.DIVERSIFIED)
        for name in funds
    }
    return ReleaseRules(
        state=state,
        session=SESSION,
        instruments=instruments,
        limits=limits or ROOMY,
        history=a_history(SESSION.day, instruments),
    )


@dataclass(slots=True)
class Bench:
    """Hold a machine, the journal of its facts and the time.

    Attributes:
        machine: The machine under test.
        rules: What it may send.
        settings: Its patience.
        now: The time, UTC; `wait` moves it.
        journal: Every fact so far, with its time.
    """

    machine: Machine
    rules: ReleaseRules
    settings: ExecutionSettings
    now: datetime = NOW
    journal: list[tuple[datetime, Fact]] = field(default_factory=list)

    def feed(self, event: Event) -> Step:
        """Return what follows from `event`, its facts written down."""
        step = self.machine.handle(event)
        self.journal += [(event.at, fact) for fact in step.facts]
        return step

    def wait(self, seconds: float) -> "Bench":
        """Let `seconds` go by."""
        self.now += timedelta(seconds=seconds)
        return self

    def child(self, order: NewOrderSingle) -> Child:
        """Return where `order`, which was sent, stands."""
        return self.machine.state.children[order.cl_ord_id]

    def phases(self, *orders: NewOrderSingle) -> list[Phase]:
        """Return how far each of `orders` has come."""
        parents = self.machine.state.parents
        return [parents[order.cl_ord_id].phase() for order in orders]

    def begin(self) -> Step:
        """Start."""
        return self.feed(Begun(at=self.now))

    def inputs(
        self,
        account: AccountSnapshot | None = BEFORE,
        told: Sequence[Quote] | None = None,
        cash: str | None = None,
    ) -> Step:
        """Answer the question for inputs; the books hold the account's cash unless told."""
        known = account.cash if account else Decimal(0)
        return self.feed(
            InputsArrived(
                at=self.now,
                account=account,
                cash=known if cash is None else Decimal(cash),
                quotes=quotes(self.now) if told is None else tuple(told),
            )
        )

    def answer(self, order: NewOrderSingle, outcome: SubmitOutcome) -> Step:
        """Answer a send."""
        return self.feed(SubmitAnswered(at=self.now, cl_ord_id=order.cl_ord_id, outcome=outcome))

    def accept(self, order: NewOrderSingle) -> Step:
        """Answer a send: the venue has it."""
        return self.answer(order, Accepted(report=new(order)))

    def reject(self, order: NewOrderSingle) -> Step:
        """Answer a send: the venue refuses."""
        return self.answer(order, Rejected(code="no_money", text="buying power is 7"))

    def lose(self, order: NewOrderSingle) -> Step:
        """Answer a send: nobody knows."""
        return self.answer(order, Unknown(text="timed out"))

    def report(self, order: NewOrderSingle, *reports: ExecutionReport) -> Step:
        """Answer a question about `order`: the venue has these reports."""
        return self.feed(
            ReportsArrived(at=self.now, cl_ord_id=order.cl_ord_id, reports=tuple(reports))
        )

    def deny(self, order: NewOrderSingle) -> Step:
        """Answer a question about `order`: the venue does not know it."""
        return self.feed(ReportsArrived(at=self.now, cl_ord_id=order.cl_ord_id, reports=None))

    def cancel_answer(self, order: NewOrderSingle, outcome: CancelOutcome) -> Step:
        """Answer a cancel."""
        return self.feed(CancelAnswered(at=self.now, cl_ord_id=order.cl_ord_id, outcome=outcome))

    def fire(self, timer: Timer) -> Step:
        """Let a timer's moment come."""
        return self.feed(TimerFired(at=self.now, timer=timer))

    def poll(self) -> Step:
        """Let one poll interval go by and its timer fire."""
        return self.wait(self.settings.poll_seconds).fire(Timer.POLL)

    def halt(self, *unsent: ClOrdId) -> Step:
        """Stop trading; the shell kept back what is `unsent`."""
        return self.feed(Halted(at=self.now, reason="owner's wish", unsent=unsent))

    def restarted(self, facts: Sequence[tuple[datetime, Fact]] | None = None) -> "Bench":
        """Return a new bench whose machine knows only `facts`, by default the whole journal."""
        kept = list(self.journal if facts is None else facts)
        state = ExecutionState(plan=self.machine.state.plan)
        for at, fact in kept:
            state.apply(fact, at)
        machine = Machine(state, self.rules, self.settings)
        return Bench(machine, self.rules, self.settings, self.now, kept)


def a_bench(
    *orders: NewOrderSingle,
    rules: ReleaseRules | None = None,
    settings: ExecutionSettings = SETTINGS,
    deadline: datetime = DEADLINE,
    algorithm: Algorithm = Algorithm.MARKETABLE_LIMIT,
) -> Bench:
    """Return a machine for a plan of `orders` that has not begun."""
    rules = rules or some_rules()
    plan = a_plan((replace(PLANNED[order], algorithm=algorithm) for order in orders), deadline)
    machine = Machine(ExecutionState(plan=plan), rules, settings)
    return Bench(machine, rules, settings)


def a_sent_bench(
    *orders: NewOrderSingle,
    settings: ExecutionSettings = SETTINGS,
    account: AccountSnapshot = BEFORE,
) -> Bench:
    """Return a machine that has sent `orders`, all of one side, and awaits the answers."""
    bench = a_bench(*orders, settings=settings)
    bench.begin()
    bench.inputs(account)
    return bench


def a_working_bench(order: NewOrderSingle, settings: ExecutionSettings = SETTINGS) -> Bench:
    """Return a machine whose only order works at the venue."""
    account = BEFORE if order.side is Side.SELL else AFTER
    bench = a_sent_bench(order, settings=settings, account=account)
    bench.accept(order)
    return bench


def new(order: NewOrderSingle) -> ExecutionReport:
    """Return the venue's first word on `order`."""
    return a_report(order, ExecType.NEW, exec_id=f"{order.symbol}-new")


def canceled(order: NewOrderSingle, cum_qty: str = "0") -> ExecutionReport:
    """Return the report that `order` was canceled after `cum_qty` shares."""
    return a_report(order, ExecType.CANCELED, cum_qty=cum_qty, exec_id=f"{order.symbol}-canceled")


def fill(order: NewOrderSingle, quantity: str | None = None, before: str = "0") -> ExecutionReport:
    """Return a fill of `order` at its limit price; all of it unless told."""
    shares = quantity or str(order.order_qty)
    return a_fill(
        order,
        shares,
        str(order.price),
        before=before,
        commission="0.03",
        exec_id=f"{order.symbol}-{before}-{shares}",
    )


def filled(bench: Bench, order: NewOrderSingle) -> Step:
    """Let the venue accept and fill `order` wholly."""
    bench.accept(order)
    return bench.report(order, new(order), fill(order))
