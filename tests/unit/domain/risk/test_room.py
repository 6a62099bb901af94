"""How many more shares the figures of the whole portfolio leave room for (OS-18, RC-13)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.allowances import room_for
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, OverLimit, RiskCode
from alchemiser.domain.risk.measures import MEASURES
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote

SPY, SH = Symbol("SPY"), Symbol("SH")
NET = RiskCode.MAX_NET_EXPOSURE


def d(text: str) -> Decimal:
    return Decimal(text)


def a_world(increment: str = "1", shares: str = "20", **limits: object) -> RiskContext:
    """Return a world in which 10 000 of 100 000 dollars are in SPY, at a mid of 500."""
    return a_context(
        an_account("900000", {"SPY": shares}, equity="100000"),
        quotes=[quote("SPY", "499", "501", at=NOW), quote("SH", "99", "99", at=NOW)],
        instruments=[
            Instrument(symbol=SPY, quantity_increment=d(increment)),
            Instrument(symbol=SH, leverage=d("-1")),
        ],
        limits=replace(RESEARCH_LIMITS, **limits),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("increment", ["1", "0.25", "0.000000001"])
@pytest.mark.parametrize(
    ("limit", "room"),
    [
        ("0.3", "40"),
        ("0.299999", "39.9998"),
        ("0.26", "32"),
        ("0.105", "1"),
        ("0.104999", "0.9998"),
        ("0.1", "0"),
        ("0.09", "0"),
        ("0.35", "50"),
    ],
)
def test_as_many_shares_fit_as_the_figure_takes(limit: str, room: str, increment: str) -> None:
    """OS-18: of fifty, down to the increment."""
    step = d(increment)
    allowed = (d(room) / step).to_integral_value(rounding="ROUND_FLOOR") * step

    found = room_for(an_order(quantity="50"), a_world(increment, max_net_exposure=d(limit)))

    assert found == (allowed, NET if allowed < 50 else None)


def test_figure_that_the_order_makes_smaller_leaves_room_for_all_of_it() -> None:
    """RC-03: up to where it would be as large again on the other side."""
    context = a_world(shares="100", max_net_exposure=d("0.1"))

    assert room_for(an_order("SH", "1010", "99"), context) == (d("1010"), None)
    room, code = room_for(an_order("SH", "1011", "99"), context)
    assert (room, code) == (d("1010.101010101"), NET)


@pytest.mark.parametrize(
    ("quantity", "limit", "room"),
    [("1.5", "0.105", "1"), ("1.5", "0.104", "0"), ("2.5", "0.11", "2")],
)
def test_quantity_off_the_increment_is_cut_as_well_and_ends(
    quantity: str, limit: str, room: str
) -> None:
    """RC-17, OS-14: whole shares; the gate refuses what is off them, and nothing hangs."""
    context = a_world("1", max_net_exposure=d(limit))

    assert room_for(an_order(quantity=quantity), context) == (d(room), NET)


def test_sells_are_not_measured() -> None:
    """RC-17: nor is a hedge that is sold."""
    context = a_world(max_net_exposure=d("0.01"), max_var=d("0.0001"))

    assert room_for(an_order(quantity="20", side=Side.SELL), context) == (d("20"), None)
    large = replace(context, limits=replace(context.limits, max_order_quantity=d("7.5")))
    assert room_for(an_order(quantity="20", side=Side.SELL), large) == (
        d("7"),
        RiskCode.MAX_ORDER_QUANTITY,
    )


@pytest.mark.parametrize("lost", ["account", "history", "quotes"])
def test_figure_that_is_not_known_leaves_the_order_to_the_gate(lost: str) -> None:
    """OS-21."""
    context = a_world(max_var=d("0.0001"), max_expected_shortfall=d("0.0001"))
    nothing: object = {} if lost == "quotes" else None
    blind = replace(context, **{lost: nothing})  # type: ignore[arg-type]
    if lost == "account":
        blind = replace(blind, cash=None)

    assert room_for(an_order(), context)[1] is RiskCode.MAX_VAR
    assert room_for(an_order(), blind) == (d("10"), None)
    if lost == "account":
        broke = replace(context, account=an_account("9000", equity="0"))
        assert room_for(an_order(), broke) == (d("10"), None)


def test_each_measure_is_asked_of_what_the_ones_before_have_left() -> None:
    """OS-18: the last that cuts is told."""
    context = a_world(
        "0.000000001", max_net_exposure=d("0.15"), max_expected_shortfall=d("0.00005")
    )

    alone = replace(context, limits=replace(context.limits, max_expected_shortfall=None))
    assert room_for(an_order(), alone) == (d("10"), None)
    room, code = room_for(an_order(quantity="15"), context)
    assert room < 10
    assert code is RiskCode.MAX_EXPECTED_SHORTFALL
    for measure in MEASURES:
        assert measure.refusal(context, {SPY: room}) is None
    assert MEASURES[2].refusal(context, {SPY: room + d("1e-9")}) is not None


def test_owner_who_has_limits_refuse_has_no_order_cut() -> None:
    """OS-16: and a symbol that is not known has no increment to cut it to."""
    context = a_world(max_net_exposure=d("0.01"), max_order_quantity=d("1"))
    refusing = replace(context, limits=replace(context.limits, over_limit=OverLimit.REFUSE))

    assert room_for(an_order(), context) == (d("0"), NET)
    assert room_for(an_order(), refusing) == (d("10"), None)
    assert room_for(an_order("AGG"), context) == (d("10"), None)
