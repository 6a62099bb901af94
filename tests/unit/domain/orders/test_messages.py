"""A message that makes no sense is never made (OS-02, OS-03)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, a_bust, a_correction, a_fill, a_report, an_order

TERMINAL = {OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.EXPIRED, OrdStatus.REJECTED}
OF_FILLS = {ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT}
BAD_AMOUNTS = ["0", "-0", "-10", "NaN", "Infinity", "-Infinity"]


def test_sides_have_opposite_signs() -> None:
    assert Side.BUY.sign() == 1
    assert Side.SELL.sign() == -1


def test_four_states_are_terminal() -> None:
    assert {status for status in OrdStatus if status.is_terminal()} == TERMINAL


def test_order_is_always_a_limit_for_the_day() -> None:
    """OS-10."""
    order = an_order()

    assert (order.ord_type, order.time_in_force) == (OrdType.LIMIT, TimeInForce.DAY)


def test_notional_is_quantity_at_the_limit() -> None:
    assert an_order(quantity="2.5", price="500.04").notional() == Decimal("1250.1")


@pytest.mark.parametrize("quantity", [*BAD_AMOUNTS, "0.0000000001", "3.1234567891"])
def test_order_of_no_real_quantity_is_refused(quantity: str) -> None:
    """OS-02."""
    with pytest.raises(InvalidValueError, match="order_qty"):
        replace(an_order(), order_qty=Decimal(quantity))


@pytest.mark.parametrize("price", BAD_AMOUNTS)
def test_order_without_a_real_limit_is_refused(price: str) -> None:
    """OS-02, FAULTS invariant 15."""
    with pytest.raises(InvalidValueError, match="price"):
        replace(an_order(), price=Decimal(price))


@pytest.mark.parametrize("name", ["", "spy", "TOOLONGTICKER", "BRK-B", "BRK/B", "SPY "])
def test_order_for_a_malformed_symbol_is_refused(name: str) -> None:
    """OS-02: also the other spelling of a share class, whose order id would be another one."""
    with pytest.raises(InvalidValueError, match=r"symbol|write BRK"):
        replace(an_order(), symbol=Symbol(name))


@given(quantity=st.decimals(), price=st.decimals(), name=st.text(max_size=12))
def test_order_is_sound_or_refused_whatever_it_is_made_of(
    quantity: Decimal, price: Decimal, name: str
) -> None:
    """OS-02: any number and any text gives a valid order or the one error, nothing else."""
    try:
        order = NewOrderSingle(
            cl_ord_id=an_order().cl_ord_id,
            symbol=Symbol(name),
            side=Side.BUY,
            order_qty=quantity,
            price=price,
        )
    except InvalidValueError:
        return
    assert order.order_qty > 0
    assert order.price > 0


def test_quantity_of_any_size_on_the_ninth_decimal_is_an_order() -> None:
    """Whether it is too large is a question of limits, not of arithmetic."""
    assert replace(an_order(), order_qty=Decimal("1e25")).order_qty == Decimal("1e25")
    assert replace(an_order(), order_qty=Decimal("1e-9")).order_qty == Decimal("1e-9")


@pytest.mark.parametrize("name", ["cum_qty", "last_qty", "last_px", "commission"])
@pytest.mark.parametrize("value", ["-0.01", "NaN", "Infinity"])
def test_report_of_a_negative_or_unreal_amount_is_refused(name: str, value: str) -> None:
    """A17."""
    with pytest.raises(InvalidValueError, match=name):
        replace(a_fill(an_order()), **{name: Decimal(value)})  # type: ignore[arg-type]


@pytest.mark.parametrize("quantity", BAD_AMOUNTS)
def test_report_on_no_real_quantity_is_refused(quantity: str) -> None:
    """OS-03."""
    with pytest.raises(InvalidValueError, match="order_qty"):
        replace(a_fill(an_order()), order_qty=Decimal(quantity))


@pytest.mark.parametrize("name", ["last_qty", "last_px"])
def test_fill_without_quantity_or_price_is_refused(name: str) -> None:
    """OS-03."""
    with pytest.raises(InvalidValueError, match="lacks last_qty or last_px"):
        replace(a_fill(an_order()), **{name: Decimal(0)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "report",
    [
        *(a_report(an_order(), kind) for kind in ExecType if kind not in OF_FILLS),
        a_bust(an_order(), "venue-7-fill-to-10"),
    ],
    ids=lambda report: report.exec_type,
)
@pytest.mark.parametrize("name", ["last_qty", "last_px", "commission"])
def test_report_that_is_no_fill_carries_no_fill(report: ExecutionReport, name: str) -> None:
    """OS-13: it would move the order's count but never a book."""
    with pytest.raises(InvalidValueError, match="tells a fill but is no trade"):
        replace(report, **{name: Decimal("0.25")})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "report", [a_bust(an_order(), "x"), a_correction(an_order(), "x", "9", "499.40")]
)
def test_report_that_takes_a_fill_back_says_which(report: ExecutionReport) -> None:
    """B14: and never itself."""
    with pytest.raises(InvalidValueError, match="does not say which report it takes back"):
        replace(report, exec_ref_id=None)
    with pytest.raises(InvalidValueError, match="takes itself back"):
        replace(report, exec_ref_id=report.exec_id)
    with pytest.raises(InvalidValueError, match="names a report, but takes none back"):
        replace(a_fill(an_order()), exec_ref_id=report.exec_ref_id)


def test_fill_that_its_own_count_leaves_out_is_refused() -> None:
    """B03: `cum_qty` includes the fill."""
    with pytest.raises(InvalidValueError, match="cum_qty 2 below its last_qty 3"):
        replace(a_fill(an_order(), "3"), cum_qty=Decimal(2))


def test_fee_of_broken_cents_is_refused() -> None:
    """OS-05: it could not be shared out to the books."""
    with pytest.raises(InvalidValueError, match="commission of broken cents"):
        a_fill(an_order(), commission="0.005")


@pytest.mark.parametrize(
    ("name", "value"), [("last_qty", "9.9999999999"), ("cum_qty", "10.0000000001")]
)
def test_fill_of_more_than_nine_decimals_is_refused(name: str, value: str) -> None:
    """OS-05."""
    with pytest.raises(InvalidValueError, match="nine decimals"):
        replace(a_fill(an_order()), **{name: Decimal(value)})  # type: ignore[arg-type]


@pytest.mark.parametrize("status", OrdStatus)
def test_leaves_are_what_is_open_and_nothing_once_terminal(status: OrdStatus) -> None:
    """FIX 151."""
    order = an_order(quantity="10")
    report = ExecutionReport(
        cl_ord_id=order.cl_ord_id,
        order_id=a_report(order, ExecType.NEW).order_id,
        exec_id=a_report(order, ExecType.NEW).exec_id,
        exec_type=ExecType.NEW,
        ord_status=status,
        symbol=order.symbol,
        side=order.side,
        order_qty=order.order_qty,
        cum_qty=Decimal("2.5"),
        transact_time=NOW,
    )

    assert report.leaves_qty() == (0 if status in TERMINAL else Decimal("7.5"))
