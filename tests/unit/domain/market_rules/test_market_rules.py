"""Rules of the market hold from their day on, as their sources have it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market_rules.dated import Rules, Since
from alchemiser.domain.market_rules.day_trading import (
    MARGIN,
    REGIMES,
    DayTradeRegime,
    day_trade_regime,
)
from alchemiser.domain.market_rules.fees import ACTIVITY, SECTION_31, regulatory_fees
from alchemiser.domain.market_rules.margin import HOUSE, INITIAL, MAINTENANCE
from alchemiser.domain.market_rules.settlement import CYCLE, is_bank_holiday, settles_on
from alchemiser.domain.market_rules.ticks import SUB_DOLLAR, TICK, price_increment
from alchemiser.domain.values.errors import InvalidValueError

ALPACA_SINCE = date(2026, 6, 4)
BOOKS: Sequence[Rules[Any]] = (
    CYCLE,
    SECTION_31,
    ACTIVITY,
    TICK,
    SUB_DOLLAR,
    REGIMES,
    INITIAL,
    MAINTENANCE,
    HOUSE,
)


def sessions_after(day: date) -> list[date]:
    return [one.day for one in SessionTable().sessions(day, day + timedelta(days=20))]


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_names_its_source_and_holds_from_its_day_on(book: Rules[Any]) -> None:
    """SE-01, SE-02."""
    assert all(row.source for row in book.rows)
    for before, row in zip(book.rows, book.rows[1:], strict=False):
        assert book.on(row.day) is row
        assert book.on(row.day - timedelta(days=1)) is before


@pytest.mark.parametrize("book", BOOKS)
def test_what_held_before_is_not_guessed(book: Rules[Any]) -> None:
    first = book.rows[0].day

    with pytest.raises(InvalidValueError, match=f"known from {first} on"):
        book.on(first - timedelta(days=1))


def test_rules_out_of_order_are_refused() -> None:
    row = Since(date(2020, 1, 1), 1, "somewhere")

    with pytest.raises(InvalidValueError, match="must ascend"):
        Rules("order", (row, row))


@pytest.mark.parametrize(
    ("day", "settled"),
    [
        (date(2016, 6, 1), date(2016, 6, 6)),  # Wednesday, T+3
        (date(2020, 3, 16), date(2020, 3, 18)),  # T+2
        (date(2017, 9, 1), date(2017, 9, 7)),  # T+3, over Labor Day
        (date(2017, 9, 5), date(2017, 9, 7)),  # the first day of T+2
        (date(2024, 5, 24), date(2024, 5, 29)),  # the last of T+2, over Memorial Day
        (date(2024, 5, 28), date(2024, 5, 29)),  # the first of T+1
        (date(2025, 1, 2), date(2025, 1, 3)),
        (date(2026, 7, 2), date(2026, 7, 6)),  # over Independence Day
        (date(2024, 10, 11), date(2024, 10, 15)),  # over Columbus Day, on which there is trading
        (date(2024, 11, 8), date(2024, 11, 12)),  # over Veterans Day
        (date(2024, 11, 11), date(2024, 11, 12)),  # a trade of that day itself
    ],
)
def test_trades_settle_when_the_almanac_has_it(day: date, settled: date) -> None:
    """SE-01."""
    assert settles_on(day, sessions_after(day)) == settled


def test_settlement_beyond_the_sessions_is_not_guessed() -> None:
    """SE-01."""
    with pytest.raises(InvalidValueError, match="end before a trade of that day settles"):
        settles_on(date(2016, 6, 1), [date(2016, 6, 2), date(2016, 6, 3)])


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2023, 10, 9), True),
        (date(2023, 10, 2), False),
        (date(2018, 11, 12), True),  # Veterans Day was a Sunday
        (date(2022, 11, 11), True),
        (date(2023, 11, 10), False),  # it was a Saturday: banks were open on Friday
        (date(2018, 10, 1), False),
        (date(2018, 10, 8), True),
    ],
)
def test_bank_holidays_with_trading(day: date, closed: bool) -> None:
    """SE-01."""
    assert is_bank_holiday(day) is closed


@pytest.mark.parametrize(
    ("day", "quantity", "price", "dollars"),
    [
        (date(2016, 6, 1), "100", "50", "0.1209"),  # 5000 x 21.8e-6 + 100 x 0.000119
        (date(2020, 3, 16), "100", "50", "0.1224"),
        (date(2025, 1, 2), "100", "50", "0.1556"),
        (date(2025, 6, 2), "100", "50", "0.0166"),  # no section 31 fee since 2025-05-14
        (date(2026, 7, 1), "100", "50", "0.1225"),
        (date(2025, 6, 2), "1000000", "50", "8.30"),  # the activity fee has an end
        (date(2026, 7, 1), "1000000", "0.5", "20.09"),
    ],
)
def test_sellers_pay_the_fees_of_the_day(
    day: date, quantity: str, price: str, dollars: str
) -> None:
    assert regulatory_fees(day, Decimal(quantity), Decimal(price)) == Decimal(dollars)


@pytest.mark.parametrize(
    ("day", "price", "step"),
    [
        (date(2000, 1, 3), "50", "0.0625"),
        (date(2024, 8, 5), "50", "0.01"),
        (date(2024, 8, 5), "1", "0.01"),
        (date(2024, 8, 5), "0.9999", "0.0001"),
        (date(2004, 8, 5), "0.5", "0.01"),
    ],
)
def test_prices_are_named_in_steps(day: date, price: str, step: str) -> None:
    """Rule 612: whole cents from a dollar on, hundredths of a cent below."""
    assert price_increment(day, Decimal(price)) == Decimal(step)


@pytest.mark.parametrize(
    ("day", "adopted", "regime"),
    [
        (date(2016, 6, 1), ALPACA_SINCE, DayTradeRegime.PATTERN_DAY_TRADER),
        (date(2025, 1, 2), None, DayTradeRegime.PATTERN_DAY_TRADER),
        (date(2026, 6, 3), ALPACA_SINCE, DayTradeRegime.PATTERN_DAY_TRADER),
        (date(2026, 7, 1), ALPACA_SINCE, DayTradeRegime.INTRADAY_MARGIN),
        (date(2026, 7, 1), date(2027, 3, 1), DayTradeRegime.PATTERN_DAY_TRADER),
        (date(2026, 7, 1), None, DayTradeRegime.UNKNOWN),
        (date(2027, 10, 20), None, DayTradeRegime.INTRADAY_MARGIN),
    ],
)
def test_day_trades_go_by_date_and_by_broker(
    day: date, adopted: date | None, regime: DayTradeRegime
) -> None:
    """SE-02."""
    assert day_trade_regime(day, adopted) is regime


@pytest.mark.parametrize(
    ("deficit", "equity", "called"),
    [
        ("999", "100000", False),
        ("1000", "100000", True),
        ("99", "2000", False),
        ("100", "2000", True),  # 5 % of equity is less than 1,000 dollars
        ("0", "0", False),
        ("1", "0", True),
    ],
)
def test_small_deficits_of_margin_are_not_called(deficit: str, equity: str, called: bool) -> None:
    """SE-02, SE-05."""
    assert MARGIN.calls(Decimal(deficit), Decimal(equity)) is called
