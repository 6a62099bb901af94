"""A day at a venue one of whose endpoints takes every question and never answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from alchemiser.adapters.alpaca.broker import AlpacaBroker
from alchemiser.adapters.alpaca.calendar import BrokerCalendar
from alchemiser.adapters.alpaca.transport import Limits
from alchemiser.application.report import CycleReport
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.journal.chain import verify
from alchemiser.domain.orders.approval import ApprovedOrder
from alchemiser.domain.orders.messages import SubmitOutcome
from alchemiser.ports.errors import PortUnavailableError
from tests.faults.lockstep import CALENDAR, Account, account, line
from tests.faults.settling import faults_of, settle
from tests.faults.test_single_faults import DAYS, DONE, OPEN, PART, SKIPPED, STRUCK
from tests.unit.adapters.alpaca.misbehaving import MISCONDUCT, misbehaving

Tell = Callable[[str, object], None]

MUTE: Final = Limits(
    connect=0.5, read=0.6, total=0.7, wait=0.001, wait_max=0.005, rest=30.0, per_minute=1_000_000
)
"""A question that is not answered costs so many real seconds."""
FEW: Final = ExecutionSettings(sends_max=3, poll_seconds=20)
"""Ask seldom: each question about an order costs them, too."""
LATE: Final = timedelta(minutes=13)
"""After the decision, one minute before the day's orders have to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Name an endpoint and how a day ends on which it is mute.

    Attributes:
        method: The HTTP method.
        path: The path, as the venue's faults name it.
        at_first: The exit code when it is mute from the beginning; None where that says no more.
        later: The exit code when it is mute from the first order on; None as above.
        late: Whether the day is begun late, because each of many questions costs real time.
    """

    method: str
    path: str
    at_first: int | None = None
    later: int | None = None
    late: bool = False


READ: Final = "GET"
ENDPOINTS: Final = {
    # What the decision rests on: none is made; once orders are out, nothing proves what they did.
    "account": Endpoint(method=READ, path="/v2/account$", at_first=SKIPPED, later=OPEN),
    "positions": Endpoint(method=READ, path="/v2/positions", at_first=SKIPPED, later=OPEN),
    "clock": Endpoint(method=READ, path="/v2/clock", at_first=SKIPPED, later=OPEN),
    "orders": Endpoint(method=READ, path="/v2/orders$", at_first=SKIPPED, later=OPEN),
    "activities": Endpoint(
        method=READ, path="/v2/account/activities$", at_first=SKIPPED, later=OPEN
    ),
    # Read for the decision alone, or for the release of a buy, which is refused without.
    "bars": Endpoint(method=READ, path="/v2/stocks/bars", at_first=SKIPPED, later=DONE),
    "actions": Endpoint(method=READ, path="/v1/corporate-actions", at_first=SKIPPED, later=DONE),
    "quotes": Endpoint(method=READ, path="/v2/stocks/quotes", at_first=SKIPPED, later=PART),
    "trades": Endpoint(method=READ, path="/v2/stocks/trades", at_first=SKIPPED, later=PART),
    # The table knows the session, too.
    "calendar": Endpoint(method=READ, path="/v2/calendar", at_first=DONE),
    # The venue says that it has no such order, long enough for that to be proof.
    "submit": Endpoint(method="POST", path="/v2/orders", at_first=PART),
    # Orders are out, and nobody says what became of them.
    "order by name": Endpoint(method=READ, path="/v2/orders:by_client_order_id", at_first=OPEN),
    "executions": Endpoint(
        method=READ, path="/v2/account/activities/FILL", at_first=OPEN, late=True
    ),
    # They end by themselves, with the day, unfilled.
    "cancel": Endpoint(method="DELETE", path="/v2/orders", at_first=PART, late=True),
}


class Arming:
    """Pass everything on to a broker, and do something before the first order is sent."""

    def __init__(self, broker: AlpacaBroker, do: Callable[[], None]) -> None:
        self._broker = broker
        self._do = [do]

    def submit(self, order: ApprovedOrder) -> SubmitOutcome:
        while self._do:
            self._do.pop()()
        return self._broker.submit(order)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a broker has
        return getattr(self._broker, name)


def second_day(here: Account, endpoint: Endpoint, *, at_first: bool) -> CycleReport:
    """Trade a day in peace, then one on which `endpoint` is mute, and what is sent late rests."""
    assert here.run(DAYS[0]).exit_code == DONE
    here.restart(MUTE)
    here.engine.broker.account_id()
    here.go_to(DAYS[1], after=LATE if endpoint.late else timedelta(0))
    calendar = BrokerCalendar(
        CALENDAR, line(here.venue.urls["trading_url"], here.alerts, MUTE), here.clock, tell=print
    )
    here.engine = replace(here.engine, execution=FEW, calendar=calendar)
    if endpoint.method == "DELETE":
        here.venue.fault("no_fills", times=-1)

    def mute() -> None:
        here.venue.fault("hang", times=-1, method=endpoint.method, path=endpoint.path)

    if at_first:
        mute()
    else:
        broker = here.engine.broker
        assert isinstance(broker, AlpacaBroker)
        here.engine = replace(here.engine, broker=Arming(broker, mute))
    return here.run(DAYS[1])


DAYS_ENDED: Final = [
    pytest.param(one, at_first, code, id=f"{name}-{'from the first' if at_first else 'later'}")
    for name, one in ENDPOINTS.items()
    for at_first, code in ((True, one.at_first), (False, one.later))
    if code is not None
]


@pytest.mark.parametrize(("endpoint", "at_first", "code"), DAYS_ENDED)
def test_a_mute_endpoint_ends_the_day_with_its_status(
    endpoint: Endpoint, at_first: bool, code: int, record_property: Tell
) -> None:
    """FAULTS A18, RS-05: in time, with nothing twice and nothing lost, and a whole journal."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        report = second_day(here, endpoint, at_first=at_first)

        assert report.exit_code == code
        session = CALENDAR.session(DAYS[1])
        assert session is not None
        assert here.clock.now() <= session.close_at + timedelta(seconds=FEW.give_up_seconds)
        assert verify(here.engine.journal.read()).ok
        names = [row["client_order_id"] for row in here.truth()["orders"]]
        assert len(names) == len(set(names))
        hits = here.venue.hits().get("hang", 0)
        here.restart()
        settle(here, DAYS[1])
        here.go_to(DAYS[2])
        assert here.run(DAYS[2]).exit_code == DONE
        assert faults_of(here) == []
        record_property(STRUCK, f"A18 hang {hits}")


def test_an_account_that_is_mute_when_the_engine_starts_is_told_and_nothing_recorded() -> None:
    """FAULTS A18: without its number there is no lease and no cycle."""
    with account(first=DAYS[0], last=DAYS[-1]) as here:
        here.restart(MUTE)
        here.venue.fault("hang", times=-1, method=READ, path="/v2/account$")

        with pytest.raises(PortUnavailableError, match="gave no answer"):
            here.run(DAYS[0])
        assert list(here.engine.journal.read()) == []


@pytest.mark.parametrize("how", ["accepts and never answers", "stops after its headers"])
def test_a_mute_order_stream_leaves_the_day_alone(how: str) -> None:
    """FAULTS B06, B07: what it does not tell is asked for."""
    with misbehaving(MISCONDUCT[how]) as stream, account(first=DAYS[0], last=DAYS[-1]) as here:
        here.listen(stream.url.replace("http", "ws", 1))

        assert here.run(DAYS[0]).exit_code == DONE
        assert stream.asked > 0
        assert faults_of(here) == []
