"""Alerts become one line each, whatever they say, and never stop the engine."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.notify.log import LogNotifier
from alchemiser.ports.notifier import Alert, Severity
from alchemiser.testing.fakes import FixedClock

CLOCK = FixedClock(datetime(2024, 8, 5, 19, 45, tzinfo=UTC))
ALERT = Alert(severity=Severity.CRITICAL, code="strategy_failed", text="nuclear raised KeyError.")


def test_alert_is_one_line_of_json() -> None:
    """OB-01, OB-08."""
    stream = io.StringIO()

    LogNotifier(stream, CLOCK).notify(ALERT)

    assert stream.getvalue() == (
        '{"at": "2024-08-05T19:45:00.000000Z", "event": "strategy_failed", '
        '"severity": "critical", "text": "nuclear raised KeyError."}\n'
    )


@given(st.text())
def test_no_text_forges_a_line_or_steers_a_terminal(text: str) -> None:
    """OB-01: control bytes are escaped and come back as they were."""
    stream = io.StringIO()
    notifier = LogNotifier(stream, CLOCK)

    notifier.notify(Alert(severity=Severity.INFO, code="said", text=text))
    notifier.notify(ALERT)

    first, second, rest = stream.getvalue().split("\n")
    assert json.loads(first)["text"] == text
    assert (first + second).isascii()
    assert (first + second).isprintable()
    assert rest == ""


def test_escape_sequences_do_not_reach_the_log() -> None:
    stream = io.StringIO()

    text = '\x1b[2J\x7f\x9b31m\r\n\u2028{"event": "forged"}'
    LogNotifier(stream, CLOCK).notify(Alert(severity=Severity.INFO, code="said", text=text))

    assert stream.getvalue()[:-1].isprintable()


class BrokenStream(io.StringIO):
    """A log on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


class BrokenClock(FixedClock):
    """A clock that fails in its own way."""

    def now(self) -> datetime:
        raise ArithmeticError


@pytest.mark.parametrize(
    "notifier",
    [
        LogNotifier(BrokenStream(), CLOCK),
        LogNotifier(io.StringIO(), BrokenClock(CLOCK.now())),
    ],
    ids=["stream", "clock"],
)
def test_lost_alert_is_counted_and_never_raised(notifier: LogNotifier) -> None:
    """RS-09, OB-10: the notifier's boundary."""
    notifier.notify(ALERT)
    notifier.notify(ALERT)

    assert notifier.lost == 2


def test_closed_stream_loses_alerts_only() -> None:
    stream = io.StringIO()
    notifier = LogNotifier(stream, CLOCK)
    notifier.notify(ALERT)
    stream.close()

    notifier.notify(ALERT)

    assert notifier.lost == 1


def test_notifier_leaves_structlog_unimported_and_unconfigured() -> None:
    """AR-04: an embedding program's logging is its own, and importing us is cheap."""
    script = (
        "import io, sys\n"
        "from datetime import UTC, datetime\n"
        "from alchemiser.adapters.notify.log import LogNotifier\n"
        "from alchemiser.adapters.system.clock import VirtualClock\n"
        "from alchemiser.ports.notifier import Alert, Severity\n"
        "notifier = LogNotifier(io.StringIO(), VirtualClock(datetime(2024, 8, 5, tzinfo=UTC)))\n"
        "assert 'structlog' not in sys.modules\n"
        "notifier.notify(Alert(severity=Severity.INFO, code='c', text='t'))\n"
        "import structlog\n"
        "assert not structlog.is_configured() and notifier.lost == 0\n"
    )

    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 - our own script
