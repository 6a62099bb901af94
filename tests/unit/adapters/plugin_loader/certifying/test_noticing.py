"""What a strategy may not do is noticed, refused where it could do harm, and nothing else is."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alchemiser.adapters.plugin_loader.certifying import worker
from alchemiser.adapters.plugin_loader.certifying.observing import NOTES_MAX, Observer, Phase
from tests.unit.adapters.plugin_loader.certifying.within import Within, shown

Prepare = Callable[..., Within]


class Unwatched:
    """Watch no shared state, which takes a second."""

    def __init__(self, *_: object) -> None:
        """Remember nothing."""

    def changed(self) -> list[str]:
        """Return nothing."""
        return []


@pytest.fixture
def noticed(within: Prepare, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], list[str]]:
    """Return a function that tells what is noticed at a body and a way to build."""
    monkeypatch.setattr(worker, "SharedState", Unwatched)

    def notes(body: str, building: str = "pass") -> list[str]:
        declared, answer = within(body=body, building=building, elsewhere=True).answers(shown())
        return [*declared["impure"], *answer["impure"]]

    return notes


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("import time\ntime.time()", "asks the clock (time)"),
        ("import time\ntime.time_ns()", "asks the clock (time_ns)"),
        ("import time\ntime.monotonic()", "asks the clock (monotonic)"),
        ("import time\ntime.sleep(9)", "asks the clock (sleep)"),
        ("import time\ntime.localtime()", "asks the clock (localtime)"),
        ("import time\ntime.gmtime(0)", "asks the clock (gmtime)"),
        ("from datetime import datetime\ndatetime.now()", "asks the clock (now)"),
        ("import datetime\ndatetime.datetime.today()", "asks the clock (today)"),
        ("import datetime\ndatetime.datetime.utcnow()", "asks the clock (utcnow)"),
        ("import datetime\ndatetime.date.today()", "asks the clock (today)"),
        ("type(view.as_of).today()", "asks the clock (today)"),
        ("import random\nrandom.random()", "draws from the shared generator (random)"),
        ("import random\nrandom.shuffle([1, 2])", "draws from the shared generator (shuffle)"),
        (
            "import random\nrandom.Random()",
            "draws what cannot be repeated (a generator without a seed)",
        ),
        (
            "import random\nrandom.SystemRandom().random()",
            "draws what cannot be repeated (SystemRandom)",
        ),
        ("import os\nos.environ.get('HOME')", "reads the environment"),
        ("import os\nos.getenv('HOME')", "reads the environment"),
        ("import os\nos.getpid()", "asks the operating system (getpid)"),
        ("import os\nos.stat('/')", "asks the operating system (stat)"),
        ("import os\nos.urandom(1)", "asks the operating system (urandom)"),
        ("import uuid\nuuid.uuid4()", "draws what cannot be repeated"),
        ("import secrets\nsecrets.token_hex()", "draws what cannot be repeated"),
        ("import platform\nplatform.node()", "asks about the machine"),
        ("import getpass\ngetpass.getuser()", "asks who runs it"),
        ("import inspect\ninspect.stack()", "looks into its callers"),
        ("import threading\nthreading.current_thread()", "starts or asks for threads"),
        ("import gc\ngc.collect()", "looks through the memory of its process (gc.collect)"),
        ("import gc\ngc.get_objects()", "looks through the memory of its process (gc)"),
        ("import signal\nsignal.getsignal(2)", "changes how its process answers signals"),
        ("import sys\nsys._getframe()", "looks into its callers"),
        ("exec('1')", "runs code that cannot be read"),
        ("compile('1', 'x', 'eval')", "makes code that cannot be read"),
        ("id(view)", "asks for addresses, which no other process has (id)"),
        (
            "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    error.__traceback__.tb_frame",
            "looks into its callers (tb_frame)",
        ),
    ],
)
def test_what_asks_the_world_is_noticed(
    noticed: Callable[[str], list[str]], body: str, note: str
) -> None:
    """ST-04."""
    assert any(text.startswith(note) for text in noticed(body)), noticed(body)


@pytest.mark.parametrize(
    "body",
    [
        "from datetime import date, datetime\ndate(2020, 1, 1)\ndatetime(2020, 1, 1).isoformat()",
        "import datetime\ndatetime.date.fromisoformat('2020-01-01').toordinal()",
        "import datetime\nassert isinstance(view.as_of, datetime.date)",
        "import datetime\nassert issubclass(datetime.datetime, datetime.date)",
        "import datetime\nassert isinstance(datetime.datetime(2020, 1, 1), datetime.datetime)",
        "import random\nrandom.Random(7).random()",
        "import numpy as np\nnp.random.default_rng(7).normal(size=3)",
        "import inspect\ninspect.signature(len)",
        "import os\nos.path.join('a', 'b')\nos.fspath('a')",
        "import warnings\nwarnings.warn('a word')",
        "import logging\nlogging.getLogger('mine').debug('a word')",
        "import statistics\nstatistics.median([1, 2, 3])",
        "import numpy as np\nnp.convolve(view.close('SPY'), [0.5, 0.5], 'valid').mean()",
        "import json\njson.loads('[1]')",
        "import uuid\nassert uuid",
    ],
)
def test_honest_work_is_not(noticed: Callable[[str], list[str]], body: str) -> None:
    """ST-04."""
    assert noticed(body) == []


def test_clock_that_is_asked_tells_another_time(
    within: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-04: what depends on the clock decides otherwise elsewhere."""
    monkeypatch.setattr(worker, "SharedState", Unwatched)
    body = (
        "import datetime, time\n"
        "raise UndecidedError(f'{time.time()} {datetime.datetime.now():%s} '"
        " f'{datetime.date.today().toordinal()} {time.time_ns() // 10**9}')"
    )
    here = within(body=body).answer()["answers"][0]["undecided"].split()
    elsewhere = within(body=body, elsewhere=True).answer()["answers"][0]["undecided"].split()

    shift = float(here[0]) - float(elsewhere[0])
    assert shift == pytest.approx(201 * 86_400 + 20_000, abs=60)
    assert int(here[1]) - int(elsewhere[1]) == pytest.approx(shift, abs=60)
    assert int(here[2]) - int(elsewhere[2]) in {201, 202}
    assert int(here[3]) - int(elsewhere[3]) == pytest.approx(shift, abs=60)


@pytest.mark.parametrize(
    ("body", "note", "failure"),
    [
        ("import socket\nsocket.socket()", "tries to connect to anything", "PermissionError"),
        ("import os\nos.system('true')", "tries to start a process", "PermissionError"),
        ("open('odd', 'w')", "tries to write or change files (odd)", "PermissionError"),
        ("open('/etc/passwd')", "tries to read files while it decides", "PermissionError"),
        ("import os\nos.listdir('/')", "reads / while it decides", ""),
    ],
)
def test_what_could_do_harm_is_refused(
    within: Prepare,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    note: str,
    failure: str,
) -> None:
    """ST-04."""
    monkeypatch.setattr(worker, "SharedState", Unwatched)

    answer = within(body=body).answer()

    assert any(text.startswith(note) for text in answer["impure"]), answer
    assert failure in str(answer["answers"][0].get("failed", ""))


def test_own_files_and_named_ones_may_be_read_to_build(within: Prepare, tmp_path: Path) -> None:
    """ST-04."""
    named, other = tmp_path / "named.txt", tmp_path / "other.txt"
    named.write_text("SPY")
    other.write_text("AGG")

    def notes(building: str) -> list[str]:
        found = within(building=building, params={"place": "named.txt"}).answers()[0]["impure"]
        return [str(note) for note in found]

    above = "from pathlib import Path\n"
    assert notes(f"{above}Path(__file__).read_text()") == []
    assert notes(f"{above}Path({str(other)!r}).read_text()") == [
        f"reads {other}, which is neither its own nor named by a parameter"
    ]
    assert notes("import os\nos.getcwd()") == []  # is noticed by those who watch closely


def test_building_may_ask_the_operating_system_for_less(
    noticed: Callable[[str, str], list[str]],
) -> None:
    """ST-04."""
    assert noticed("pass", "import os\nos.stat('/')") == []
    assert noticed("pass", "import os\nos.getcwd()") == ["asks the operating system (getcwd)"]


def test_notes_are_few_and_each_is_told_once(undone: None) -> None:
    del undone
    observer = Observer([], [], closely=False)

    def many() -> None:
        for number in range(3 * NOTES_MAX):
            observer.note(f"does {number // 2}")

    observer.note("does nothing that counts")
    observer.during(Phase.BUILDING, many)

    assert observer.taken() == [f"does {number}" for number in range(NOTES_MAX)]
    assert observer.taken() == []
    assert sys.getprofile() is None


def test_watching_ends_with_the_work_even_when_it_fails(undone: None) -> None:
    del undone
    observer = Observer([], [], closely=True)

    def fails() -> None:
        assert sys.getprofile() is not None
        raise KeyError

    with pytest.raises(KeyError):
        observer.during(Phase.DECIDING, fails)
    assert sys.getprofile() is None
