"""Whatever goes wrong between us and the venue, it has our order once, and we know or ask."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.decoding import new_york_day
from alchemiser.adapters.system.clock import SystemClock
from alchemiser.domain.orders.approval import ApprovedOrder
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
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.domain.values.numbers import ZERO, plain
from alchemiser.ports.errors import AuthenticationError, PortUnavailableError
from tests.served_venue import OPEN, Served, served
from tests.unit.adapters.alpaca.telling import PATIENT, QUICK, transport

SENT = NewOrderSingle(
    cl_ord_id=ClOrdId("alc-1"),
    symbol=Symbol("SPY"),
    side=Side.BUY,
    order_qty=Decimal("17.5"),
    price=Decimal("601.10"),
)
TRIES = 5
REST = replace(SENT, cl_ord_id=ClOrdId("alc-2"), price=Decimal(500))
REJECTED = {
    "insufficient_buying_power": "insufficient_buying_power",
    "insufficient_qty": "insufficient_quantity",
    "wash_trade": "wash_trade",
    "not_fractionable": "not_fractionable",
    "day_trade_denied": "day_trade_denied",
    "bad_limit": "invalid_price",
}
NEVER_TAKEN = (
    "drop",
    "hang",
    "rate_limited",
    "rate_limited_bare",
    "error_500",
    "bad_gateway",
    "unavailable",
    "gateway_timeout",
    "duplicate_client_order_id",
)
TAKEN = (
    "accept_then_504",
    "accept_then_500",
    "accept_then_drop",
    "accept_then_hang",
    "truncated_json",
    "empty_body",
    "html_200",
    "null_body",
    "nan_numbers",
    "huge_numbers",
    "negative_numbers",
)
ACCEPTED = ("unknown_status", "missing_fields", "reject_after_accept")
PASSING = ("drop", "hang", "rate_limited_bare", "error_500", "bad_gateway", "gateway_timeout")


@dataclass
class Line:
    """A venue and our broker at it."""

    venue: Served
    broker: AlpacaBroker

    def submit(self, order: NewOrderSingle = SENT) -> SubmitOutcome:
        return self.broker.submit(ApprovedOrder(order=order))

    def settled(self) -> tuple[ExecutionReport, ...]:
        """Send until it is known, as the engine does, and let it fill."""
        assert any(isinstance(self.submit(), Accepted) for _ in range(TRIES))
        self.venue.advance(10)
        return self.broker.reports(SENT.cl_ord_id) or ()

    def orders(self) -> list[str]:
        truth = self.venue.document("GET", "/control/truth")
        return [row["client_order_id"] for row in truth["orders"]]


@pytest.fixture
def line() -> Iterator[Line]:
    with served() as venue:
        line = transport(venue.urls["trading_url"], limits=PATIENT)
        broker = AlpacaBroker(line, SystemClock())
        yield Line(venue, broker)
        broker.close()


def followed(told: tuple[ExecutionReport, ...]) -> Order:
    state = Order(request=SENT)
    for report in told:
        state = apply(state, report)
    return state


@pytest.mark.parametrize("fault", [*NEVER_TAKEN, *TAKEN])
def test_an_order_of_open_fate_is_unknown_and_at_the_venue_at_most_once(
    line: Line, fault: str
) -> None:
    """FAULTS A01 to A06, A15, A17, A18: asked again, it is the same order."""
    line.venue.fault(fault)

    outcome = line.submit()

    assert isinstance(outcome, Unknown)
    assert line.orders() == ([SENT.cl_ord_id] if fault in TAKEN else [])
    line.venue.document("DELETE", "/control/faults")
    state = followed(line.settled())
    assert state.is_done()
    assert state.cum_qty == SENT.order_qty
    assert line.orders() == [SENT.cl_ord_id]
    truth = line.venue.document("GET", "/control/truth")
    assert truth["positions"] == {"SPY": "17.5"}


@pytest.mark.parametrize(("fault", "code"), REJECTED.items())
def test_a_refused_order_is_rejected(line: Line, fault: str, code: str) -> None:
    """FAULTS A08, A12."""
    line.venue.fault(fault)

    outcome = line.submit()

    assert isinstance(outcome, Rejected)
    assert outcome.code == code
    assert line.orders() == []


@pytest.mark.parametrize("fault", ACCEPTED)
def test_an_order_that_was_taken_is_accepted_however_oddly_it_is_told(
    line: Line, fault: str
) -> None:
    """FAULTS A09, A16."""
    line.venue.fault(fault)

    assert isinstance(line.submit(), Accepted)
    line.venue.advance(10)

    told = line.broker.reports(SENT.cl_ord_id)
    assert told is not None
    ended = OrdStatus.REJECTED if fault == "reject_after_accept" else OrdStatus.FILLED
    assert followed(told).status is ended


@pytest.mark.parametrize("fault", ["delay", "late_answer"])
def test_a_slow_answer_is_waited_for(fault: str) -> None:
    """FAULTS A02."""
    with served() as venue:
        limits = replace(QUICK, read=5.0, total=5.0)
        broker = AlpacaBroker(transport(venue.urls["trading_url"], limits=limits), SystemClock())
        venue.fault(fault, seconds=1)

        assert isinstance(broker.submit(ApprovedOrder(order=SENT)), Accepted)
        broker.close()


@pytest.mark.parametrize("fault", ["unauthorized", "forbidden"])
def test_a_refused_key_stops_everything(line: Line, fault: str) -> None:
    """FAULTS A10, A11."""
    line.venue.fault(fault, times=9)

    with pytest.raises(AuthenticationError):
        line.submit()
    assert line.orders() == []


@pytest.mark.parametrize("fault", [*PASSING, *TAKEN[4:]])
def test_a_read_is_right_or_unavailable(line: Line, fault: str) -> None:
    """RS-10: never None, never a guess."""
    line.settled()
    sound = line.broker.reports(SENT.cl_ord_id)
    line.venue.fault(fault)

    try:
        told = line.broker.reports(SENT.cl_ord_id)
    except PortUnavailableError:
        told = sound

    assert told == sound


def test_an_order_that_is_hidden_for_a_while_is_none_and_stays_ours(line: Line) -> None:
    """FAULTS A13: absent is not proof; sent again, it is the one that is there."""
    line.venue.fault("hidden_order", seconds=5)
    assert isinstance(line.submit(), Accepted)

    assert line.broker.reports(SENT.cl_ord_id) is None
    assert isinstance(line.submit(), Unknown)

    line.venue.advance(6)
    assert isinstance(line.submit(), Accepted)
    assert line.orders() == [SENT.cl_ord_id]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("cancel_filled", CancelOutcome.TOO_LATE),
        ("cancel_lost", CancelOutcome.ACCEPTED),
        ("cancel_fill_race", CancelOutcome.ACCEPTED),
        ("cancel_stuck", CancelOutcome.ACCEPTED),
        ("error_500", CancelOutcome.UNKNOWN),
        ("drop", CancelOutcome.UNKNOWN),
        ("hang", CancelOutcome.UNKNOWN),
        ("rate_limited", CancelOutcome.UNKNOWN),
    ],
)
def test_only_a_report_ends_a_cancelled_order(
    line: Line, fault: str, outcome: CancelOutcome
) -> None:
    """FAULTS A19, A20, A21, A25."""
    line.submit(REST)
    line.venue.advance()
    line.venue.fault(fault)

    assert line.broker.cancel(REST.cl_ord_id) is outcome
    line.venue.advance()
    told = line.broker.reports(REST.cl_ord_id) or ()

    filled = fault == "cancel_fill_race"
    assert {one.exec_type for one in told} <= {ExecType.NEW, ExecType.TRADE}
    assert (told[-1].cum_qty == REST.order_qty) is filled
    line.venue.document("DELETE", "/control/faults")
    again = line.broker.cancel(REST.cl_ord_id)
    line.venue.advance(3601)
    told = line.broker.reports(REST.cl_ord_id) or ()
    assert again is (CancelOutcome.TOO_LATE if filled else CancelOutcome.ACCEPTED)
    assert told[-1].ord_status is (OrdStatus.FILLED if filled else OrdStatus.CANCELED)


def test_a_truncated_list_of_orders_is_read_to_its_end(line: Line) -> None:
    """FAULTS A26."""
    for number in range(4):
        line.submit(replace(REST, cl_ord_id=ClOrdId(f"alc-{number}")))
        line.venue.advance()
    line.venue.fault("orders_truncated", times=-1)

    day = new_york_day(OPEN)
    assert line.broker.orders(day) == tuple(f"alc-{number}" for number in range(4))
    assert line.broker.orders(day - timedelta(days=1)) == ()


def test_an_account_that_is_blocked_is_told_so(line: Line) -> None:
    line.venue.fault("account_blocked", times=-1)

    assert line.broker.account().blocked


STORM = (
    "drop",
    "error_500",
    "gateway_timeout",
    "accept_then_504",
    "accept_then_drop",
    "truncated_json",
    "empty_body",
    "html_200",
    "nan_numbers",
    "missing_fields",
)


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_storm_every_order_is_there_once_and_known_to_the_share(seed: int) -> None:
    """OS-08, OS-13: four threads, ten orders, every third one cancelled, a hundred faults."""
    with served(speed=20, cash="10000000", seed=seed) as venue:
        limits = replace(QUICK, failures=1000)
        broker = AlpacaBroker(transport(venue.urls["trading_url"], limits=limits), SystemClock())
        for place, fault in enumerate(STORM):
            venue.fault(fault, times=10, after=place * 3)
        orders = [
            replace(
                SENT,
                cl_ord_id=ClOrdId(f"alc-{number}"),
                order_qty=Decimal(number + 1),
                price=Decimal(601 if number % 3 else 50),
            )
            for number in range(10)
        ]
        with ThreadPoolExecutor(4) as threads:
            states = tuple(threads.map(lambda order: worked(broker, order), orders))
        broker.close()
        venue.document("DELETE", "/control/faults")
        truth = venue.document("GET", "/control/truth")

    assert sorted(row["client_order_id"] for row in truth["orders"]) == sorted(
        order.cl_ord_id for order in orders
    )
    assert all(state.is_done() for state in states)
    bought = sum((state.cum_qty for state in states), ZERO)
    assert {"SPY": plain(bought)} == truth["positions"]


def worked(broker: AlpacaBroker, order: NewOrderSingle) -> Order:
    """Send `order` and follow it to its end, as the engine does."""
    state = Order(request=order)
    while not isinstance(broker.submit(ApprovedOrder(order=order)), Accepted):
        pass
    while not state.is_done():
        if order.price == 50:
            broker.cancel(order.cl_ord_id)
        try:
            told = broker.reports(order.cl_ord_id)
        except PortUnavailableError:
            continue
        assert told is not None, "it was accepted"
        for report in told:
            state = apply(state, report)
    return state
