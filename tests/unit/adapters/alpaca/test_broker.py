"""The broker port over the wire: what was sent, what came back, what follows."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.domain.orders.activity import ActivityKind
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecType,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    Side,
    Unknown,
)
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from alchemiser.ports.errors import AuthenticationError, PortRejectedError, PortUnavailableError
from tests.unit.adapters.alpaca.loopback import Told
from tests.unit.adapters.alpaca.telling import (
    NOW,
    QUICK,
    Desk,
    account_row,
    desk,
    fill_row,
    order_row,
    query,
    told,
)

NAME = ClOrdId("alc-1")
DAY = date(2026, 11, 27)
SENT = NewOrderSingle(
    cl_ord_id=NAME,
    symbol=Symbol("SPY"),
    side=Side.BUY,
    order_qty=Decimal(10),
    price=Decimal("601.10"),
)
APPROVED = ApprovedOrder(order=SENT)


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as found:
        yield found


def refused(status: int, message: str, code: int | None = None) -> Told:
    return told({"code": code, "message": message}, status)


def test_an_order_is_accepted_with_its_first_report(at: Desk) -> None:
    """OS-12."""
    at.venue.then(told(order_row(status="filled", filled_qty="10")))

    outcome = at.broker.submit(APPROVED)

    assert isinstance(outcome, Accepted)
    assert outcome.report.exec_type is ExecType.NEW
    assert outcome.report.order_id == "id-alc-1"
    assert json.loads(at.venue.asked[0].body) == {
        "symbol": "SPY",
        "qty": "10",
        "side": "buy",
        "type": "limit",
        "time_in_force": "day",
        "limit_price": "601.1",
        "client_order_id": "alc-1",
    }


def test_a_refused_order_is_rejected_with_a_stable_code(at: Desk) -> None:
    """OS-15, FAULTS A08."""
    at.venue.then(refused(403, "insufficient buying power", 40310000))

    outcome = at.broker.submit(APPROVED)

    assert outcome == Rejected(code="insufficient_buying_power", text="insufficient buying power")


@pytest.mark.parametrize(
    "answer",
    [
        Told(500),
        Told(504),
        Told(429, b"rate limit exceeded"),
        Told(302),
        Told(408),
        Told(200, b""),
        Told(200, b"null"),
        Told(200, b"<html>"),
        Told(200, b'{"id":"id-alc-1"'),
        told(order_row(qty="NaN")),
        told(order_row("another")),
        told(order_row(qty="20")),
        told(order_row(created_at=None, submitted_at=None)),
    ],
)
def test_an_order_whose_fate_is_open_is_unknown_and_sent_once(at: Desk, answer: Told) -> None:
    """OS-12, FAULTS A02, A03, A04, A06, A15, A17."""
    at.venue.then(answer)

    assert isinstance(at.broker.submit(APPROVED), Unknown)
    assert at.paths() == ["POST /v2/orders"]


def test_an_unknown_status_after_acceptance_is_accepted_and_told(at: Desk) -> None:
    """FAULTS A16."""
    at.venue.then(told(order_row(status="status_of_tomorrow")))

    assert isinstance(at.broker.submit(APPROVED), Accepted)
    assert at.alerts.kinds() == {"unknown_status"}


def test_a_name_in_use_is_answered_with_the_order_that_has_it(at: Desk) -> None:
    """OS-08, FAULTS A05."""
    at.know(order_row(status="filled", filled_qty="10"))
    at.venue.then(refused(422, "client_order_id must be unique", 40010001))

    outcome = at.broker.submit(APPROVED)

    assert isinstance(outcome, Accepted)
    assert outcome.report.order_id == "id-alc-1"


def test_a_name_in_use_by_another_order_is_refused(at: Desk) -> None:
    """OS-08: a second planner with other numbers must collide, not add."""
    at.know(order_row(qty="20"))
    at.venue.then(refused(422, "client_order_id must be unique", 42210000))

    outcome = at.broker.submit(APPROVED)

    assert isinstance(outcome, Rejected)
    assert outcome.code == "duplicate_cl_ord_id"


@pytest.mark.parametrize("answer", [refused(404, "order not found"), refused(403, "no"), Told(500)])
def test_a_name_in_use_that_is_not_shown_is_unknown(at: Desk, answer: Told) -> None:
    """FAULTS A13: absent is not proof."""
    at.venue.then(refused(422, "client_order_id must be unique"), *[answer] * QUICK.tries)

    assert isinstance(at.broker.submit(APPROVED), Unknown)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Told(204, b""), CancelOutcome.ACCEPTED),
        (refused(422, 'order is already in "filled" state'), CancelOutcome.TOO_LATE),
        (refused(422, "order is not cancelable"), CancelOutcome.TOO_LATE),
        (refused(422, "order pending cancel"), CancelOutcome.ACCEPTED),
        (refused(404, "order not found for x"), CancelOutcome.UNKNOWN_ORDER),
        (refused(403, "words of tomorrow"), CancelOutcome.UNKNOWN),
        (Told(429), CancelOutcome.UNKNOWN),
        (Told(500), CancelOutcome.UNKNOWN),
    ],
)
def test_a_cancel_is_answered_as_it_was(at: Desk, answer: Told, outcome: CancelOutcome) -> None:
    """OS-23, FAULTS A19."""
    at.know(order_row())
    assert at.broker.reports(NAME) is not None
    at.venue.then(answer)

    assert at.broker.cancel(NAME) is outcome
    assert at.paths()[-1] == "DELETE /v2/orders/id-alc-1"


def test_a_cancel_of_an_order_never_seen_here_asks_for_its_id(at: Desk) -> None:
    """FAULTS A21: after a restart."""
    at.know(order_row())
    at.venue.standing["DELETE /v2/orders/id-alc-1"] = lambda _: Told(204, b"")

    assert at.broker.cancel(NAME) is CancelOutcome.ACCEPTED
    assert at.broker.cancel(ClOrdId("alc-9")) is CancelOutcome.UNKNOWN_ORDER


def test_a_cancel_that_cannot_be_asked_is_unknown(at: Desk) -> None:
    at.venue.then(*[Told(500)] * QUICK.tries, refused(403, "no"))

    assert at.broker.cancel(NAME) is CancelOutcome.UNKNOWN
    assert at.broker.cancel(NAME) is CancelOutcome.UNKNOWN


def test_reports_are_of_the_order_and_its_executions(at: Desk) -> None:
    """OS-13."""
    row = order_row(status="canceled", filled_qty="4", canceled_at="2026-11-27T15:02:00Z")
    at.know(row, fills=(fill_row(1, "4", "4"),))

    found = at.broker.reports(NAME)

    assert found is not None
    assert [one.exec_type for one in found] == [ExecType.NEW, ExecType.TRADE, ExecType.CANCELED]
    assert found[-1].ord_status is OrdStatus.CANCELED


def test_executions_are_asked_for_only_where_there_are_some(at: Desk) -> None:
    """RS-16: an order that rests costs one request a look."""
    at.know(order_row())

    at.broker.reports(NAME)

    assert at.paths() == ["GET /v2/orders:by_client_order_id"]


def test_an_order_that_alpaca_denies_is_none(at: Desk) -> None:
    assert at.broker.reports(NAME) is None


@pytest.mark.parametrize("words", ["order not found for alc-1", "Order not found", "not found."])
def test_what_has_a_number_was_looked_for(at: Desk, words: str) -> None:
    """FAULTS A13."""
    at.venue.then(Told(404, json.dumps({"code": 40410000, "message": words}).encode()))

    assert at.broker.reports(NAME) is None


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>404</html>", b'{"code":40410000'),
        *(b'{"code":40410000,"message":"endpoint not found"}', b'{"message":"Not Found"}'),
        b'{"message":"no Route matched with those values"}',
    ],
)
def test_a_page_that_nobody_wrote_is_no_denial(at: Desk, body: bytes) -> None:
    """FAULTS A13, A15: absence is proven by Alpaca's own words only."""
    at.venue.then(*[Told(404, body)] * QUICK.tries)

    with pytest.raises(PortUnavailableError):
        at.broker.reports(NAME)


@pytest.mark.parametrize("answer", [Told(500), Told(429), Told(200, b"[]"), told(order_row("x"))])
def test_reports_that_cannot_be_read_are_unavailable_and_never_none(at: Desk, answer: Told) -> None:
    """RS-10."""
    at.venue.then(*[answer] * QUICK.tries)

    with pytest.raises(PortUnavailableError):
        at.broker.reports(NAME)


def test_a_refusal_to_tell_is_an_error_of_its_own(at: Desk) -> None:
    at.venue.then(refused(403, "words of tomorrow"))

    with pytest.raises(PortRejectedError, match="words of tomorrow"):
        at.broker.reports(NAME)


def test_a_replaced_order_is_followed_and_its_successor_cancelled(at: Desk) -> None:
    """FAULTS A29."""
    first = order_row(status="replaced", replaced_by="id-x")
    second = order_row("x", status="new")
    at.know(first, second)
    at.venue.standing["DELETE /v2/orders/id-x"] = lambda _: Told(204, b"")

    found = at.broker.reports(NAME)

    assert found is not None
    assert [one.cl_ord_id for one in found] == [NAME]
    assert at.broker.cancel(NAME) is CancelOutcome.ACCEPTED
    assert at.alerts.kinds() == {"order_replaced"}


def test_orders_that_replace_one_another_for_ever_are_unavailable(at: Desk) -> None:
    row = order_row(status="replaced", replaced_by="id-alc-1")
    at.know(row)

    with pytest.raises(PortUnavailableError, match="replaced"):
        at.broker.reports(NAME)


def test_the_account_is_read_while_its_cash_stands_still(at: Desk) -> None:
    """FAULTS A27."""
    positions = told([{"symbol": "SPY", "qty": "3"}])
    rows = [told(account_row(cash=cash)) for cash in ("10", "9", "9")]
    at.venue.then(rows[0], positions, rows[1], positions, rows[2])

    found = at.broker.account()

    assert found.cash == 9
    assert at.health.counts() == {"account_moved": 1}


def test_an_account_that_never_stands_still_is_told_as_it_was_last(at: Desk) -> None:
    at.venue.standing["GET /v2/positions"] = lambda _: told([])
    cash = iter(range(100))
    at.venue.standing["GET /v2/account"] = lambda _: told(account_row(cash=str(next(cash))))

    assert at.broker.account().cash == 3


@pytest.mark.parametrize("seconds", [-9, 0, 7])
def test_the_account_is_of_the_brokers_time(at: Desk, seconds: int) -> None:
    """The broker's clock and ours are compared: the one must not be taken for the other."""
    shown = NOW + timedelta(seconds=seconds)
    there = shown.astimezone(timezone(timedelta(hours=-5)))
    at.venue.standing["GET /v2/positions"] = lambda _: told([])
    at.venue.standing["GET /v2/account"] = lambda _: told(account_row())
    at.venue.standing["GET /v2/clock"] = lambda _: told({"timestamp": there.isoformat()})

    assert at.broker.account().at == shown


@pytest.mark.parametrize("clock", [{}, {"timestamp": None}, {"timestamp": "noon"}])
def test_an_account_without_a_time_is_unavailable(at: Desk, clock: dict[str, object]) -> None:
    at.venue.then(told(account_row()), told([]), told(account_row()), told(clock))

    with pytest.raises(PortUnavailableError):
        at.broker.account()


def test_the_number_of_an_account_that_was_read_is_known(at: Desk) -> None:
    at.venue.then(told(account_row()), told([]), told(account_row()))

    assert at.broker.account().account == at.broker.account_id()


def test_another_account_behind_the_same_key_is_no_account_of_ours(at: Desk) -> None:
    """FAULTS A30: a paper account was reset."""
    at.venue.standing["GET /v2/positions"] = lambda _: told([])
    at.venue.then(told(account_row()))
    assert at.broker.account_id() == "PA3ABCDEF"
    assert at.broker.lease_key() == "alpaca:PA3ABCDEF"
    at.venue.standing["GET /v2/account"] = lambda _: told(account_row(account_number="PA9"))

    with pytest.raises(PortUnavailableError, match="PA9"):
        at.broker.account()


def test_orders_are_those_of_the_day_in_new_york(at: Desk) -> None:
    """OS-11: 03:30 UTC is still yesterday there, and what follows midnight is tomorrow's."""
    moments = ("2026-11-27T04:30:00Z", "2026-11-27T05:00:00Z", "2026-11-28T04:59:59Z")
    rows = [order_row(f"alc-{number}", submitted_at=at) for number, at in enumerate(moments)]
    rows[0] |= {"symbol": None, "side": None, "qty": None}  # of several legs, by hand
    at.venue.then(told(rows), told([]))

    assert at.broker.orders(DAY) == ("alc-1", "alc-2")
    asked = query(at.venue.asked[0])
    assert datetime.fromisoformat(asked["until"]) == datetime(2026, 11, 28, 5, tzinfo=UTC)


def test_activities_name_the_orders_of_executions(at: Desk) -> None:
    """OS-13: a fill of ours must not be booked as a trade by hand."""
    by_hand = fill_row(2, "1", "1", order_id="id-hand")
    dividend = {"id": "20261127::1", "activity_type": "DIV", "date": "2026-11-27"}
    old = dividend | {"id": "20261126::1", "date": "2026-11-26"}
    at.know(order_row(), order_row("hand"))
    pages = [told([]), told([order_row()])]
    at.venue.standing["GET /v2/orders"] = lambda _: pages.pop()
    rows = [old, fill_row(1, "4", "4"), by_hand, dividend]
    at.venue.standing["GET /v2/account/activities"] = lambda _: told(rows)

    found = at.broker.activities(DAY)

    assert [(one.kind, one.cl_ord_id) for one in found] == [
        (ActivityKind.TRADE, NAME),
        (ActivityKind.TRADE, "hand"),
        (ActivityKind.DIVIDEND, None),
    ]
    before = len(at.venue.asked)
    assert at.broker.activities(DAY) == found
    assert len(at.venue.asked) == before + 2, "the names are known by now"


def test_an_execution_of_a_successor_is_of_the_first_order(at: Desk) -> None:
    """FAULTS A29: it is one of our own reports, and must not be booked as a trade by hand."""
    first = order_row(status="replaced", replaced_by="id-x")
    at.know(first, order_row("x", replaces="id-alc-1"))
    at.venue.standing["GET /v2/orders"] = lambda _: told([])
    row = fill_row(1, "4", "4", order_id="id-x")
    at.venue.standing["GET /v2/account/activities"] = lambda _: told([row])

    assert [one.cl_ord_id for one in at.broker.activities(DAY)] == [NAME]


def test_an_execution_of_an_order_that_alpaca_denies_is_no_answer(at: Desk) -> None:
    """RS-10: it may be ours."""
    at.venue.standing["GET /v2/orders"] = lambda _: told([])
    at.venue.standing["GET /v2/account/activities"] = lambda _: told([fill_row(1, "4", "4")])

    with pytest.raises(PortUnavailableError, match="does not know its order"):
        at.broker.activities(DAY)


CALLS: dict[str, Callable[[AlpacaBroker], object]] = {
    "account_id": lambda broker: broker.account_id(),
    "lease_key": lambda broker: broker.lease_key(),
    "account": lambda broker: broker.account(),
    "submit": lambda broker: broker.submit(APPROVED),
    "cancel": lambda broker: broker.cancel(NAME),
    "reports": lambda broker: broker.reports(NAME),
    "orders": lambda broker: broker.orders(DAY),
    "activities": lambda broker: broker.activities(DAY),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_refused_key_is_an_error_everywhere(
    at: Desk, call: Callable[[AlpacaBroker], object]
) -> None:
    """FAULTS A10, A11: no outcome, no retry; nothing can be done before it is replaced."""
    at.venue.then(*[Told(401, b'{"message":"unauthorized."}')] * 4)

    with pytest.raises(AuthenticationError):
        call(at.broker)

    assert len(at.venue.asked) == 1


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_ends_in_time(call: Callable[[AlpacaBroker], object]) -> None:
    """FAULTS A18."""
    limits = replace(QUICK, total=0.5, read=0.4)
    with desk(limits=limits) as at:
        at.venue.then(*[Told(instead=lambda _: time.sleep(1.2))] * 20)
        before = time.monotonic()
        answer = _answer(call, at.broker)

        assert time.monotonic() - before < limits.total + 1
        assert answer in {"unavailable", CancelOutcome.UNKNOWN} or isinstance(answer, Unknown)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_after_closing_nothing_is_asked(call: Callable[[AlpacaBroker], object]) -> None:
    with desk() as at:
        at.broker.close()

        answer = _answer(call, at.broker)

        assert answer in {"unavailable", CancelOutcome.UNKNOWN} or isinstance(answer, Unknown)
        assert at.venue.asked == []


def _answer(call: Callable[[AlpacaBroker], object], broker: AlpacaBroker) -> object:
    try:
        return call(broker)
    except PortUnavailableError:
        return "unavailable"
