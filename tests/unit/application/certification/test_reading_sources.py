"""What a plugin's source gives away, and what only looks like it."""

from datetime import date

import pytest

from alchemiser.application.certification import source
from alchemiser.application.certification.literals import dates, tickers
from alchemiser.ports.candidate import SourceFile


def found(text: str, name: str = "mine.py") -> list[str]:
    return [
        what for what in source.findings([SourceFile(name=name, content=text.encode())]) if what
    ]


def decided(text: str) -> str:
    """Return a function that does `text`."""
    return "def target(self, view):\n    closes = view.close('SPY')\n    " + text.replace(
        "\n", "\n    "
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("return closes.shift(-1)", "takes values of later sessions (shift by a negative number)"),
        ("return closes.shift(periods=-1)", "takes values of later sessions"),
        ("return closes.pct_change(-1)", "takes values of later sessions (pct_change"),
        ("return np.roll(closes, -1)", "takes values of later sessions (roll"),
        ("return np.roll(closes, shift=-1)", "takes values of later sessions (roll"),
        ("return closes.diff(-1)", "takes values of later sessions (diff"),
        ("return closes.rolling(9, center=True).mean()", "windows that reach into later sessions"),
        ("return np.convolve(closes, kernel, 'same')", "windows that reach into later sessions"),
        ("return savgol_filter(closes, 5, 2)", "windows that reach into later sessions"),
        ("return closes.bfill()", "fills gaps from later sessions (bfill)"),
        ("return closes.fillna(method='bfill')", "fills gaps from later sessions (fillna)"),
        (
            "return closes.interpolate(limit_direction='both')",
            "fills gaps from later sessions (interpolate)",
        ),
        ("return closes.base", "looks behind the arrays it was shown (base)"),
        ("return view.panel(['SPY']).close[3:].base", "looks behind the arrays it was shown"),
        ("return getattr(closes, 'base')", "looks behind what it was shown (base)"),
        ("return view._panel", "looks into what it was shown (_panel)"),
        ("return view._readings", "looks into what it was shown (_readings)"),
        ("return view._whole", "looks into what it was shown (_whole)"),
        ("return make(view)._panel", "looks into what it was shown (_panel)"),
        ("return closes.__array_interface__", "looks behind what it was shown"),
        ("return error.__traceback__.tb_frame", "looks into its callers (tb_frame)"),
        ("return datetime.now()", "asks the clock (now)"),
        ("return np.datetime64('now')", "asks the clock ('now')"),
        ("return pd.to_datetime(['today'])", "asks the clock ('today')"),
        ("return eval('1')", "runs code that cannot be read (eval)"),
        ("object.__setattr__(view, 'x', 1)", "changes what it was given (object.__setattr__)"),
        ("import time\nreturn time.time()", "asks the clock (time.time)"),
        ("from time import time as moment\nreturn moment()", "asks the clock (time.time)"),
        ("import time as t\nreturn t.time_ns()", "asks the clock (time.time_ns)"),
        ("import os\nreturn os.environ['HOME']", "reads the environment (os.environ)"),
        ("from os import environ", "reads the environment (os.environ)"),
        ("import requests", "uses the network (requests)"),
        ("import urllib.request", "uses the network (urllib.request)"),
        ("import ctypes", "calls machine code (ctypes)"),
        ("import gc", "looks through the memory of its process (gc)"),
        ("import sys\nreturn sys._getframe()", "looks into its callers (sys._getframe)"),
        ("import threading", "starts threads (threading)"),
        ("from uuid import uuid4\nreturn uuid4()", "draws what cannot be repeated (uuid.uuid4)"),
    ],
)
def test_source_that_looks_ahead_or_asks_the_world_is_told_with_its_place(
    text: str, sentence: str
) -> None:
    """ST-04, BT-02."""
    (what,) = found(decided(text))

    assert what.startswith("mine.py:")
    assert sentence in what


@pytest.mark.parametrize(
    "text",
    [
        "return closes.shift(1)",
        "return closes.shift(periods=lag)",
        "following = closes.shift(-1).dropna()",
        "following = closes.shift(-1)[:-1]",
        "return np.roll(closes, 1)",
        "return closes.diff(-width)",
        "return closes.rolling(9, center=False).mean()",
        "return np.convolve(closes, kernel, 'valid')",
        "return closes.ffill()",
        "return closes.fillna(method='ffill')",
        "return closes.interpolate(limit_direction='forward')",
        "return self._panel",
        "return {'base': 1}['base']",
        "return words.base",
        "return view.as_of.weekday()",
        "return calendar.today_is_holiday(view.as_of)",
        "return date.fromisoformat('2020-01-01')",
        "time = {'time': 1}\nreturn time['time']",
        "object.__setattr__(self, 'x', 1)",
        "import random\nreturn random.Random(7).random()",
        "import os.path\nreturn os.path.join('a', 'b')",
        "return getattr(self, name)",
    ],
)
def test_source_that_only_looks_like_it_is_not(text: str) -> None:
    """ST-04."""
    assert found(decided(text)) == []


def test_files_that_are_no_python_are_not_read() -> None:
    assert found("import requests", name="notes.txt") == []
    assert found("def broken(:") == []
    assert found("x = 1\0") == []


def test_each_file_tells_the_first_thing_that_is_wrong() -> None:
    sources = [
        SourceFile(name="a.py", content=b"import requests\nimport ctypes\n"),
        SourceFile(name="b.py", content=b"x = 1\n"),
        SourceFile(name="c.py", content=b"import ctypes\n"),
    ]

    assert list(source.findings(sources)) == [
        "a.py:1 uses the network (requests).",
        "",
        "c.py:1 calls machine code (ctypes).",
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("CRASH = '2020-03-16'", date(2020, 3, 16)),
        ("# until 2018/02/05", date(2018, 2, 5)),
        ("CRASH = 20080915", date(2008, 9, 15)),
        ("day = date(2015, 8, 24)", date(2015, 8, 24)),
        ("DAYS = [(2011, 8, 8), (2012, 1, 3)]", date(2011, 8, 8)),
        ("first = 737500", date.fromordinal(737500)),
        ("between(737500, 737600)", date.fromordinal(737550)),
        ("if view.as_of.year == 2008: pass", date(2008, 10, 15)),
    ],
)
def test_dates_that_a_source_knows_are_found(text: str, day: date) -> None:
    """ST-04: it is tried at the dates that it knows."""
    assert day in dates([SourceFile(name="mine.py", content=text.encode())])


@pytest.mark.parametrize(
    "text", ["x = '2020-13-45'", "f(2020, 14, 1)", "f(0, 1, 1)", "x = 120200316", "x = 'SPY'"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    found_days = dates([SourceFile(name="mine.py", content=text.encode())])

    assert [day for day in found_days if day.year != 2020] == []
    assert all(day.day == 15 for day in found_days)


def test_dates_stand_in_tables_too() -> None:
    table = SourceFile(name="days.csv", content=b"day\n2020-03-16\n2019-02-30\n")

    assert dates([table]) == (date(2020, 3, 16),)


def test_tickers_that_a_source_names_are_found() -> None:
    """ST-04."""
    text = "NAMES = ['SPY', 'TQQQ', 'spy', 'A', 'TOOLONG', 7]\n"
    files = [
        SourceFile(name="mine.py", content=text.encode()),
        SourceFile(name="mine.txt", content=b"'QQQ'"),
    ]

    assert tickers(files) == ("SPY", "TQQQ")
