"""Disguises that a plugin's source is read through, and honest code that looks like them."""

from typing import Final

import pytest

from alchemiser.application.certification.source import findings
from alchemiser.ports.candidate import SourceFile

AHEAD: Final = "takes values of later sessions"
WINDOWS: Final = "takes windows that reach into later sessions"
FILLED: Final = "fills gaps from later sessions"

BANNED: Final = """
    atexit cffi ctypes gc http.client httpx inspect.currentframe inspect.getouterframes
    inspect.stack marshal mmap multiprocessing os._exit os.abort os.close os.closerange os.environ
    os.getenv os.kill os.urandom random.SystemRandom requests secrets signal socket subprocess
    sys._current_frames sys._getframe sys.argv sys.executable sys.flags sys.implementation
    sys.modules sys.platform sys.setprofile sys.settrace sys.version threading time.gmtime
    time.localtime time.sleep time.time time.time_ns urllib.request uuid.uuid1 uuid.uuid4
"""
"""What no strategy needs, and what only cheats have used."""


def found(content: str | bytes, name: str = "mine.py") -> str:
    """Return what is wrong with one file first."""
    encoded = content.encode() if isinstance(content, str) else content
    return next(findings([SourceFile(name=name, content=encoded)]))


def inside(text: str) -> str:
    """Return a function of one statement."""
    return f"def target(self, view):\n    {text}\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "return Series(closes).shift(-lag, fill_value=0)",
            f"{AHEAD} (shift by a negative number)",
        ),
        ("return bars.groupby('name').shift(-5)", f"{AHEAD} (shift by a negative number)"),
        ("return bars.pct_change(periods=-3)", f"{AHEAD} (pct_change by a negative number)"),
        ("return bars.diff(periods=-1)", f"{AHEAD} (diff by a negative number)"),
        ("return n.roll(closes, -lag, axis=0)", f"{AHEAD} (roll by a negative number)"),
        ("return roll(closes, -1)", f"{AHEAD} (roll by a negative number)"),
        ("move = bars.shift; return move(bars), bars.shift(-1)", AHEAD),
        ("return [bars.shift(-1) for bars in panels]", AHEAD),
        ("return lambda bars: bars.shift(-1)", AHEAD),
        ("return bars.rolling(window=21, center=True).mean()", f"{WINDOWS} (rolling)"),
        ("return np.convolve(closes, kernel, mode='same')", f"{WINDOWS} (convolve)"),
        ("return np.correlate(closes, kernel, 'same')", f"{WINDOWS} (correlate)"),
        ("return signal.filtfilt(b, a, closes)", f"{WINDOWS} (filtfilt)"),
        ("return sosfiltfilt(sections, closes)", f"{WINDOWS} (sosfiltfilt)"),
        ("return bars.resample('W').backfill()", f"{FILLED} (backfill)"),
        ("return bars.fillna(method='backfill')", f"{FILLED} (fillna)"),
        ("return bars.reindex(days, method='bfill')", f"{FILLED} (reindex)"),
        ("return bars.interpolate(limit_direction='backward')", f"{FILLED} (interpolate)"),
        ("return panel.close.base", "looks behind the arrays it was shown (base)"),
        ("return view.panel(names).raw_close[1:][2].base", "looks behind the arrays it was shown"),
        ("a = view.close('SPY'); b = a; return b.base", "looks behind the arrays it was shown"),
        ("return getattr(closes, 'base', None)", "looks behind what it was shown (base)"),
        ("return getattr(view, '_panel')", "looks behind what it was shown (_panel)"),
        ("return getattr(error, 'tb_frame')", "looks behind what it was shown (tb_frame)"),
        ("return type(view)._row", "looks into what it was shown (_row)"),
        ("return view._reads", "looks into what it was shown (_reads)"),
        ("return panel._columns", "looks into what it was shown (_columns)"),
        ("return f.__globals__", "looks behind what it was shown (__globals__)"),
        ("return f.__closure__[0]", "looks behind what it was shown (__closure__)"),
        ("return object.__subclasses__()", "looks behind what it was shown (__subclasses__)"),
        ("return frame.f_back", "looks into its callers (f_back)"),
        ("return frame.f_locals", "looks into its callers (f_locals)"),
        ("return running.gi_frame", "looks into its callers (gi_frame)"),
        ("return moment.utcnow()", "asks the clock (utcnow)"),
        ("return make().now(tz=zone)", "asks the clock (now)"),
        ("return np.datetime64('Today')", "asks the clock ('Today')"),
        ("return np.array(['NOW'], 'M8')", "asks the clock ('NOW')"),
        ("exec(text)", "runs code that cannot be read (exec)"),
        ("return compile(text, '', 'exec')", "runs code that cannot be read (compile)"),
        ("return __import__('time')", "runs code that cannot be read (__import__)"),
        ("object.__setattr__(view.inner, 'x', 1)", "changes what it was given"),
    ],
)
def test_sources_are_read_through_disguises(text: str, sentence: str) -> None:
    """ST-04, BT-02."""
    assert found(inside(text)).startswith(f"mine.py:2 {sentence}")


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("import os as system\nfolder = system.environ", "os.environ"),
        ("from os import getenv as ask\nfolder = ask('HOME')", "os.getenv"),
        ("import sys as s\nnames = s.modules['x'].y", "sys.modules"),
        ("import urllib.request as u\npage = u.urlopen", "urllib.request"),
        ("from urllib import request\npage = request.urlopen", "urllib.request"),
        ("import http.client", "http.client"),
        ("from http.client import HTTPSConnection", "http.client"),
        ("import requests.adapters", "requests"),
        ("import numpy, secrets", "secrets"),
        ("from random import Random, SystemRandom", "random.SystemRandom"),
        ("def later():\n    import gc as g\n    return g.get_objects()", "gc"),
        ("try:\n    import mmap\nexcept ImportError:\n    mmap = None", "mmap"),
        ("import inspect\nframes = inspect.stack()[1]", "inspect.stack"),
        ("from time import sleep", "time.sleep"),
    ],
)
def test_what_is_banned_is_found_under_any_name(text: str, banned: str) -> None:
    """ST-04: the name that an import binds is not what it means."""
    assert found(text).endswith(f" ({banned}).")


@pytest.mark.parametrize("name", BANNED.split())
def test_nothing_that_is_banned_can_be_imported_or_used(name: str) -> None:
    """ST-04."""
    module, _, member = name.rpartition(".")
    ways = [f"import {name}"] if not module else [f"import {module}\nx = {name}"]
    ways += [f"from {module} import {member} as x"] if module else []

    for text in ways:
        assert found(text).endswith(f" ({name}).")


@pytest.mark.parametrize(
    "text",
    [
        "return datetime.strptime(text, '%Y-%m-%d')",
        "return datetime.fromisoformat(text)",
        "return date.fromisoformat('2020-01-31').weekday()",
        "return bars.shift()",
        "return bars.shift(+1)",
        "return bars.shift(1 - 2 * lag)",
        "return np.roll(closes, shift=1)",
        "return np.roll(-closes, 1)",
        "return bars.diff()",
        "return np.diff(-closes)",
        "return bars.pct_change(21)",
        "return bars.rolling(21).mean()",
        "return bars.rolling(21, center=False).mean()",
        "return bars.rolling(21, center=centred).mean()",
        "return np.convolve(closes, kernel, mode='valid')",
        "return np.correlate(closes, kernel)",
        "return label == 'same'",
        "return bars.fillna(0).ffill()",
        "return bars.reindex(days, method='ffill')",
        "return bars.interpolate(limit_direction='forward')",
        "return bars.set_index(drop=True).join(other, how='backward')",
        "return closes[::-1]",
        "return closes[-1] / closes[-2]",
        "return self._panel, cls._row, self._columns",
        "return numeral.base, config.base.name",
        "return getattr(view, 'as_of')",
        "return getattr(self, f'{name}_window')",
        "return time['time'], now, today",
        "return time.time",
        "return {'now': 1, 'today': 2}[moment]",
        "return 'now' in words, ['today']",
        "return model.eval(), self.exec, pattern.compile('a')",
        "return open_price, closes.mean()",
        "object.__setattr__(self, 'cache', ())",
        "super().__setattr__('cache', ())",
        "return frames.f_back_to_front, self.globals",
    ],
)
def test_honest_code_that_looks_like_it_is_not_refused(text: str) -> None:
    """ST-04."""
    assert found(inside(text)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from .signal import strength",
        "from ..requests import wanted",
        "from . import signal\nx = signal.strength",
        "from .time import time\nx = time()",
        "from mine.signal import strength\nx = strength()",
        "from mine import requests\nx = requests.wanted",
        "import signals, socketless, gcd, ctypes_free",
        "import time\nx = time.strptime('2020', '%Y')",
        "from time import struct_time\nx = struct_time",
        "import os.path as path\nx = path.join('a', 'b')",
        "import sys\nx = sys.float_info.epsilon, sys.maxsize, sys.version_info",
        "import inspect\nx = inspect.signature(f)",
        "import random\nx = random.Random(7).random()",
        "import uuid\nx = uuid.uuid5(space, 'name')",
        "import http\nx = http.HTTPStatus.OK",
        "from urllib.parse import quote\nx = quote('a')",
        "text = 'import requests'  # import requests",
    ],
)
def test_modules_that_are_only_called_alike_are_not_refused(text: str) -> None:
    """ST-04: a plugin may call its own modules what it likes."""
    assert found(text) == ""


@pytest.mark.parametrize("word", ["dropna()", "iloc[:-1]", "values[5:-lag]"])
def test_who_drops_the_unknown_end_learns_from_the_past(word: str) -> None:
    """BT-02: what followed sessions that have passed is known but for the last."""
    learning = f"following = bars.shift(-1)\n    return fit(bars, following.{word})"

    assert found(inside(learning)) == ""


@pytest.mark.parametrize("word", ["iloc[1:]", "iloc[:5]", "iloc[-5:]", "iloc[-1]", "fillna(0)"])
def test_who_drops_something_else_does_not(word: str) -> None:
    """BT-02."""
    learning = f"following = bars.shift(-1)\n    return fit(bars, following.{word})"

    assert AHEAD in found(inside(learning))


def test_excuse_of_one_function_is_none_for_another() -> None:
    """BT-02."""
    text = inside("return bars.shift(-1).dropna()") + inside("return bars.shift(-1)")

    assert found(text) == f"mine.py:4 {AHEAD} (shift by a negative number)."


def test_excuse_is_none_for_what_is_wrong_in_any_case() -> None:
    """ST-04."""
    assert "asks the clock" in found(inside("return bars.dropna(), datetime.now()"))


def test_first_in_the_file_need_not_be_first_to_be_told() -> None:
    """ST-04: one finding refuses; each file tells one, with its line."""
    text = "\n\nimport requests\n\n\nclass Strategy:\n    import socket\n"

    assert found(text) == "mine.py:3 uses the network (requests)."


def test_file_is_named_by_its_path() -> None:
    assert found("import gc", "inner/deep.py").startswith("inner/deep.py:1 ")


@pytest.mark.parametrize("name", ["notes.md", "table.csv", "mine.pyi", "py"])
def test_other_files_have_no_finding(name: str) -> None:
    """ST-04: nor are they counted as read."""
    assert list(findings([SourceFile(name=name, content=b"import gc")])) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfimport gc\n",
        b"# coding: latin-1\nx = '\xe9'\nimport gc\n",
        b"# coding: utf-7\n# +AAo-import gc\n",
        b"x = '\\d'\nimport gc\n",
    ],
    ids=["mark", "latin", "utf-7", "escape"],
)
def test_nothing_hides_a_file_that_python_reads(content: bytes) -> None:
    """ST-04: neither a mark nor a coding nor a warning."""
    assert "looks through the memory" in found(content)


@pytest.mark.parametrize(
    "content",
    [
        b"import gc\nx = a" + b".a" * 2_000,
        b"x = a" + b".a" * 2_000,
        b"x = a" + b"[0]" * 2_000,
        b"x = " + b"1 + " * 20_000 + b"1",
        b"x = " + b"-" * 20_000 + b"1",
    ],
    ids=["found", "attributes", "items", "sum", "signs"],
)
def test_what_is_nested_too_deeply_to_be_read_is_refused(content: bytes) -> None:
    """ST-04: nobody writes such code but to hide in it, and it must not end the certification."""
    assert found(content) in {
        "mine.py:1 looks through the memory of its process (gc).",
        "mine.py:1 is nested too deeply to be read.",
    }


def test_what_python_cannot_read_it_cannot_run() -> None:
    """ST-04."""
    assert found("import gc\ndef broken(:") == ""
    assert found("import gc\0") == ""
