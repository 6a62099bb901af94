"""What Alpaca says of an order becomes reports that only grow."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from alchemiser.adapters.alpaca.activity_rows import ActivityRow
from alchemiser.adapters.alpaca.decoding import MalformedAnswerError, decode
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.order_rows import OrderRow, acknowledgement, reports, request
from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Side,
    TimeInForce,
)
from alchemiser.domain.orders.order import Order, apply
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from tests.unit.adapters.alpaca.telling import Alerts, fill_row, order_row

SENT = NewOrderSingle(
    cl_ord_id=ClOrdId("alc-1"),
    symbol=Symbol("SPY"),
    side=Side.BUY,
    order_qty=Decimal(10),
    price=Decimal("601.10"),
)


def order(**changes: Any) -> OrderRow:  # noqa: ANN401 - JSON
    return decode(OrderRow, json.dumps(order_row(**changes)).encode())


def executions(*rows: dict[str, Any]) -> list[ActivityRow]:
    return decode(list[ActivityRow], json.dumps(rows).encode())


def followed(told: tuple[ExecutionReport, ...]) -> Order:
    state = Order(request=SENT)
    for report in told:
        state = apply(state, report)
    return state


def test_an_order_is_sent_as_exact_texts() -> None:
    """OS-05: no float, no exponent."""
    small = NewOrderSingle(
        cl_ord_id=ClOrdId("alc-2"),
        symbol=Symbol("BRK.B"),
        side=Side.SELL,
        order_qty=Decimal("1E-9"),
        price=Decimal("1.50E+2"),
        time_in_force=TimeInForce.AT_THE_CLOSE,
    )

    assert request(small) == {
        "symbol": "BRK.B",
        "qty": "0.000000001",
        "side": "sell",
        "type": "limit",
        "time_in_force": "cls",
        "limit_price": "150",
        "client_order_id": "alc-2",
    }


@pytest.mark.parametrize(
    "status",
    [
        "new",
        "accepted",
        "pending_new",
        "accepted_for_bidding",
        "stopped",
        "suspended",
        "calculated",
        "held",
        "pending_review",
        "pending_cancel",
        "pending_replace",
        "done_for_day",
        "status_of_tomorrow",
        "",
    ],
)
def test_a_status_that_is_not_the_end_counts_as_live(status: str) -> None:
    """FAULTS A16, A25: a status nobody knows is no reason to forget the order."""
    alerts = Alerts()

    told = reports([order(status=status)], [], Health(alerts))

    assert [one.exec_type for one in told] == [ExecType.NEW]
    assert not followed(told).is_done()
    assert alerts.kinds() == ({"unknown_status"} if status in {"status_of_tomorrow", ""} else set())


@pytest.mark.parametrize(
    ("status", "key", "exec_type"),
    [
        ("canceled", "canceled_at", ExecType.CANCELED),
        ("expired", "expired_at", ExecType.EXPIRED),
        ("rejected", "failed_at", ExecType.REJECTED),
    ],
)
def test_an_end_is_told_once_with_its_time(status: str, key: str, exec_type: ExecType) -> None:
    """OS-11."""
    row = order(status=status, **{key: "2026-11-27T11:00:00-05:00"})

    told = reports([row], [], Health())

    assert [one.exec_type for one in told] == [ExecType.NEW, exec_type]
    assert told[1].transact_time == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert followed(told).is_done()


def test_executions_are_told_by_the_ids_of_the_stream() -> None:
    """OS-13: an activity is named `TIME::ID`, the stream tells `ID`: the two are one fill."""
    rows = executions(fill_row(1, "4", "4"), fill_row(2, "6", "10"))

    told = reports([order(status="filled", filled_qty="10")], rows, Health())

    assert [one.exec_id for one in told] == ["id-alc-1/new", "exec-1", "exec-2"]
    assert [one.cum_qty for one in told] == [0, 4, 10]
    assert [one.ord_status for one in told][1:] == [OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED]
    assert told[2].last_px == Decimal("600.55")
    assert followed(told).is_done()


def test_executions_of_one_moment_are_told_in_the_order_of_their_count() -> None:
    """Alpaca-API 170: they come in any order."""
    at = "2026-11-27T15:00:01.176Z"
    rows = [
        fill_row(number, quantity, cum_qty, transaction_time=at)
        for number, quantity, cum_qty in ((1, "3", "3"), (2, "5", "8"), (3, "2", "10"))
    ]
    row = order(status="filled", filled_qty="10")

    told = {reports([row], executions(*some), Health()) for some in permutations(rows)}

    assert len(told) == 1
    assert [one.cum_qty for one in told.pop()] == [0, 3, 8, 10]


def test_an_order_ahead_of_its_executions_is_not_told_as_filled() -> None:
    """FAULTS A27: the count is told, no execution is made up, and what follows doubles nothing."""
    health = Health()
    row = order(status="filled", filled_qty="10")
    early = reports([row], executions(fill_row(1, "6", "6")), health)

    assert [one.exec_type for one in early] == [ExecType.NEW, ExecType.TRADE, ExecType.NEW]
    assert early[-1].cum_qty == 10
    assert early[-1].ord_status is OrdStatus.PARTIALLY_FILLED
    assert health.counts() == {"fills_behind_order": 1}
    state = followed(early)
    assert state.cum_qty == 6
    assert state.lacks_fills()
    assert not state.is_done()

    late = reports([row], executions(fill_row(1, "6", "6"), fill_row(2, "4", "10")), health)

    assert followed((*early, *late)).cum_qty == 10
    assert followed((*early, *late)).is_done()


def test_an_earlier_execution_that_comes_late_changes_no_report() -> None:
    """OS-13: a report may be told again, never changed."""
    row = order(status="partially_filled", filled_qty="9")
    early = reports([row], executions(fill_row(2, "5", "9")), Health())
    late = reports([row], executions(fill_row(1, "4", "4"), fill_row(2, "5", "9")), Health())

    assert early[1] == late[2]
    assert followed((*early, *late)).cum_qty == 9


def test_a_canceled_order_whose_fills_are_not_told_yet_is_not_done() -> None:
    """FAULTS A20."""
    row = order(status="canceled", filled_qty="6", canceled_at="2026-11-27T15:01:00Z")

    early = reports([row], executions(fill_row(1, "4", "4")), Health())
    late = reports([row], executions(fill_row(1, "4", "4"), fill_row(2, "2", "6")), Health())

    assert early[-1].exec_type is ExecType.CANCELED
    assert early[-1].cum_qty == 6
    assert not followed(early).is_done()
    assert followed((*early, *late)).is_done()
    assert early[-1] == late[-1]


def test_an_order_behind_its_executions_is_counted() -> None:
    health = Health()

    told = reports([order(status="new")], executions(fill_row(1, "4", "4")), health)

    assert [one.cum_qty for one in told] == [0, 4]
    assert health.counts() == {"order_behind_fills": 1}


def test_a_fill_that_was_taken_back_is_told_to_a_person() -> None:
    """FAULTS B14: the list of executions does not say which; books and broker will differ."""
    alerts = Alerts()
    row = order(status="canceled", filled_qty="0", canceled_at="2026-11-27T15:01:00Z")

    told = reports([row], executions(fill_row(1, "4", "4")), Health(alerts))

    assert [one.exec_type for one in told][1:] == [ExecType.TRADE, ExecType.CANCELED]
    assert alerts.kinds() == {"order_behind_fills"}


def test_a_rejection_after_fills_is_a_cancel() -> None:
    row = order(status="rejected", filled_qty="4", failed_at="2026-11-27T15:01:00Z")

    told = reports([row], executions(fill_row(1, "4", "4")), Health())

    assert [one.exec_type for one in told][1:] == [ExecType.TRADE, ExecType.CANCELED]


def test_what_replaced_an_order_is_told_under_its_name() -> None:
    """FAULTS A29."""
    first = order(status="replaced", replaced_by="id-x", filled_qty="4")
    second = order(id="id-x", client_order_id="broker's own", status="filled", filled_qty="10")
    rows = executions(fill_row(1, "4", "4"), fill_row(2, "6", "6", order_id="id-x"))

    told = reports([first, second], rows, Health())

    assert {one.cl_ord_id for one in told} == {"alc-1"}
    assert followed(told).is_done()


@pytest.mark.parametrize(
    "changes",
    [
        {"side": "short"},
        {"qty": None},
        {"qty": "0"},
        {"qty": "NaN"},
        {"id": ""},
        {"created_at": None, "submitted_at": None},
        {"symbol": "spy"},
    ],
)
def test_an_order_that_cannot_be_ours_is_refused(changes: dict[str, object]) -> None:
    """FAULTS A17."""
    with pytest.raises(MalformedAnswerError):
        acknowledgement(order(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "0"},
        {"price": "-1"},
        {"price": None},
        {"qty": "1e-10"},
        {"transaction_time": None},
    ],
)
def test_an_execution_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    rows = executions(fill_row(1, "4", "4", **changes))

    with pytest.raises(MalformedAnswerError):
        reports([order(filled_qty="4")], rows, Health())


def test_an_execution_of_no_share_changes_nothing() -> None:
    plain = executions(fill_row(1, "4", "4"))
    beside = executions(fill_row(1, "4", "4"), fill_row(2, "0", "4"))

    told = reports([order(filled_qty="4")], beside, Health())

    assert told == reports([order(filled_qty="4")], plain, Health())


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"limit_price": "601.10"}, True),
        ({"limit_price": None}, True),
        ({"qty": "10.0"}, True),
        ({"qty": "20"}, False),
        ({"limit_price": "601.11"}, False),
        ({"side": "sell"}, False),
        ({"symbol": "QQQ"}, False),
        ({"client_order_id": "alc-2"}, False),
    ],
)
def test_another_order_of_the_same_name_is_seen(changes: dict[str, object], *, same: bool) -> None:
    """OS-08."""
    assert order(**changes).is_of(SENT) is same
