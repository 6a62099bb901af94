"""The venue refuses an order for one stable reason each (OS-04, OS-15)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.values.identifiers import OrderId
from alchemiser.domain.values.instrument import AssetClass, Instrument, ListingStatus
from alchemiser.domain.venue_model.account import VenueAccount
from alchemiser.domain.venue_model.admission import Admission, RejectCode, refusal
from alchemiser.domain.venue_model.order import VenueOrder
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.testing.fakes import quote
from tests.simulated_venue import DAY, ENTRY, SESSION, SPY, order, sell

ADMISSION = Admission(
    instrument=Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND),
    quote=quote("SPY", "499.98", "500.02", at=ENTRY),
    account=VenueAccount(cash=Decimal("5010.00"), positions={SPY: Decimal("7.5")}),
    open_orders=(),
    settings=VenueSettings(),
)


def opened(asked: NewOrderSingle) -> VenueOrder:
    return VenueOrder(
        entry=1,
        order_id=OrderId("X-1"),
        order=asked,
        session=DAY,
        entered_at=ENTRY,
        closes_at=SESSION.close_at,
    )


def code(asked: NewOrderSingle, admission: Admission = ADMISSION) -> str | None:
    refused = refusal(asked, admission)
    return None if refused is None else refused.code


@pytest.mark.parametrize(
    "asked",
    [
        order("buys all the cash", "10", "501.00"),
        sell("sells all the shares", "7.5", "499.00"),
        order("costs one dollar", "0.002", "500.00"),
    ],
    ids=lambda asked: asked.cl_ord_id,
)
def test_order_at_the_limit_of_what_is_allowed_is_taken(asked: NewOrderSingle) -> None:
    assert refusal(asked, ADMISSION) is None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (order("a", "10.000000001", "501.00"), RejectCode.INSUFFICIENT_BUYING_POWER),
        (sell("a", "7.500000001", "499.00"), RejectCode.INSUFFICIENT_QUANTITY),
        (order("a", "0.0019", "500.00"), RejectCode.NOTIONAL_BELOW_MINIMUM),
        (order("a", "3", "500.005"), RejectCode.INVALID_PRICE),
    ],
)
def test_order_just_beyond_is_refused(asked: NewOrderSingle, reason: RejectCode) -> None:
    assert code(asked) == reason


def test_unquoted_symbol_is_refused() -> None:
    assert code(order("a", "3", "500"), replace(ADMISSION, quote=None)) == RejectCode.NO_QUOTE


def test_untradable_symbol_is_refused() -> None:
    halted = replace(
        ADMISSION, instrument=replace(ADMISSION.instrument, status=ListingStatus.NOT_TRADABLE)
    )

    assert code(order("a", "3", "500"), halted) == RejectCode.NOT_TRADABLE


@pytest.mark.parametrize(("quantity", "reason"), [("3", None), ("3.5", "not_fractionable")])
def test_fraction_of_a_whole_share_instrument_is_refused(quantity: str, reason: str | None) -> None:
    """OS-14."""
    whole = replace(ADMISSION.instrument, quantity_increment=Decimal(1))

    assert code(order("a", quantity, "500"), replace(ADMISSION, instrument=whole)) == reason


def test_open_buys_take_from_the_buying_power() -> None:
    pending = replace(ADMISSION, open_orders=(opened(order("z", "4", "501.00")),))

    assert code(order("a", "6", "501.00"), pending) is None
    assert code(order("a", "6.01", "501.00"), pending) == RejectCode.INSUFFICIENT_BUYING_POWER


def test_open_sells_take_from_the_shares() -> None:
    pending = replace(ADMISSION, open_orders=(opened(sell("z", "4", "499.00")),))

    assert code(sell("a", "3.5", "499.00"), pending) is None
    assert code(sell("a", "3.6", "499.00"), pending) == RejectCode.INSUFFICIENT_QUANTITY


def test_refusal_says_what_was_asked_and_what_is_free() -> None:
    refused = refusal(sell("a", "9", "499.00"), ADMISSION)

    assert refused is not None
    assert refused.text == "requested 9 of SPY, available 7.5 of 7.5"


def test_first_reason_in_the_order_of_the_codes_is_given() -> None:
    admission = replace(ADMISSION, quote=None)

    assert code(order("a", "0.0011", "500.005"), admission) == RejectCode.INVALID_PRICE
