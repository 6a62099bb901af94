"""Bars, quotes and corporate actions are asked for sparingly and told as they are."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.alpaca.halted import Halts
from alchemiser.adapters.alpaca.market import AlpacaMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError, PortRejectedError, PortUnavailableError
from tests.alpaca_data import Broker, Row, bar, silent

CALENDAR: Final = SessionTable()
FIRST: Final = date(2024, 7, 15)
LAST: Final = date(2024, 8, 5)
DAYS: Final = [one.day for one in CALENDAR.sessions(FIRST, LAST)]
SPY, AGG, NEW = Symbol("SPY"), Symbol("AGG"), Symbol("NEWCO")
NOON: Final = datetime(2024, 8, 5, 16, tzinfo=UTC)


def market(broker: Broker, tell: list[str] | None = None, **more: object) -> AlpacaMarketData:
    told = [] if tell is None else tell
    return AlpacaMarketData(broker, CALENDAR, tell=told.append, first=FIRST, **more)  # type: ignore[arg-type]


def rows(start: float, days: list[date] = DAYS) -> list[Row]:
    return [bar(day, start + place) for place, day in enumerate(days)]


def test_both_bases_come_in_two_requests_for_all_symbols() -> None:
    """DA-03, DA-04: nothing is asked symbol by symbol, and each symbol once."""
    broker = Broker(adjusted={"SPY": rows(400), "AGG": rows(90)}, raw={"SPY": rows(500)})

    panel = market(broker, feed="iex").bars((SPY, AGG, SPY), through=LAST)

    assert panel.sessions == tuple(DAYS)
    assert panel.raw_close is not None
    assert panel.close[:, 1].tolist() == [400.0 + row for row in range(len(DAYS))]
    assert panel.raw_close[:, 1].tolist() == [500.0 + row for row in range(len(DAYS))]
    assert np.isnan(panel.raw_close[:, 0]).all()
    asked = [params for _, params in broker.asked]
    assert [one["adjustment"] for one in sorted(asked, key=lambda one: one["adjustment"])] == [
        "all",
        "raw",
    ]
    assert {(one["symbols"], one["feed"], one["limit"], one["timeframe"]) for one in asked} == {
        ("AGG,SPY", "iex", "10000", "1Day")
    }
    assert {(one["start"], one["end"]) for one in asked} == {
        ("2024-07-15T04:00:00Z", "2024-08-05T04:00:00Z")
    }


def test_pages_that_part_a_symbol_are_joined() -> None:
    """DA-03."""
    broker = Broker(adjusted={"SPY": rows(400), "AGG": rows(90)}, page=7)

    panel = market(broker).bars((SPY, AGG), through=LAST)

    assert np.isfinite(panel.close).all()
    assert broker.requests()["/v2/stocks/bars"] == -(-2 * len(DAYS) // 7) + 1


def test_many_symbols_and_years_take_few_requests() -> None:
    """PF-06: five hundred symbols and ten years, five requests above what the rows need."""
    names = [Symbol(f"S{place:03}") for place in range(500)]
    years = [one.day for one in CALENDAR.sessions(date(2014, 8, 5), LAST)]
    asked: list[Mapping[str, str]] = []

    class Pages:
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            del path
            asked.append(params)
            count = len(params["symbols"].split(",")) * len(years)
            number = int(params.get("page_token", "1"))
            token = f'"{number + 1}"' if number * 10_000 < count else "null"
            return f'{{"bars": {{}}, "next_page_token": {token}}}'.encode()

    source = AlpacaMarketData(Pages(), CALENDAR, tell=silent, first=years[0])
    source.bars(names, through=LAST)

    told = 2 * len(names) * len(years)
    assert len(asked) <= -(-told // 10_000) + 5
    assert max(len(one["symbols"]) for one in asked) < 4_000


def test_a_symbol_without_bars_is_a_column_of_nan_and_a_young_one_begins_late() -> None:
    """DA-04."""
    broker = Broker(adjusted={"NEWCO": rows(10, DAYS[-3:])})

    panel = market(broker).bars((SPY, NEW), through=LAST)

    assert panel.sessions == tuple(DAYS[-3:])
    assert np.isnan(panel.close[:, 1]).all()
    assert market(broker).bars((SPY,), through=LAST).sessions == tuple(DAYS)


def test_no_symbols_and_no_sessions_ask_nothing() -> None:
    broker = Broker()

    assert market(broker).bars((), through=LAST).close.shape == (len(DAYS), 0)
    assert market(broker).bars((SPY,), through=FIRST - timedelta(days=1)).sessions == ()
    assert broker.asked == []


@pytest.mark.parametrize(
    "order", [[0, 0, 1], [1, 0, 2], [0, 1, 2, 1]], ids=["twice", "backwards", "again"]
)
def test_a_series_in_disorder_is_left_out_whole(order: list[int]) -> None:
    """FAULTS C13: and the owner is told; the others are as they are."""
    broker = Broker(adjusted={"SPY": [rows(400)[place] for place in order], "AGG": rows(90)})
    told: list[str] = []

    panel = market(broker, told).bars((SPY, AGG), through=LAST)

    assert np.isnan(panel.close[:, 1]).all()
    assert np.isfinite(panel.close[:, 0]).all()
    assert len(told) == 1
    assert "SPY" in told[0]


def test_a_bar_on_a_day_without_a_session_is_left_out_and_told() -> None:
    """DA-09, DA-10."""
    broker = Broker(adjusted={"SPY": [*rows(400)[:2], bar(date(2024, 7, 20), 9.0)]})
    told: list[str] = []

    panel = market(broker, told).bars((SPY,), through=LAST)

    assert np.nansum(panel.close) == 801.0
    assert "2024-07-20" in told[0]


def test_bad_prices_are_passed_on_to_the_gate() -> None:
    """FAULTS C03."""
    broker = Broker(adjusted={"SPY": [bar(DAYS[0], 0.0), bar(DAYS[1], -1.0, h=None)]})

    columns = panel_columns(market(broker).bars((SPY,), through=LAST))

    assert columns["close"][:2, 0].tolist() == [0.0, -1.0]
    assert np.isnan(columns["high"][1, 0])


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_pages_that_go_round_in_a_circle_end(tokens: list[str]) -> None:
    """FAULTS C10."""
    answers = iter(tokens * 100)

    class Loop:
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            del path, params
            return f'{{"bars": {{}}, "next_page_token": "{next(answers)}"}}'.encode()

    source = AlpacaMarketData(Loop(), CALENDAR, tell=silent, first=FIRST)
    with pytest.raises(InputError, match="do not end"):
        source.bars((SPY,), through=LAST)


def test_pages_that_go_on_for_ever_end() -> None:
    """FAULTS C10."""

    class Endless:
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            del path
            return (
                f'{{"bars": {{}}, "next_page_token": "{params.get("page_token", "")}x"}}'.encode()
            )

    source = AlpacaMarketData(Endless(), CALENDAR, tell=silent, first=FIRST)
    with pytest.raises(InputError, match="do not end"):
        source.bars((SPY,), through=LAST)


def test_a_source_out_of_reach_is_no_empty_panel() -> None:
    """FAULTS C02."""
    with pytest.raises(PortUnavailableError):
        market(Broker(fails=True)).bars((SPY,), through=LAST)


def test_a_refused_check_names_the_remedy() -> None:
    class Refusing(Broker):
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            raise PortRejectedError(f"{path} {params['feed']} is not in your plan")

    with pytest.raises(InputError, match=r"feed iex .*not in your plan.*credentials"):
        market(Refusing(), feed="iex").check()


def test_a_check_that_is_not_answered_is_no_matter_of_the_configuration() -> None:
    """FAULTS C02: it may pass."""
    with pytest.raises(PortUnavailableError, match="does not answer"):
        market(Broker(fails=True), feed="iex").check()


def sides(bid: object, ask: object, at: str = "2024-08-05T15:59:58.123456789Z") -> Row:
    return {"t": at, "bp": bid, "ap": ask, "bs": 100, "as": 100}


def trade(price: object, **more: object) -> Row:
    return {"t": "2024-08-05T15:59:57Z", "p": price, "s": 5} | more


def quoted(quote: Row | None, last: Row | None) -> Broker:
    return Broker(
        latest={
            "quotes": {} if quote is None else {"SPY": quote},
            "trades": {} if last is None else {"SPY": last},
        }
    )


def test_quotes_are_exact_and_take_two_requests() -> None:
    """DA-02, DA-03."""
    broker = quoted(sides(517.37, 517.39), trade(517.38))

    halts = Halts(CALENDAR, silent, halted=lambda names: {SPY} & set(names))
    (quote,) = market(broker, feed="iex", halts=halts).quotes((AGG, SPY), at=NOON)

    assert (quote.bid, quote.ask, quote.last) == tuple(map(Decimal, ("517.37", "517.39", "517.38")))
    assert quote.at == datetime(2024, 8, 5, 15, 59, 58, 123456, tzinfo=UTC)
    assert quote.halted
    assert sum(broker.requests().values()) == 2
    assert broker.asked[0][1] == {"symbols": "AGG,SPY", "feed": "iex"}


@pytest.mark.parametrize(
    ("quote", "last"),
    [
        (sides(0, 517.39), trade(517.38)),
        (sides(517.37, 0), trade(517.38)),
        (sides(517.37, None), trade(517.38)),
        (sides(517.37, "517,39"), trade(517.38)),
        (sides(-1, 517.39), trade(517.38)),
        (sides(517.37, 1e300), trade(517.38)),
        (sides(517.37, float("nan")), trade(517.38)),
        (sides(517.37, float("inf")), trade(517.38)),
        (sides(517.37, 517.39), trade(0)),
        (sides(517.37, 517.39), trade(517.38, u="canceled")),
        (sides(517.37, 517.39), None),
        (None, trade(517.38)),
        (sides(517.37, 517.39, "2024-08-05T16:02:00Z"), trade(517.38)),
    ],
)
def test_a_symbol_without_both_sides_and_a_trade_has_no_quote(
    quote: Row | None, last: Row | None
) -> None:
    """FAULTS C14: 0 means that there is no such side; nothing is priced from half a quote."""
    assert market(quoted(quote, last)).quotes((SPY,), at=NOON) == ()


def test_a_quote_made_while_the_answer_was_on_its_way_is_as_of_the_question() -> None:
    """FAULTS G01: clocks differ by a little."""
    broker = quoted(sides(517.37, 517.39, "2024-08-05T12:00:03-04:00"), trade(517.38))

    assert [one.at for one in market(broker).quotes((SPY,), at=NOON)] == [NOON]


def test_a_crossed_quote_is_told_as_it_is() -> None:
    """FAULTS C14: whoever prices from it looks."""
    (quote,) = market(quoted(sides(517.40, 517.39), trade(517.38))).quotes((SPY,), at=NOON)

    assert quote.is_crossed()


@pytest.mark.parametrize("at", [None, "noon", "2024-08-05T16:00:00", 5])
def test_a_quote_without_a_time_breaks_the_contract(at: object) -> None:
    """DA-02: a price of unknown age is none."""
    broker = quoted(sides(517.37, 517.39) | {"t": at}, trade(517.38))

    with pytest.raises(InputError, match="the quote of SPY"):
        market(broker).quotes((SPY,), at=NOON)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"quotes": 5}',
        b'{"quotes": {"SPY": {"bp": 1e99999999999999999999}}}',
    ],
)
def test_an_answer_that_holds_no_quotes_is_said_so(body: bytes) -> None:
    class Odd:
        def get(self, path: str, params: Mapping[str, str]) -> bytes:
            del path, params
            return body

    with pytest.raises(InputError, match="quotes"):
        AlpacaMarketData(Odd(), CALENDAR, tell=silent).quotes((SPY,), at=NOON)


def announced(**more: object) -> Row:
    return {
        "id": str(more),
        "symbol": "SPY",
        "ex_date": "2024-07-18",
        "process_date": "2024-07-31",
    } | more


def test_actions_are_split_and_dividend_by_ex_day() -> None:
    """DA-11: those of one day are one; a dividend is found by its ex-day, not its payment."""
    broker = Broker(
        actions={
            "cash_dividends": [
                announced(rate=1.759, payable_date="2024-07-31"),
                announced(rate=0.5, ex_date="2024-07-18", payable_date="2024-07-10"),
                announced(rate=9, ex_date="2023-01-03"),
            ],
            "reverse_splits": [announced(new_rate=1, old_rate=4, symbol="AGG")],
            "forward_splits": [announced(new_rate=2, old_rate=1)],
            "stock_dividends": [announced(rate=0.05, ex_date="2024-07-17", symbol="OTHER")],
        },
        page=2,
    )

    told = market(broker).corporate_actions((SPY, AGG), first=FIRST, last=LAST)

    assert [(one.symbol, one.split, one.dividend, one.pay_day) for one in told] == [
        (AGG, Decimal("0.25"), 0, None),
        (SPY, 2, Decimal("2.259"), date(2024, 7, 31)),
    ]
    assert broker.requests()["/v1/corporate-actions"] == 3
    assert broker.asked[0][1]["limit"] == "1000"


def test_what_cannot_be_booked_is_counted_and_told() -> None:
    """DA-11: groups of every name, also those that no release knows."""
    broker = Broker(
        actions={
            "spin_offs": [announced(source_symbol="SPY", symbol="X", new_rate=1, source_rate=4)],
            "partial_calls": [announced(), announced(rate=2)],
            "of_tomorrow": [announced(old_symbol="AGG", symbol=None)],
            "reverse_splits": [announced(new_rate=1, old_rate=9, new_symbol="SPYX")],
            "forward_splits": [announced(new_rate=2, old_rate=1, symbol="X", new_symbol="AGG")],
            "redemptions": [announced(symbol=["SPY"], old_symbol={"SPY": 1})],
        }
    )
    told: list[str] = []

    actions = market(broker, told).corporate_actions((SPY, AGG), first=FIRST, last=LAST)

    assert actions == ()
    assert [text.partition(":")[0] for text in told] == [
        "1 announcements of the kind forward_splits concern AGG",
        "1 announcements of the kind of_tomorrow concern AGG",
        "2 announcements of the kind partial_calls concern SPY",
        "1 announcements of the kind reverse_splits concern SPY",
        "1 announcements of the kind spin_offs concern SPY",
    ]


def test_the_same_announcement_on_two_pages_counts_once() -> None:
    row = announced(rate=1.5)
    broker = Broker(actions={"cash_dividends": [row, row]})

    (action,) = market(broker).corporate_actions((SPY,), first=FIRST, last=LAST)

    assert action.dividend == Decimal("1.5")


@pytest.mark.parametrize(
    "changed",
    [
        {"rate": None},
        {"rate": -1},
        {"rate": "one"},
        {"rate": float("nan")},
        {"ex_date": None},
        {"ex_date": "soon"},
        {"payable_date": "soon"},
    ],
)
def test_a_dividend_that_cannot_be_is_never_left_out_in_silence(changed: Row) -> None:
    """DA-11: the books would be wrong."""
    broker = Broker(actions={"cash_dividends": [announced(rate=1) | changed]})

    with pytest.raises(InputError, match="cash_dividends"):
        market(broker).corporate_actions((SPY,), first=FIRST, last=LAST)


@pytest.mark.parametrize(("new", "old"), [(0, 1), (1, 0), (None, 1), (-2, 1)])
def test_a_split_that_cannot_be_is_never_left_out_in_silence(new: object, old: object) -> None:
    """DA-11."""
    broker = Broker(actions={"forward_splits": [announced(new_rate=new, old_rate=old)]})

    with pytest.raises(InputError, match="forward_splits of SPY"):
        market(broker).corporate_actions((SPY,), first=FIRST, last=LAST)


def test_a_series_says_where_it_is_from() -> None:
    """FAULTS C07, C11: feed and adjustments are kept beside it."""
    assert market(Broker(), feed="iex").source() == "alpaca iex close=all raw_close=raw"
    assert market(Broker()).price_increment() == Decimal("0.01")
