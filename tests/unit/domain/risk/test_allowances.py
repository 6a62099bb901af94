"""What the limits leave room for is what the gate then lets pass (OS-18)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.gates import approve
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, RiskLimits, Violation
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import SHARE
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote

SPY = Symbol("SPY")
WHOLE = Instrument(symbol=SPY, quantity_increment=Decimal(1))
ACCOUNT = an_account("40000", {"SPY": "20"}, equity="50000")


def limits(position: str | None, gross: str | None = None) -> RiskLimits:
    by_class = {AssetClass.STOCK: Decimal(position)} if position else None
    return replace(
        RESEARCH_LIMITS,
        max_position=by_class,
        max_gross_exposure=Decimal(gross) if gross else None,
    )


@pytest.mark.parametrize("lost", ["account", "quotes", "instruments"])
def test_room_that_cannot_be_known_is_none(lost: str) -> None:
    """OS-21: it is the gate that refuses."""
    context = a_context(ACCOUNT, limits=limits("0.45", "0.9"))
    blind = replace(context, **{lost: None if lost == "account" else {}})  # type: ignore[arg-type]

    assert room_for(an_order(), replace(blind, cash=None)) == (Decimal(10), None)
    assert isinstance(approve(an_order(), replace(blind, cash=None)), Violation)


@pytest.mark.parametrize(
    ("position", "gross", "cash", "room", "code"),
    [
        ("0.45", "2", "40000", "25", RiskCode.MAX_POSITION),
        ("0.459", "2", "40000", "25", RiskCode.MAX_POSITION),
        ("2", "0.45", "40000", "25", RiskCode.MAX_GROSS_EXPOSURE),
        ("2", "2", "12624", "25", RiskCode.BUYING_POWER),
        ("0.45", "0.42", "10000", "19", RiskCode.BUYING_POWER),
        ("0.45", "0.42", "40000", "22", RiskCode.MAX_GROSS_EXPOSURE),
        ("0.1", "2", "40000", "0", RiskCode.MAX_POSITION),
        ("2", "2", "-3", "0", RiskCode.BUYING_POWER),
        ("2", "2", "40000", "30", None),
    ],
)
def test_tightest_limit_binds_and_leaves_whole_shares(
    position: str, gross: str, cash: str, room: str, code: RiskCode | None
) -> None:
    """OS-14, OS-18: 30 SPY are wanted at a limit of 502.50."""
    account = replace(ACCOUNT, cash=Decimal(cash), buying_power=Decimal(50000))
    context = a_context(account, instruments=[WHOLE], limits=limits(position, gross))

    assert room_for(an_order(quantity="30", price="502.50"), context) == (Decimal(room), code)


def test_sell_always_fits() -> None:
    context = a_context(ACCOUNT, limits=limits("0.1", "0.1"))

    assert room_for(an_order(quantity="30", side=Side.SELL), context) == (Decimal(30), None)


@given(
    quantity=st.decimals("0.000000001", "400", places=9),
    price=st.decimals("495", "505", places=2),
    held=st.decimals("0.000000001", "100", places=9),
    position=st.decimals("0.01", "1.2", places=3),
    gross=st.decimals("0.01", "3", places=2),
    cash=st.decimals("-100", "60000", places=2),
    leverage=st.sampled_from([Decimal(1), Decimal(3), Decimal("-0.5")]),
    step=st.sampled_from([SHARE, Decimal(1), Decimal("0.05")]),
)
def test_what_fits_passes_the_gate_and_one_step_more_does_not(  # noqa: PLR0913
    *,
    quantity: Decimal,
    price: Decimal,
    held: Decimal,
    position: Decimal,
    gross: Decimal,
    cash: Decimal,
    leverage: Decimal,
    step: Decimal,
) -> None:
    """OS-18, RC-17: an order cut at its release is never refused for the limit that cut it."""
    instrument = Instrument(symbol=SPY, leverage=leverage, quantity_increment=step)
    account = an_account(str(cash), {"SPY": str(held)}, equity=str(cash + 80000))
    context = a_context(
        account,
        quotes=[quote("SPY", "499.91", "500.06", at=NOW)],
        instruments=[instrument],
        limits=limits(str(position), str(gross)),
    )
    asked = (quantity / step).to_integral_value() * step or step
    order = replace(an_order(quantity=str(asked)), price=price)

    room, code = room_for(order, context)

    assert 0 <= room <= order.order_qty
    assert (room == order.order_qty) is (code is None)
    if room:
        fitting = replace(order, order_qty=room)
        assert approve(fitting, context) == ApprovedOrder(order=fitting)
    if code is not None:
        refused = approve(replace(order, order_qty=room + step), context)
        assert isinstance(refused, Violation)
