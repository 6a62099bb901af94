"""Own code is shown another time of another day, and notices no other difference."""

import builtins
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from alchemiser.adapters.plugin_loader.certifying.observing import Observer, Phase
from alchemiser.adapters.plugin_loader.certifying.shifting import shift
from tests.unit.adapters.plugin_loader.certifying.within import Within

SECONDS = -201 * 86_400 - 20_000
BY = timedelta(seconds=SECONDS)
OWN = "/mine/one.py"
DATED = """
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, hookimpl

@dataclass(frozen=True)
class Params:
    since: date = date(2030, 1, 1)
    days: tuple[date, ...] = ()
    moment: datetime | None = None

class Odd:
    requirements = Requirements((("AGG", 1), ("SPY", 3)))
    largest_weights = {}

    def __init__(self, params):
        self.params = params

    def target(self, view):
        late = view.as_of >= self.params.since and view.as_of in self.params.days
        return TargetPortfolio.of({"SPY" if late and self.params.moment.hour == 9 else "AGG": 1})

@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="odd", summary="Does it.", params=Params, build=Odd)]
"""


@pytest.fixture
def observer(undone: None) -> Observer:
    """Return an observer to whom OWN is the strategy; clocks are shifted with it."""
    del undone
    made = Observer([Path(OWN)], [], closely=False)
    shift(made, SECONDS)
    return made


def imported(name: str, file: str | None = OWN) -> Any:  # noqa: ANN401 - a module, but not quite
    """Return what code in `file` gets when it imports `name`."""
    names: dict[str, Any] = {} if file is None else {"__file__": file}
    exec(f"import {name} as found", names)  # noqa: S102 - our own text
    return names["found"]


@pytest.mark.parametrize("name", ["time", "datetime"])
def test_only_own_code_gets_other_clocks(observer: Observer, name: str) -> None:
    """ST-04: libraries keep the true ones."""
    del observer
    own, others, nobodys = imported(name), imported(name, "/theirs.py"), imported(name, None)

    assert others is nobodys
    assert own is not others
    assert own is imported(name)
    assert set(vars(others)) <= set(vars(own))
    assert imported("json") is imported("json", "/theirs.py")


def test_import_by_position_finds_the_same(observer: Observer) -> None:
    del observer
    found = builtins.__import__("datetime", {"__file__": OWN}, {}, ["date"], 0)

    assert found is imported("datetime")
    assert builtins.__import__("datetime") is not found


def test_true_dates_are_own_ones(observer: Observer) -> None:
    """ST-04: whether a date came from the view or was made makes no difference."""
    del observer
    own = imported("datetime")
    day, moment = date(2020, 1, 2), datetime(2020, 1, 2, 9, 30)  # noqa: DTZ001 - as in the bars

    assert isinstance(day, own.date)
    assert isinstance(moment, own.date)
    assert isinstance(moment, own.datetime)
    assert not isinstance(day, own.datetime)
    assert not isinstance("2020-01-02", own.date)
    assert issubclass(date, own.date)
    assert issubclass(datetime, own.datetime)
    assert not issubclass(date, own.datetime)
    assert not issubclass(str, own.date)
    assert own.date(2020, 1, 2) == day
    assert hash(own.date(2020, 1, 2)) == hash(day)
    assert own.datetime.fromisoformat("2020-01-02T09:30") == moment
    assert (own.date.__name__, own.datetime.__name__) == ("date", "datetime")
    assert own.timedelta is timedelta


def test_now_is_another_time_everywhere(observer: Observer) -> None:
    """ST-04."""
    own, clock = imported("datetime"), imported("time")
    near = timedelta(minutes=1)

    def distant() -> None:
        true = datetime.now(UTC)
        local = datetime.now()  # noqa: DTZ005 - that is the question
        assert abs(own.datetime.now(UTC) - true - BY) < near
        assert abs(own.datetime.now() - local - BY) < near
        assert abs(own.datetime.today() - local - BY) < near
        assert abs(own.datetime.utcnow().replace(tzinfo=UTC) - own.datetime.now(UTC)) < near
        assert abs(own.date.today() - (local + BY).date()) <= timedelta(days=1)
        assert clock.time() == pytest.approx(time.time() + SECONDS, abs=60)
        assert clock.time_ns() == pytest.approx((time.time() + SECONDS) * 10**9, abs=60 * 10**9)
        for moment in (clock.localtime, clock.gmtime):
            assert moment()[:3] != getattr(time, moment.__name__, time.localtime)()[:3]

    observer.during(Phase.DECIDING, distant)

    assert sorted(observer.taken()) == sorted(
        f"asks the clock ({name})"
        for name in ("gmtime", "localtime", "now", "time", "time_ns", "today", "utcnow")
    )


def test_now_is_of_own_kind(observer: Observer) -> None:
    del observer
    own = imported("datetime")

    assert type(own.datetime.now()) is own.datetime
    assert type(own.datetime.utcnow()) is own.datetime
    assert type(own.date.today()) is own.date
    assert own.datetime.now(tz=UTC).tzinfo is UTC
    assert own.datetime.now().tzinfo is None


def test_moment_that_is_given_is_not_shifted(observer: Observer) -> None:
    """ST-04: nothing but the present is another."""
    del observer
    clock = imported("time")

    assert clock.gmtime(86_400) == time.gmtime(86_400)
    assert clock.localtime(0) == time.localtime(0)
    assert clock.ctime(0) == time.ctime(0)


def test_nobody_sleeps(observer: Observer) -> None:
    """ST-04."""
    clock = imported("time")

    observer.during(Phase.DECIDING, lambda: clock.sleep(10**6))

    assert observer.taken() == ["asks the clock (sleep)"]


def test_modules_that_stand_in_are_returned(undone: None) -> None:
    del undone
    others = shift(Observer([Path(OWN)], [], closely=False), SECONDS)

    assert sorted(others) == ["datetime", "time"]
    assert all(type(module) is ModuleType for module in others.values())
    assert {name: imported(name) for name in others} == others


def test_dates_may_be_parameters_of_what_is_watched(within: Callable[..., Within]) -> None:
    """ST-04: elsewhere the owner's dates are read as they are where trading runs."""
    last = date(2020, 1, 12)
    moment = datetime(2020, 1, 1, 9, 30)  # noqa: DTZ001 - TOML knows local times
    params = {"since": date(2020, 1, 5), "days": [last], "moment": moment}

    here = within(source=DATED, params=params).answer()
    elsewhere = within(source=DATED, params=params, elsewhere=True).answer()

    assert here["answers"] == [{"weights": [["SPY", "1"]]}]
    assert elsewhere["answers"] == here["answers"]
