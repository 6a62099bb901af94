"""Day trades are counted as the notice has them, and refused as the rule in force says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market_rules.day_trades import (
    LOOK_BACK_DAYS,
    DayTrades,
    Execution,
    day_trade_refusal,
    day_trades,
    looked_back_at,
    with_order,
)
from alchemiser.domain.market_rules.day_trading import DayTradeRegime
from alchemiser.domain.values.identifiers import Symbol

DAY = date(2025, 1, 2)
PATTERN, INTRADAY, UNKNOWN = (
    DayTradeRegime.PATTERN_DAY_TRADER,
    DayTradeRegime.INTRADAY_MARGIN,
    DayTradeRegime.UNKNOWN,
)
RICH, POOR = Decimal(25_000), Decimal("24999.99")


def done(quantity: str, name: str = "ABC", day: date = DAY) -> Execution:
    return Execution(session=day, symbol=Symbol(name), quantity=Decimal(quantity))


def sequence(text: str) -> list[Execution]:
    """Return executions such as `+250 -100 XYZ-100`; without a name they are of ABC."""
    found = []
    for word in text.split():
        name = word.rstrip("0123456789").rstrip("+-")
        found.append(done(word.removeprefix(name), name or "ABC"))
    return found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("+250 +250 -500", 1),
        ("+100 -100 +100 -100", 2),
        ("+500 -100 -100 -300", 1),
        ("+250 +300 +100 -150 -175", 1),
        ("+199 +142 -1 +45 -100 -200", 2),
        ("+200 XYZ+100 -100 XYZ-100", 2),
        ("", 0),
        ("+100", 0),
        ("-100", 0),  # shares held overnight
        ("-100 +100", 0),  # and bought back: they may be held on
        ("-100 +100 -50", 1),
        ("+100 XYZ-100", 0),
    ],
)
def test_every_change_from_buying_to_selling_counts_once(text: str, count: int) -> None:
    """SE-02: the examples of Regulatory Notice 21-13 come first."""
    assert day_trades(sequence(text)) == count


def test_sale_on_another_day_is_no_day_trade() -> None:
    """SE-02."""
    assert day_trades([done("100"), done("-100", day=DAY + timedelta(days=1))]) == 0


@pytest.mark.parametrize(
    ("filled", "pending", "order", "before", "after"),
    [
        ("+100", "", "-100", 0, 1),
        ("+100 -50", "", "-50", 1, 1),  # one more sale in a row
        ("+100 -50", "", "+50", 1, 1),
        ("", "+100", "-100", 0, 1),  # the open buy may fill first
        ("", "-100", "+100", 0, 1),  # so may the new one
        ("+100", "-100", "-5", 1, 1),  # the open sell counts already
        ("", "", "-100", 0, 0),
    ],
)
def test_order_completes_a_day_trade_when_it_could(
    filled: str, pending: str, order: str, before: int, after: int
) -> None:
    """SE-02."""
    trades = with_order(sequence(filled), sequence(pending), sequence(order)[0])

    assert trades == DayTrades(before=before, after=after)
    assert trades.completes() is (after > before)


def test_only_the_last_five_sessions_are_looked_back_at() -> None:
    """SE-02: the present one included."""
    days = [DAY + timedelta(days=number) for number in range(7)]
    executions = [done("100", day=day) for day in days]

    assert looked_back_at(executions, days) == executions[2:]
    assert looked_back_at(executions[:2], days[:2]) == executions[:2]


def test_five_sessions_lie_within_the_days_that_are_looked_back() -> None:
    """SE-02: the closure of September 2001 and every run of holidays included."""
    days = [one.day for one in SessionTable().sessions(date(2001, 1, 2), date(2030, 12, 31))]

    spans = (last - first for first, last in zip(days, days[4:], strict=False))

    assert max(spans) <= timedelta(days=LOOK_BACK_DAYS)


@pytest.mark.parametrize(
    ("regime", "after", "equity", "deficit", "refused"),
    [
        (PATTERN, 3, POOR, "0", None),
        (
            PATTERN,
            4,
            POOR,
            "0",
            ("4 day trades", "3 in 5 sessions with equity below 25000"),
        ),
        (PATTERN, 4, RICH, "0", None),
        (UNKNOWN, 1, RICH, "0", ("a day trade", "none while the broker's rule is unknown")),
        (INTRADAY, 9, POOR, "0", None),
        (INTRADAY, 9, POOR, "999.99", None),
        (INTRADAY, 1, POOR, "1000", ("a deficit of 1000", "none that is called for")),
    ],
)
def test_one_more_day_trade_is_judged_by_the_rule_in_force(
    regime: DayTradeRegime,
    after: int,
    equity: Decimal,
    deficit: str,
    refused: tuple[str, str] | None,
) -> None:
    """SE-02, SE-05."""
    trades = DayTrades(before=after - 1, after=after)

    found = day_trade_refusal(regime, trades, equity=equity, deficit=Decimal(deficit))

    assert found == refused


@pytest.mark.parametrize("regime", DayTradeRegime)
def test_order_that_completes_none_is_never_refused(regime: DayTradeRegime) -> None:
    """SE-02: whoever has too many already must still be able to sell what he holds."""
    trades = DayTrades(before=7, after=7)

    assert day_trade_refusal(regime, trades, equity=POOR, deficit=Decimal(9999)) is None
