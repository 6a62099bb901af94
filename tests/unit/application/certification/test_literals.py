"""Dates and symbols that a plugin knows are found, in whatever way they are written."""

from datetime import date
from typing import Final

import pytest

from alchemiser.application.certification.literals import dates, parsed, text_of, tickers
from alchemiser.ports.candidate import SourceFile

CRASH: Final = date(2020, 3, 16)


def a_file(content: str | bytes, name: str = "mine.py") -> SourceFile:
    return SourceFile(name=name, content=content.encode() if isinstance(content, str) else content)


def known(content: str | bytes, name: str = "mine.py") -> tuple[date, ...]:
    return dates([a_file(content, name)])


@pytest.mark.parametrize(
    "text",
    [
        "'2020-03-16'",
        "'2020/03/16'",
        "20200316",
        "'20200316T093000'",
        "# bought on 2020-03-16.",
        "date(2020, 3, 16)",
        "datetime(2020, 3, 16, 9, 30)",
        "[(2020, 3, 16)]",
        "{(2020, 3, 16, 'crash')}",
        "[2020, 3, 16]",
        f"date.fromordinal({CRASH.toordinal()})",
        f"{CRASH.toordinal() - 10} <= between({CRASH.toordinal() - 2}, {CRASH.toordinal() + 2})",
    ],
)
def test_the_date_is_found_in_whatever_way_it_is_written(text: str) -> None:
    """ST-04: a strategy is tried at the dates that it knows."""
    assert CRASH in known(text)


@pytest.mark.parametrize(
    "text",
    [
        "'2020-03-6'",
        "'2020-3-16'",
        "'1820-03-16'",
        "'2120-03-16'",
        "'2020-00-16'",
        "'2020-13-01'",
        "'2020-03-00'",
        "'2020-03-32'",
        "'2019-02-29'",
        "120200316",
        "202003161",
        "'2020 03 16'",
        "f(1, 2)",
        "f(10, 13, 1)",
        "f(0, 3, 16)",
        "f(10_000, 3, 16)",
        "f(7.0, 3, 16)",
        "f('7', 3, 16)",
        "f(-7, 3, 16)",
        "7, 3, x, 16",
        "float(726467)",
        "f(743188)",
        "True",
        "x = 1995",
        "x = 2028",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """ST-04."""
    assert known(text) == ()


@pytest.mark.parametrize(
    "text",
    ["range(1, 3_000_000_000, 7)", "(1, 3, 10_000_000_000)", f"({10**30}, 1, 1)", "(1, -1, 1)"],
)
def test_large_numbers_are_no_dates(text: str) -> None:
    """ST-04: numbers that no calendar has must not end the certification."""
    assert known(text) == ()


@pytest.mark.parametrize("year", [1996, 2008, 2027])
def test_of_a_year_the_middle_of_every_month_is_tried(year: int) -> None:
    """ST-04."""
    assert known(f"if view.as_of.year == {year}: pass") == tuple(
        date(year, month, 15) for month in range(1, 13)
    )


@pytest.mark.parametrize("number", [date(1990, 1, 1).toordinal(), date(2034, 12, 31).toordinal()])
def test_numbers_that_count_days_are_dates(number: int) -> None:
    """ST-04."""
    assert known(f"x = {number}") == (date.fromordinal(number),)


def test_between_two_numbers_of_days_the_middle_is_tried_and_of_three_none() -> None:
    """ST-04: the inside of a stretch that is known may be all that differs."""
    assert known("range(737000, 737100)") == tuple(map(date.fromordinal, (737000, 737050, 737100)))
    assert known("f(737000, 737100, 737200)") == tuple(
        map(date.fromordinal, (737000, 737100, 737200))
    )


def test_dates_are_sorted_and_each_stands_once() -> None:
    """BT-10."""
    sources = [a_file("'2020-03-16', '2011-08-08'"), a_file("20200316", "b.py")]

    assert dates(sources) == (date(2011, 8, 8), CRASH)
    assert dates([]) == ()


def test_of_other_files_the_text_is_read_and_no_syntax() -> None:
    """ST-04: a table beside the code may hold what it knows."""
    assert known("2020-03-16,1.5\nnot dated\n", "days.csv") == (CRASH,)
    assert known('{"from": "20200316"}', "days.json") == (CRASH,)
    assert known("2008 (2020, 3, 16) 737500", "days.txt") == ()


def test_dates_of_what_python_cannot_read_are_found_in_its_text() -> None:
    """ST-04."""
    assert known("def broken(: # 2020-03-16") == (CRASH,)
    assert known(b"\xff\xfe 2020-03-16 \x00") == (CRASH,)


def test_tickers_are_capitals_two_to_five_of_them() -> None:
    """ST-04: a strategy is tried among the symbols that it names."""
    text = (
        "NAMES = {'SPY': 'TQQQ', 'A': 'BF', 'GOOGL': 'TOOLONG', 'spy': 'S&P', 'QQQ ': 7, b'X': 1}"
    )

    assert tickers([a_file(text)]) == ("BF", "GOOGL", "SPY", "TQQQ")


def test_tickers_of_all_files_are_sorted_and_each_stands_once() -> None:
    """BT-10."""
    sources = [a_file("'SPY', 'AGG'"), a_file("'SPY'", "b.py"), a_file("'QQQ'", "c.txt")]

    assert tickers(sources) == ("AGG", "SPY")
    assert tickers([]) == ()


def test_text_of_a_file_is_what_of_it_is_text() -> None:
    assert text_of(a_file("Zürich €".encode())) == "Zürich €"
    assert text_of(a_file(b"SPY\xff\xfeQQQ")) == "SPYQQQ"


@pytest.mark.parametrize(
    "content",
    [
        b"def broken(:",
        b"x = 1\0",
        b"x = " + b"1 + " * 20_000 + b"1",
        b"x = " + b"-" * 20_000 + b"1",
    ],
    ids=["syntax", "null", "sum", "signs"],
)
def test_what_python_cannot_read_has_no_syntax_and_ends_nothing(content: bytes) -> None:
    """ST-04."""
    assert parsed(a_file(content)).body == []
    assert known(content) == ()
    assert tickers([a_file(content)]) == ()


@pytest.mark.parametrize(
    "content",
    [b"x = '\xff', 'SPY'", b"# coding: no-such-coding\nx = 'SPY'"],
    ids=["bytes", "coding"],
)
def test_what_python_alone_cannot_decode_is_read_as_text(content: bytes) -> None:
    """ST-04: a coding of the plugin's own must not hide a file."""
    assert tickers([a_file(content)]) == ("SPY",)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfx = 'SPY'",
        b"# coding: latin-1\nx = '\xe9', 'SPY'",
        b"# coding: utf-7\n# +AAo-x = 'SPY'",
        b"x = '\\d', 'SPY'",
    ],
    ids=["mark", "latin", "utf-7", "escape"],
)
def test_what_python_reads_is_read_as_python_does(content: bytes) -> None:
    """ST-04: a mark, a coding or a warning must not hide a file."""
    assert tickers([a_file(content)]) == ("SPY",)
