"""Whatever goes wrong with a key in its words, the command line shows nothing of the key."""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest

from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.container import redactor
from alchemiser.domain.values.errors import (
    AlchemiserError,
    InvalidValueError,
    PluginError,
    SettingsError,
)
from alchemiser.domain.values.secret import Secret
from alchemiser.entrypoints.cli.running import run
from alchemiser.ports.errors import (
    InputError,
    LeaseHeldError,
    OutcomeUnknownError,
    PortUnavailableError,
)
from alchemiser.ports.notifier import Alert, Severity
from alchemiser.testing.fakes import FixedClock

KEY_ID, PROOF = "PKFORCED" + "ERRORS42", "forced/errors+" + "Zy8" * 9
ERRORS: tuple[type[Exception], ...] = (
    AlchemiserError,
    InvalidValueError,
    PluginError,
    SettingsError,
    InputError,
    LeaseHeldError,
    OutcomeUnknownError,
    PortUnavailableError,
    ValueError,
    KeyError,
    RuntimeError,
    ConnectionError,
    OSError,
)
FORMS: tuple[Callable[[str], object], ...] = (
    str,
    repr,
    quote,
    lambda key: json.dumps({"key": key}),
    lambda key: f"GET https://example.org/v2/orders?key={quote(key)} failed",
    lambda key: {"APCA-API-SECRET-KEY": key},
    lambda key: f"line\nAPCA-API-SECRET-KEY: {key}\r\n",
    lambda key: [key, key.encode()],
)
WAYS = ("plain", "caused", "in a group", "noted", "in its locals")
CASES = list(product(ERRORS, FORMS, WAYS))


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let the keys be known, as if a provider had read them, and logs lie in `tmp_path`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    redactor().learn([Secret(KEY_ID), Secret(PROOF)])
    yield
    redactor.cache_clear()


def _fail(kind: type[Exception], words: object, way: str) -> None:
    header = {"key": Secret(PROOF)}
    match way:
        case "caused":
            try:
                raise ConnectionError(words)  # noqa: TRY301
            except ConnectionError as error:
                raise kind("the call failed.") from error
        case "in a group":
            raise ExceptionGroup(str(words), [kind(words)])
        case "noted":
            noted = kind("the call failed.")
            noted.add_note(str(words))
            raise noted
        case "in its locals":
            raise kind(f"the call with {header} failed: {words}")
        case _:
            raise kind(words)


def test_five_hundred_forced_errors_tell_no_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """SX-02, E06, invariant 40: on both streams, for people and programs, and in the log."""
    assert len(CASES) >= 500
    for number, (kind, form, way) in enumerate(CASES):
        words = form((KEY_ID, PROOF)[number % 2])

        def commands(*_: object, **__: object) -> int | None:
            _fail(kind, words, way)  # noqa: B023 - called before the next turn
            return 0

        arguments = ["run", "--reason", f"my key is {PROOF}", *(["--json"] if number % 3 else [])]
        assert run(arguments, commands) != 0

    streams = "".join(capsys.readouterr())
    logs = [file.read_text() for file in tmp_path.glob("alchemiser-*.log")]
    assert streams.count("***") > 100
    assert len(logs) > 100
    for text in (streams, *logs):
        for key in (KEY_ID, PROOF, quote(PROOF), quote(PROOF, safe="")):
            assert key not in text


def test_the_log_of_alerts_tells_no_key() -> None:
    """SX-02, H04: the filter at the one log."""
    stream = io.StringIO()
    clock = FixedClock(datetime(2024, 8, 5, tzinfo=UTC))
    notifier = LogNotifier(stream, clock, redactor().redact)

    notifier.notify(Alert(severity=Severity.INFO, code=KEY_ID, text=f"refused: {PROOF}."))

    line = json.loads(stream.getvalue())
    assert (line["event"], line["text"]) == ("***", "refused: ***.")
    assert notifier.lost == 0
