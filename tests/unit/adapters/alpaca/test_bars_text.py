"""A page that is written as usual is read by its text, and to the same arrays as any other."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.bars_decoding import decode_bars
from alchemiser.adapters.alpaca.bars_rows import BarRows
from alchemiser.adapters.alpaca.bars_text import read_text
from alchemiser.adapters.alpaca.decimals import UnusualTextError
from alchemiser.ports.errors import InputError
from tests.alpaca_data import stamp

FOLLOWING = "U1BZfE0="
DAY = date(2024, 8, 5)
ROW: Mapping[str, object] = {
    "c": 517.38,
    "h": 518,
    "l": 510.1,
    "n": 12,
    "o": 512.2501,
    "t": stamp(DAY),
    "v": 46_587_722,
    "vw": 514.123456,
}
USUAL = json.dumps({"SPY": [ROW, {**ROW, "t": stamp(date(2024, 8, 6))}]}, separators=(",", ":"))


def read(text: str) -> dict[str, BarRows]:
    return read_text(memoryview(text.encode()))


def written(bars: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    return json.dumps(bars, separators=(",", ":"))


def told(rows: Mapping[str, BarRows]) -> object:
    return {
        name: (one.days.tolist(), {key: array.tolist() for key, array in one.numbers.items()})
        for name, one in rows.items()
    }


def slowly(text: str) -> object:
    """Return the same by the decoder that takes any row: a short page is always read by it."""
    return told(decode_bars(f'{{"bars":{text},"next_page_token":null}}'.encode()).rows)


PRICES = st.one_of(st.integers(0, 99_999), st.floats(0, 99_999).map(lambda price: round(price, 4)))
ROWS = st.lists(
    st.tuples(
        st.dates(date(1990, 1, 1), date(2030, 12, 31)),
        st.tuples(PRICES, PRICES, PRICES, PRICES),
        st.integers(0, 10**15),
    ).map(lambda drawn: row_of(*drawn)),
    min_size=1,
    max_size=4,
)


def row_of(day: date, prices: Sequence[float], volume: int) -> Mapping[str, object]:
    values = (*prices[:3], volume % 1_000, prices[3], stamp(day), volume, prices[0])
    return dict(zip(ROW, values, strict=True))


@given(st.dictionaries(st.from_regex(r"\A[A-Z]{1,5}(\.[AB])?\Z"), ROWS, min_size=1, max_size=3))
def test_what_is_written_as_usual_is_read_as_by_the_other_decoder(
    bars: dict[str, list[Mapping[str, object]]],
) -> None:
    """DA-10: every bit of every price, and every day."""
    text = written(bars)
    try:
        found = told(read(text))
    except UnusualTextError:  # json writes very small prices with an exponent
        assert "e-" in text
    else:
        assert found == slowly(text)


def test_a_full_page_is_read_by_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """PF-06: it never meets the decoder that takes any row."""
    days = [DAY + timedelta(days=number) for number in range(400)]
    bars = {f"S{place:02}": [{**ROW, "t": stamp(day)} for day in days] for place in range(25)}
    body = f'{{"bars":{written(bars)},"next_page_token":"{FOLLOWING}"}}'.encode()
    whole = told(decode_bars(body).rows)
    monkeypatch.setattr("alchemiser.adapters.alpaca.bars_decoding._any", None)

    page = decode_bars(body)

    assert told(page.rows) == whole
    assert page.next_token == FOLLOWING
    assert [len(rows.days) for rows in page.rows.values()] == [400] * 25
    assert page.rows["S24"].numbers["open"].tolist() == [512.2501] * 400


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"c":517.38', '"c":-517.38'),
        ('"c":517.38', '"c": 517.38'),
        ('"c":517.38', '"c":null'),
        ('"c":517.38', '"c":"517.38"'),
        ('"h":518', '"h":5.18e2'),
        ('"n":12,', ""),
        ('"n":12', '"n":[12]'),
        ('"n":12', '"n":{"c":1}'),
        ('"n":12', '"n":"1,2"'),
        ('"n":12', '"n":-12'),
        ('"n":12', '"m":12'),
        ('"n":12', '"n":12,"extra":1'),
        ('"vw":514.123456', '"vw":null'),
        ('"vw":514.123456', '"vw":[1,{"c":1}]'),
        ('"vw":514.123456', f'"vw":1,"X":[{json.dumps(ROW, separators=(",", ":"))}]'),
        ('"SPY":[', '"SP\\u0059":['),
        ('"SPY":[', '"SPY": ['),
        ('"SPY":[', '"":['),
        ('"SPY":[', '"AGG":[],"SPY":['),
        ("}]}", '}],"AGG":[]}'),
        ("}]}", '}],"AGG":null}'),
        ("}]}", f'}}],"SPY":[{json.dumps(ROW, separators=(",", ":"))}]}}'),
        ("},{", "}, {"),
        ('"t":"2024-08-05T04:00:00Z"', '"t":"2024-08-05T04:00:00.000Z"'),
        ('"t":"2024-08-05T04:00:00Z"', '"t":"\\u0032024-08-05T04:00:00Z"'),
        ('"t":"2024-08-05T04:00:00Z"', '"t":"2024-08-05T04:00:00Z" '),
        ('"v":46587722', '"v":true'),
    ],
)
def test_whatever_is_written_otherwise_is_left_to_the_other_decoder(
    before: str, after: str
) -> None:
    """FAULTS C03, C13: no row is read by half."""
    text = USUAL.replace(before, after, 1)
    json.loads(text)
    assert text != USUAL

    with pytest.raises(UnusualTextError):
        read(text)


@pytest.mark.parametrize(
    "text", ["{}", "null", "[]", "1", '"a,b,c,d,e,f,g,h"', "[1,2,3,4,5,6,7,8]"]
)
def test_what_holds_no_rows_is_left_to_the_other_decoder(text: str) -> None:
    with pytest.raises(UnusualTextError):
        read(text)


def test_an_hour_is_no_day() -> None:
    """DA-10."""
    with pytest.raises(InputError, match="midnight in New York"):
        read(USUAL.replace("T04:00", "T14:30"))


def test_stamps_of_another_length_are_read_when_all_are_alike() -> None:
    rows = read(USUAL.replace(":00Z", ":00.000000000Z"))["SPY"]

    assert rows.days.tolist() == [DAY.toordinal(), DAY.toordinal() + 1]
    assert rows.numbers["volume"].dtype == np.float64
