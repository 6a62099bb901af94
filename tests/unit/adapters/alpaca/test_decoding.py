"""Numbers keep every digit; whatever is no answer raises one error and no other."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.account_rows import AccountRow, PositionRow, snapshot
from alchemiser.adapters.alpaca.activity_rows import ActivityRow, activities
from alchemiser.adapters.alpaca.decoding import (
    MalformedAnswerError,
    amount,
    decode,
    moment,
    new_york_day,
    number,
    optional,
)
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.order_rows import OrderRow, reports
from alchemiser.domain.values.identifiers import ClOrdId
from tests.unit.adapters.alpaca.telling import NOW, account_row, fill_row, order_row

SHAPES = (OrderRow, AccountRow, list[PositionRow], list[ActivityRow])
ODD = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "0x10",
    "1_000",
    "0.0000000001",
    "1234567890123456",
    " 1",
    "",
    "one",
    "१",
    "+1",
    ".5",
    "5.",
)

exact = st.decimals(
    min_value=0, max_value=Decimal("999999999999.999999999"), places=9, allow_nan=False
)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(exact, st.booleans())
def test_a_number_keeps_every_digit(value: Decimal, quoted: bool) -> None:
    """FAULTS B17: no float ever stands between."""
    digits = f"{value:f}"
    text = f'"{digits}"' if quoted else digits
    raw = msgspec.json.decode(text.encode(), type=msgspec.Raw)

    assert f"{number(raw, 'qty'):f}" == digits


@pytest.mark.parametrize("text", [*ODD, "-1"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    """FAULTS A17."""
    with pytest.raises(MalformedAnswerError, match="qty"):
        number(msgspec.Raw(json.dumps(text).encode()), "qty")


@pytest.mark.parametrize("raw", [b"true", b"[1]", b"{}", b"null", b""])
def test_what_is_no_number_at_all_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedAnswerError, match="qty"):
        number(msgspec.Raw(raw), "qty")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"1e-09", "0.000000001"),
        (b'"1E-9"', "0.000000001"),
        (b"1e5", "100000"),
        (b'"1.5E+2"', "150"),
        (b'"10.000000000000"', "10"),
        (b"99999.0", "99999"),
    ],
)
def test_a_number_may_have_an_exponent_and_noughts_that_do_not_count(
    raw: bytes, value: str
) -> None:
    """FAULTS A17: as JSON has it, and as other languages write what they hold."""
    found = number(msgspec.Raw(raw), "qty")

    assert found == Decimal(value)
    assert found.as_tuple().exponent in range(-9, 1)


@pytest.mark.parametrize("raw", [b"1e-10", b"1.0000000001", b"1e15", b"1e99", b"-1e-9"])
def test_a_quantity_that_cannot_be_is_refused_whatever_it_is_written_as(raw: bytes) -> None:
    with pytest.raises(MalformedAnswerError, match="qty"):
        number(msgspec.Raw(raw), "qty")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'"99998.16654492284"', "99998.166544923"),
        (b"12345.670000000002", "12345.670000000"),
        (b'"-0.00000000005"', "0"),
        (b"7", "7"),
    ],
)
def test_dollars_may_have_more_decimals_than_count(raw: bytes, value: str) -> None:
    """FAULTS B17: parts of a share times a price have eleven."""
    assert amount(msgspec.Raw(raw), "equity", negative=True) == Decimal(value)


def test_a_negative_number_is_taken_where_there_may_be_one() -> None:
    assert number(msgspec.Raw(b'"-1.50"'), "cash", negative=True) == Decimal("-1.50")
    assert optional(msgspec.Raw(b"null"), "cash") is None
    assert optional(msgspec.Raw(), "cash") is None


@given(st.binary(max_size=200), st.sampled_from(SHAPES))
@example(b'{"a":' * 50_000, OrderRow)
@example(b"[" * 100_000, list[PositionRow])
@example(b'{"id":"\xff"}', OrderRow)
@example(b'{"id":"\\ud800"}', OrderRow)
@example(b"<html>502 Bad Gateway</html>", OrderRow)
@example(b"", AccountRow)
@example(b"null", AccountRow)
def test_garbage_raises_the_one_error(body: bytes, shape: type[object]) -> None:
    """FAULTS A15."""
    with suppress(MalformedAnswerError):
        decode(shape, body)


@given(st.dictionaries(st.sampled_from(sorted(order_row())), trees))
def test_an_order_of_garbage_is_read_or_refused(changes: dict[str, object]) -> None:
    """FAULTS A16, A17."""
    try:
        row = decode(OrderRow, json.dumps(order_row() | changes).encode())
        told = reports([row], [], Health())
    except MalformedAnswerError:
        return
    assert told[0].cum_qty == 0


@given(st.dictionaries(st.sampled_from(sorted(fill_row(1, "1", "1"))), trees))
def test_an_execution_of_garbage_is_read_or_refused(changes: dict[str, object]) -> None:
    try:
        row = decode(ActivityRow, json.dumps(fill_row(1, "1", "1") | changes).encode())
        reports([decode(OrderRow, json.dumps(order_row()).encode())], [row], Health())
        told = tuple(activities([row], lambda _: ClOrdId("alc-1"), Health()))
    except MalformedAnswerError:
        return
    assert len(told) <= 1


@given(st.dictionaries(st.sampled_from(sorted(account_row())), trees), trees)
def test_an_account_of_garbage_is_read_or_refused(changes: dict[str, object], held: object) -> None:
    try:
        row = decode(AccountRow, json.dumps(account_row() | changes).encode())
        rows = decode(list[PositionRow], json.dumps(held).encode())
        told = snapshot(row, rows, NOW, Health())
    except MalformedAnswerError:
        return
    assert told.buying_power >= 0


def test_a_moment_is_told_in_utc() -> None:
    there = datetime(2026, 11, 27, 10, 0, tzinfo=timezone(timedelta(hours=-5)))

    assert moment(there, "at") == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert new_york_day(datetime(2026, 11, 28, 3, 0, tzinfo=UTC)) == date(2026, 11, 27)


@pytest.mark.parametrize(
    "at", [None, datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))], ids=["none", "far"]
)
def test_no_moment_is_refused(at: datetime | None) -> None:
    with pytest.raises(MalformedAnswerError, match="no moment"):
        moment(at, "filled_at")
