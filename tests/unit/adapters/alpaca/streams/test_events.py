"""Every event of the broker as an execution report."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.streams.events import EXEC_TYPES, STATUSES, report_of
from alchemiser.adapters.alpaca.streams.frames import FrameError, parts
from alchemiser.domain.orders.messages import ExecType, OrdStatus
from tests.unit.adapters.alpaca.streams.server import ORDER, event, fill, told

DOCUMENTED = frozenset({
    "accepted",
    "accepted_for_bidding",
    "calculated",
    "canceled",
    "done_for_day",
    "expired",
    "fill",
    "held",
    "new",
    "order_cancel_rejected",
    "order_replace_rejected",
    "partial_fill",
    "pending_cancel",
    "pending_new",
    "pending_replace",
    "rejected",
    "replaced",
    "restated",
    "stopped",
    "suspended",
    "trade_bust",
    "trade_correct",
})
ENDS = {
    "canceled": (ExecType.CANCELED, OrdStatus.CANCELED),
    "expired": (ExecType.EXPIRED, OrdStatus.EXPIRED),
    "rejected": (ExecType.REJECTED, OrdStatus.REJECTED),
}
WITH_NUMBERS = {"execution_id": "x", "qty": "1", "price": "500.10"}


def test_every_documented_event_is_known() -> None:
    assert EXEC_TYPES.keys() == DOCUMENTED


@pytest.mark.parametrize("name", sorted(DOCUMENTED - {"rejected"}))
def test_every_event_makes_a_report(name: str) -> None:
    """OS-11."""
    report = told(event(name, order={"filled_qty": "1"}, **WITH_NUMBERS))

    assert report.exec_type is EXEC_TYPES[name]
    assert report.cum_qty == 1
    assert report.transact_time.isoformat() == "2024-08-05T19:45:00.123456+00:00"


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_only_ends_of_an_order_are_terminal(name: str) -> None:
    report = told(event("new", order={"status": name}))

    assert report.ord_status.is_terminal() == (name in {*ENDS, "filled"})


@pytest.mark.parametrize(("name", "end"), [(n, n) for n in ENDS] + [("rejected", "canceled")])
def test_ends_keep_what_was_filled(name: str, end: str) -> None:
    """An order that has traded in part cannot have been rejected."""
    filled = "0" if end == "rejected" else "3"
    report = told(event(name, order={"status": name, "filled_qty": filled}))

    assert (report.exec_type, report.ord_status) == ENDS[end]
    assert [report.cum_qty, report.last_qty] == [Decimal(filled), 0]
    assert report.exec_id == f"{ORDER['id']}/{end}"


def test_a_fill_is_named_by_its_execution_and_exact() -> None:
    """B17: the price is what the text says."""
    report = told(fill(1))

    assert (report.exec_id, report.exec_ref_id) == ("1-execution-1", None)
    assert (report.last_qty, report.last_px) == (Decimal(1), Decimal("500.10"))


@pytest.mark.parametrize("price", ["500.1", 500.1, Decimal("500.10")])
def test_numbers_are_read_whether_told_as_text_or_number(price: object) -> None:
    report = told(event("fill", **WITH_NUMBERS | {"price": price}, order={"filled_qty": 1.0}))

    assert report.last_px == Decimal("500.1")


def test_a_bust_names_the_fill_that_it_takes_back() -> None:
    """B14: under a name of its own, or under the fill's."""
    alone = told(event("trade_bust", execution_id="x"))
    named = told(event("trade_bust", execution_id="y", previous_execution_id="x"))

    assert (alone.exec_ref_id, named.exec_ref_id) == ("x", "x")
    assert alone.exec_id not in {"x", named.exec_id}
    assert named.exec_type is ExecType.TRADE_CANCEL
    assert named.last_qty == 0


def test_a_correction_tells_the_right_numbers() -> None:
    report = told(
        event(
            "trade_correct",
            execution_id="y",
            previous_execution_id="x",
            qty="2",
            price="499",
            order={"filled_qty": "2"},
        )
    )

    assert (report.exec_type, report.exec_ref_id) == (ExecType.TRADE_CORRECT, "x")
    assert [report.last_qty, report.last_px] == [2, 499]


@pytest.mark.parametrize("wrong", [[], {}, 7, True, "", "ten", "1e19", "1" * 41, "Infinity", "-1"])
def test_a_quantity_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(FrameError, match="an event fill is not understood"):
        told(event("fill", **WITH_NUMBERS | {"qty": wrong}, order={"filled_qty": "1"}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
KEYS = (*ORDER, "event", "timestamp", "order", "execution_id", "previous_execution_id", "qty")


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_whatever_is_told_makes_a_report_or_is_refused(
    data: dict[str, object], order: dict[str, object]
) -> None:
    """B11: nothing else is raised."""
    message = fill(1)["data"]
    try:
        report = report_of(message | data | {"order": message["order"] | order})
    except FrameError:
        return
    assert report.order_qty > 0


@given(st.binary(max_size=60))
def test_any_bytes_are_read(data: bytes) -> None:
    assert isinstance(parts(data), list)
