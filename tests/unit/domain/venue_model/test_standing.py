"""A venue judges an order by the rules of the market too."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.market_rules.day_trades import DayTrades, Execution
from alchemiser.domain.market_rules.day_trading import DayTradeRegime
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.orders.messages import NewOrderSingle, Side
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.venue_model.account import VenueAccount, buying_power
from alchemiser.domain.venue_model.admission import Admission, RejectCode, Standing, refusal
from alchemiser.domain.venue_model.history import Trade, executable, executed, in_time, sales
from alchemiser.domain.venue_model.order import Fill
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.testing.fakes import quote
from tests.simulated_venue import DAY, ENTRY, SPY, TECL, order, sell

MARGIN, CASH = VenueSettings(), VenueSettings(kind=AccountKind.CASH)
FOURTH = DayTrades(before=3, after=4)
PATTERN = DayTradeRegime.PATTERN_DAY_TRADER
ADMISSION = Admission(
    instrument=Instrument(symbol=SPY, asset_class=AssetClass.BROAD_FUND),
    quote=quote("SPY", "499.98", "500.02", at=ENTRY),
    account=VenueAccount(
        cash=Decimal("5010.00"), positions={SPY: Decimal("7.5")}, marks={SPY: Decimal(500)}
    ),
    open_orders=(),
    settings=MARGIN,
)


def code(asked: NewOrderSingle, admission: Admission) -> str | None:
    refused = refusal(asked, admission)
    return None if refused is None else refused.code


@pytest.mark.parametrize(
    ("settings", "quantity", "reason"),
    [
        (MARGIN, "10", None),
        (CASH, "9", None),
        (CASH, "9.01", RejectCode.INSUFFICIENT_BUYING_POWER),
    ],
)
def test_only_a_cash_account_waits_for_its_proceeds(
    settings: VenueSettings, quantity: str, reason: str | None
) -> None:
    """SE-01, SE-06: 501 dollars are not settled."""
    waiting = replace(ADMISSION, settings=settings, standing=Standing(unsettled=Decimal(501)))

    assert code(order("a", quantity, "501.00"), waiting) == reason


def test_money_that_is_locked_beyond_the_cash_leaves_no_buying_power() -> None:
    """SE-06."""
    account = VenueAccount(cash=Decimal(100))

    assert buying_power(account, (), CASH.fees, locked=Decimal(30)) == 70
    assert buying_power(account, (), CASH.fees, locked=Decimal(130)) == 0


@pytest.mark.parametrize(
    ("settings", "standing", "reason"),
    [
        (MARGIN, Standing(regime=PATTERN, day_trades=FOURTH), RejectCode.DAY_TRADE_DENIED),
        (MARGIN, Standing(regime=PATTERN, day_trades=DayTrades(before=2, after=3)), None),
        (MARGIN, Standing(day_trades=DayTrades(before=0, after=1)), RejectCode.DAY_TRADE_DENIED),
        (MARGIN, Standing(regime=DayTradeRegime.INTRADAY_MARGIN, day_trades=FOURTH), None),
        (
            MARGIN,
            Standing(
                regime=DayTradeRegime.INTRADAY_MARGIN, day_trades=FOURTH, deficit=Decimal(900)
            ),
            RejectCode.DAY_TRADE_DENIED,
        ),
        (CASH, Standing(day_trades=FOURTH), None),
    ],
)
def test_day_trades_of_a_margin_account_are_judged_by_the_regime(
    settings: VenueSettings, standing: Standing, reason: str | None
) -> None:
    """SE-02, SE-05: its equity is 8760 dollars."""
    admission = replace(ADMISSION, settings=settings, standing=standing)

    assert code(sell("a", "7.5", "499.00"), admission) == reason


def test_refused_day_trade_says_what_is_allowed() -> None:
    """SE-02."""
    standing = Standing(regime=PATTERN, day_trades=FOURTH)

    refused = refusal(sell("a", "7.5", "499.00"), replace(ADMISSION, standing=standing))

    assert refused is not None
    assert refused.text == (
        "SPY would be sold on the day it was bought: 4 day trades, "
        "allowed 3 in 5 sessions with equity below 25000"
    )


@pytest.mark.parametrize(
    ("day", "since", "regime"),
    [
        (date(2001, 9, 27), date(2026, 6, 4), DayTradeRegime.UNKNOWN),
        (date(2001, 9, 28), date(2026, 6, 4), PATTERN),
        (date(2026, 6, 3), date(2026, 6, 4), PATTERN),
        (date(2026, 6, 4), date(2026, 6, 4), DayTradeRegime.INTRADAY_MARGIN),
        (date(2026, 6, 4), date(2027, 1, 4), PATTERN),
        (date(2026, 6, 4), None, DayTradeRegime.UNKNOWN),
    ],
)
def test_venue_knows_since_when_it_holds_to_the_new_rule(
    day: date, since: date | None, regime: DayTradeRegime
) -> None:
    """SE-02: before the first rule nothing is known either."""
    assert VenueSettings(intraday_margin_since=since).regime(day) is regime


def test_positions_require_whole_cents_rounded_up() -> None:
    """SE-04: 7.5 x 500.01 x 0.3 + 3 x 71.33 x 0.75; what lacks a mark and a short count nothing."""
    account = VenueAccount(
        cash=Decimal(0),
        positions={SPY: Decimal("7.5"), TECL: Decimal(3)},
        marks={SPY: Decimal("500.01"), TECL: Decimal("71.33")},
    )

    assert account.maintenance(DAY, {SPY: Decimal(1), TECL: Decimal(3)}) == Decimal("1285.52")
    unmarked = replace(account, marks={SPY: Decimal("500.01")})
    assert unmarked.maintenance(DAY, {SPY: Decimal(1), TECL: Decimal(3)}) == Decimal("1125.03")
    sold_short = replace(account, positions={SPY: Decimal("-7.5")})
    assert sold_short.maintenance(DAY, {SPY: Decimal(1)}) == 0


def trade(side: Side, quantity: str, seconds: int) -> Trade:
    at = ENTRY + timedelta(seconds=seconds)
    filled = Fill(
        at=at, quantity=Decimal(quantity), price=Decimal("500.05"), commission=Decimal("0.02")
    )
    return Trade(session=DAY, symbol=SPY, side=side, fill=filled)


def test_history_is_told_in_time() -> None:
    first, second, third = (
        trade(Side.BUY, "3", 1),
        trade(Side.SELL, "1.5", 2),
        trade(Side.BUY, "1", 2),
    )

    assert in_time([second, third, first]) == (first, second, third)


def test_history_is_what_the_rules_look_at() -> None:
    """SE-01, SE-02: 1.5 x 500.05 = 750.075, half to even, less the fee."""
    told = [trade(Side.BUY, "3", 1), trade(Side.SELL, "1.5", 2)]

    assert sales(told) == [(DAY, Decimal("750.06"))]
    assert [one.quantity for one in executed(told)] == [3, Decimal("-1.5")]
    assert executable(sell("a", "9", "499"), DAY, Decimal(4)) == Execution(
        session=DAY, symbol=SPY, quantity=Decimal(-4)
    )
