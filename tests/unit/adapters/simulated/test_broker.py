"""The simulated broker trades one account on a virtual clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import Position
from alchemiser.domain.orders.messages import (
    Accepted,
    CancelOutcome,
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Rejected,
    Unknown,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import ClOrdId
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.testing.fakes import approved, quote
from tests.simulated_venue import (
    BRKB,
    DAY,
    ENTRY,
    EXACT,
    HALT,
    NEXT_DAY,
    SESSION,
    SPY,
    TECL,
    World,
    order,
    sell,
    world,
)

OUTAGE = PortUnavailableError("The market cannot be reached.")


def reports(here: World, name: str) -> tuple[ExecutionReport, ...]:
    found = here.broker.reports(ClOrdId(name))
    assert found is not None
    return found


def status(here: World, name: str) -> OrdStatus:
    return reports(here, name)[-1].ord_status


def buy(here: World, name: str, quantity: str) -> None:
    assert isinstance(here.submit(order(name, quantity, "510")), Accepted)
    here.seconds(3)


def test_buy_fills_after_its_delay_and_not_before() -> None:
    here = world(settings=EXACT)
    here.submit(order("a", "12", "500.02"))

    before = here.broker.account()
    here.seconds(3)
    after = here.broker.account()

    assert (before.cash, before.positions) == (Decimal(100000), ())
    assert after.cash == Decimal("100000.00") - 12 * Decimal("500.02")
    assert after.positions == (Position(symbol=SPY, quantity=Decimal(12)),)
    assert after.equity == after.cash + 12 * Decimal("500.00")
    assert after.at == ENTRY + timedelta(seconds=3)
    trade = reports(here, "a")[-1]
    assert timedelta(milliseconds=200) <= trade.transact_time - ENTRY <= timedelta(seconds=3)


def test_account_number_follows_from_the_name_alone() -> None:
    """OS-08: a restart with a new file must derive the same order names."""
    assert world(name="paper").broker.account_id() == world(seed=9).broker.account_id()
    assert world(name="paper").broker.account_id() != world(name="papa").broker.account_id()
    assert world(name="paper").broker.account_id() == "SIM382635"


def test_lease_of_an_account_in_memory_is_its_own() -> None:
    assert world().broker.lease_key() == "simulated:memory:SIM382635"


@pytest.mark.parametrize("cash", ["-0.01", "NaN", "Infinity"])
def test_impossible_cash_is_refused(cash: str) -> None:
    with pytest.raises(InvalidValueError, match="the broker's cash must"):
        world(cash=cash)


def test_price_increment_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="price_increment"):
        replace(world().broker, price_increment=Decimal(0))


def test_venue_keeps_to_its_own_price_increment() -> None:
    """Total-return units have no ticks: the venue's increment stands above the instrument's."""
    here = world(settings=EXACT)
    fine = replace(here.broker, price_increment=Decimal("0.000001"))
    here.market.tell(quote("TECL", "0.183101", "0.183207", at=ENTRY))

    outcome = fine.submit(approved(order("a", "700", "0.183207", symbol=TECL)))
    here.seconds(3)

    assert isinstance(outcome, Accepted)
    assert fine.account().cash == Decimal("100000.00") - Decimal("128.24")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (order("a", "3", "12.04", symbol=HALT), "not_tradable"),
        (order("a", "3.5", "431", symbol=BRKB), "not_fractionable"),
        (order("a", "3", "500.005"), "invalid_price"),
        (order("a", "0.0019", "500"), "notional_below_minimum"),
        (order("a", "200", "500.01"), "insufficient_buying_power"),
        (sell("a", "0.01", "490"), "insufficient_quantity"),
    ],
)
def test_inadmissible_order_is_refused_and_leaves_no_trace(
    asked: NewOrderSingle, code: str
) -> None:
    """OS-12, OS-15."""
    here = world()

    outcome = here.submit(asked)

    assert isinstance(outcome, Rejected)
    assert outcome.code == code
    assert here.broker.reports(ClOrdId("a")) is None
    assert here.broker.orders(DAY) == ()


def test_order_without_a_quote_is_refused() -> None:
    here = world()
    here.market.forget("SPY")

    assert here.submit(order("a", "3", "500")) == Rejected(code="no_quote", text="SPY has no quote")


@pytest.mark.parametrize(
    ("at", "is_taken"),
    [
        (SESSION.open_at - timedelta(microseconds=1), False),
        (SESSION.open_at, True),
        (SESSION.close_at - timedelta(microseconds=1), True),
        (SESSION.close_at, False),
        (datetime(2024, 8, 4, 15, tzinfo=UTC), False),
    ],
)
def test_orders_are_taken_in_the_session_alone(at: datetime, is_taken: bool) -> None:
    here = world()
    here.clock.advance(at - ENTRY)

    outcome = here.submit(order("a", "3", "500"))

    assert isinstance(outcome, Accepted) is is_taken
    assert is_taken or (isinstance(outcome, Rejected) and outcome.code == "market_closed")


def test_same_order_after_the_close_is_still_known() -> None:
    """OS-08: a resend after a crash is answered, whatever the hour."""
    here = world()
    first = here.submit(order("a", "3", "510"))
    here.elapse(timedelta(hours=2))

    assert here.submit(order("a", "3", "510")) == first


def test_same_name_with_another_price_is_refused() -> None:
    """OS-08."""
    here = world()
    here.submit(order("a", "3", "510"))

    outcome = here.submit(order("a", "3", "510.01"))

    assert isinstance(outcome, Rejected)
    assert outcome.code == "duplicate_cl_ord_id"


def test_sell_pays_its_fees() -> None:
    here = world()
    buy(here, "a", "40")
    before = here.broker.account().cash

    here.submit(sell("b", "40", "490"))
    here.seconds(3)

    trades = [one for one in reports(here, "b") if one.exec_type is ExecType.TRADE]
    fees = sum(one.commission for one in trades)
    assert fees >= Decimal("0.56")  # 40 x 0.000166 + 19980 x 0.0000278 = 0.562
    proceeds = sum(one.last_qty * one.last_px for one in trades)
    assert abs(here.broker.account().cash - before - proceeds + fees) <= Decimal("0.015")


def test_sell_proceeds_are_spendable_once_the_sell_has_filled() -> None:
    """OS-18."""
    here = world(settings=EXACT, cash="6200.00")
    buy(here, "a", "12")
    rest = order("c", "50", "71.40", symbol=TECL)

    here.submit(sell("b", "12", "490"))
    early = here.submit(rest)
    here.seconds(3)
    late = here.submit(rest)

    assert isinstance(early, Rejected)
    assert early.code == "insufficient_buying_power"
    assert isinstance(late, Accepted)


def test_resting_order_fills_when_the_quote_comes_to_it() -> None:
    """EX-07."""
    here = world(settings=EXACT)
    here.submit(order("a", "12", "499.00"))
    here.market.tell(quote("SPY", "498.50", "498.60", at=ENTRY + timedelta(seconds=90)))

    here.seconds(119.9)
    before = status(here, "a")
    here.seconds(4)

    assert before is OrdStatus.NEW
    trade = reports(here, "a")[-1]
    assert (trade.ord_status, trade.last_px) == (OrdStatus.FILLED, Decimal("498.60"))
    # It meets the quote at the second full minute after its entry.
    assert timedelta(0) < trade.transact_time - ENTRY - timedelta(minutes=2) <= timedelta(seconds=3)


def test_what_slipped_past_the_limit_gets_a_new_draw_a_minute_later() -> None:
    """EX-07: slippage up to 500.52 leaves a limit of 500.12 one chance in five a minute."""
    settings = replace(EXACT, slippage=Decimal("0.001"))
    here = world(settings=settings, seed=2)
    here.submit(order("a", "12", "500.12"))

    here.seconds(59)
    before = status(here, "a")
    here.elapse(timedelta(minutes=13))

    assert before is OrdStatus.NEW
    assert status(here, "a") is OrdStatus.FILLED


def test_parts_are_booked_one_by_one() -> None:
    """OS-13."""
    settings = replace(EXACT, partial_probability=Decimal(1))
    here = world(settings=settings)
    here.submit(order("a", "12", "510"))

    seen = []
    for _ in range(30):
        here.seconds(0.1)
        account = here.broker.account()
        cum_qty = reports(here, "a")[-1].cum_qty
        assert [one.quantity for one in account.positions] == ([cum_qty] if cum_qty else [])
        assert abs(account.cash - (100000 - cum_qty * Decimal("500.02"))) <= Decimal("0.015")
        seen.append(cum_qty)

    assert len(set(seen)) >= 3
    assert seen[-1] == 12


@pytest.mark.parametrize("seed", range(6))
def test_last_mark_is_the_price_of_the_latest_fill(seed: int) -> None:
    here = world(settings=EXACT, seed=seed)
    here.submit(order("a", "12", "510"))
    here.market.tell(quote("SPY", "503.00", "503.10", at=ENTRY))
    here.submit(order("b", "5", "510"))
    here.market.forget("SPY")

    here.seconds(3)

    latest = max((reports(here, name)[-1] for name in "ab"), key=lambda one: one.transact_time)
    account = here.broker.account()
    assert account.equity == account.cash + 17 * latest.last_px


def test_resting_order_waits_while_there_is_no_quote() -> None:
    here = world(settings=EXACT)
    here.submit(order("a", "12", "499.00"))
    here.market.forget("SPY")

    here.elapse(timedelta(minutes=3))

    assert status(here, "a") is OrdStatus.NEW


def test_order_expires_at_the_close_and_gives_its_reserve_back() -> None:
    here = world()
    here.submit(order("a", "12", "431.00"))

    here.elapse(timedelta(days=1))

    last = reports(here, "a")[-1]
    assert (last.exec_type, last.transact_time) == (ExecType.EXPIRED, SESSION.close_at)
    assert here.broker.account().buying_power == 100000
    assert here.broker.cancel(ClOrdId("a")) is CancelOutcome.TOO_LATE


def test_cancel_takes_effect_after_the_latency() -> None:
    """OS-23."""
    here = world()
    here.submit(order("a", "12", "431.00"))

    outcome = here.broker.cancel(ClOrdId("a"))
    again = here.broker.cancel(ClOrdId("a"))
    early = status(here, "a")
    here.seconds(0.15)

    assert (outcome, again) == (CancelOutcome.ACCEPTED, CancelOutcome.ACCEPTED)
    assert early is OrdStatus.NEW
    last = reports(here, "a")[-1]
    assert last.exec_type is ExecType.CANCELED
    assert last.transact_time == ENTRY + timedelta(milliseconds=150)


def test_fill_wins_against_a_later_cancel() -> None:
    """OS-23."""
    here = world(settings=EXACT)
    here.submit(order("a", "12", "510"))
    here.elapse(timedelta(seconds=3))

    assert here.broker.cancel(ClOrdId("a")) is CancelOutcome.TOO_LATE
    assert status(here, "a") is OrdStatus.FILLED


def test_fills_of_several_orders_are_booked_at_once_after_a_long_jump() -> None:
    here = world(settings=EXACT)
    here.submit(order("a", "12", "510"))
    here.submit(order("b", "30", "72", symbol=TECL))

    here.elapse(timedelta(days=1))

    account = here.broker.account()
    assert account.positions == (
        Position(symbol=SPY, quantity=Decimal(12)),
        Position(symbol=TECL, quantity=Decimal(30)),
    )
    assert account.cash == Decimal("100000.00") - 12 * Decimal("500.02") - 30 * Decimal("71.36")


def test_position_without_a_quote_keeps_its_last_mark() -> None:
    here = world(settings=EXACT)
    buy(here, "a", "12")
    here.market.tell(quote("SPY", "520.00", "520.10", at=here.clock.now()))
    marked = here.broker.account().equity

    here.market.forget("SPY")

    assert here.broker.account().equity == marked
    assert marked == Decimal("100000.00") + 12 * (Decimal("520.05") - Decimal("500.02"))


def test_orders_are_listed_by_their_session() -> None:
    here = world()
    here.submit(order("b", "3", "500"))
    here.submit(order("a", "3", "500"))
    here.elapse(timedelta(days=1))
    here.submit(order("c", "3", "500"))

    assert here.broker.orders(DAY) == ("b", "a")
    assert here.broker.orders(NEXT_DAY) == ("c",)


def told(seed: int, settings: VenueSettings | None = None) -> list[ExecutionReport]:
    here = world(seed=seed, settings=settings)
    names = [f"order {number}" for number in range(6)]
    for name in names:
        here.submit(order(name, "20", "501"))
        here.seconds(1)
    here.seconds(200)
    return [report for name in names for report in reports(here, name)]


def test_same_seed_gives_the_same_reports_and_another_seed_other_fills() -> None:
    assert told(7) == told(7)
    assert told(7) != told(8)
    assert any(one.ord_status is OrdStatus.PARTIALLY_FILLED for one in told(7))


def test_outcome_is_unknown_while_the_market_cannot_be_reached() -> None:
    """OS-12: nothing is guessed."""
    here = world()
    here.submit(order("a", "3", "431"))
    here.market.failure = OUTAGE
    here.elapse(timedelta(minutes=2))

    assert here.submit(order("b", "3", "500")) == Unknown(text=str(OUTAGE))
    assert here.broker.cancel(ClOrdId("a")) is CancelOutcome.UNKNOWN
    with pytest.raises(PortUnavailableError):
        here.broker.reports(ClOrdId("a"))


def test_account_goes_on_as_if_nothing_had_happened_after_an_outage() -> None:
    def day(failure: PortUnavailableError | None) -> tuple[ExecutionReport, ...]:
        here = world(settings=EXACT)
        here.submit(order("a", "3", "499"))
        here.market.tell(quote("SPY", "498.50", "498.60", at=ENTRY + timedelta(seconds=90)))
        here.market.failure = failure
        here.elapse(timedelta(minutes=1))
        here.broker.cancel(ClOrdId("unknown"))
        here.market.failure = None
        here.elapse(timedelta(minutes=3))
        return reports(here, "a")

    assert day(OUTAGE) == day(None)


def test_memory_needs_no_check_and_closes() -> None:
    here = world()

    here.broker.check()
    here.broker.close()

    assert here.broker.account().cash == 100000
