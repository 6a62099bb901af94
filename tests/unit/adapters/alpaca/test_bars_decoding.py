"""Pages of bars become arrays, whatever they hold."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.bars_decoding import decode_bars
from alchemiser.ports.errors import InputError
from tests.alpaca_data import bar

DAY = date(2024, 8, 5)
WINTER = date(2024, 1, 8)


def page(bars: object, token: object = None, **more: object) -> bytes:
    return json.dumps({"bars": bars, "next_page_token": token} | more).encode()


def test_a_page_becomes_columns_by_symbol() -> None:
    following = "U1BZfE0="
    told = decode_bars(page({"SPY": [bar(WINTER, 470.5), bar(DAY, 517.38)]}, following))

    rows = told.rows["SPY"]
    assert told.next_token == following
    assert [date.fromordinal(one) for one in rows.days.tolist()] == [WINTER, DAY]
    assert rows.numbers["close"].tolist() == [470.5, 517.38]
    assert rows.numbers["high"].tolist() == [470.5 * 1.01, 517.38 * 1.01]
    assert rows.numbers["volume"].dtype == np.float64


@pytest.mark.parametrize("bars", [{}, None, {"SPY": None}, {"SPY": []}])
def test_nothing_told_is_no_rows(bars: object) -> None:
    told = decode_bars(page(bars))

    assert told.rows == {}
    assert told.next_token is None


def test_unknown_and_missing_keys_are_no_matter() -> None:
    row = {"t": "2024-08-05T04:00:00.000000000Z", "c": 517.38, "zz": [1]}

    rows = decode_bars(page({"SPY": [row]}, "", strange={})).rows["SPY"]

    assert np.isnan(rows.numbers["open"]).all()
    assert rows.numbers["close"].tolist() == [517.38]


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ("null", np.nan),
        ("NaN", np.nan),
        ("-Infinity", -np.inf),
        ("1e400", np.inf),
        ("-1e400", -np.inf),
        ("9" * 400, np.inf),
        ('"517.38"', 517.38),
        ('"1e400"', np.inf),
        ('"517,38"', np.nan),
        ('""', np.nan),
        ("true", np.nan),
        ("0", 0.0),
        ("-3", -3.0),
    ],
)
def test_what_no_float_holds_concerns_its_own_bar_alone(told: str, held: float) -> None:
    """FAULTS C03: the gate blocks one symbol, and the others are traded."""
    sound, odd = (
        json.dumps(bar(DAY, 98.1)),
        json.dumps(bar(DAY, 7)).replace('"c": 7', f'"c": {told}'),
    )
    body = f'{{"bars": {{"AGG": [{sound}], "SPY": [{odd}]}}, "next_page_token": null}}'

    rows = decode_bars(body.encode()).rows

    np.testing.assert_array_equal(rows["SPY"].numbers["close"], [held])
    assert rows["AGG"].numbers["close"].tolist() == [98.1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"message": "forbidden"}',
        b'{"bars": [1]}',
        b'{"bars": {"SPY": [1]}}',
        b'{"bars": {"SPY": [{"c": 1}]}}',
        b"<html>502</html>",
        b'{"bars": {"\xff": []}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_page_is_said_so(body: bytes) -> None:
    with pytest.raises(InputError, match="no page of bars"):
        decode_bars(body)


@pytest.mark.parametrize(
    "told",
    [
        "2024-08-05T14:30:00Z",
        "2024-08-05T04:00:00",
        "2024-08-05",
        "yesterday",
        "",
        "2024-01-08T04:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_bar_that_is_not_stamped_midnight_in_new_york_is_refused(told: str) -> None:
    """DA-10: an intraday bar, or one of another zone, is never taken for a closed day."""
    with pytest.raises(InputError, match="midnight in New York"):
        decode_bars(page({"SPY": [bar(DAY, 1.0, t=told)]}))


def test_other_money_than_dollars_is_refused() -> None:
    decode_bars(page({"SPY": [bar(DAY, 1.0)]}, currency="USD"))

    with pytest.raises(InputError, match="CAD"):
        decode_bars(page({"SPY": [bar(DAY, 1.0)]}, currency="CAD"))


@given(
    st.lists(
        st.tuples(
            st.dates(date(1990, 1, 1), date(2030, 12, 31)),
            st.floats(allow_nan=False, allow_infinity=False),
        )
    )
)
def test_every_bit_of_a_price_and_every_day_arrives(rows: list[tuple[date, float]]) -> None:
    """DA-10: summer, winter and the days between."""
    told = decode_bars(page({"SPY": [bar(day, 1.0, c=close) for day, close in rows]}))

    held = told.rows.get("SPY")
    days = [] if held is None else [date.fromordinal(one) for one in held.days.tolist()]
    closes = [] if held is None else held.numbers["close"].tolist()
    assert list(zip(days, closes, strict=True)) == rows
