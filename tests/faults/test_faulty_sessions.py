"""All faults of the venue at random, session after session: nothing twice, nothing lost."""

import random
from collections.abc import Callable
from datetime import date

import pytest

from alchemiser.adapters.venue.fault_kinds import KINDS
from alchemiser.domain.risk.limits import TradingState
from tests.faults.lockstep import CALENDAR, Account, account
from tests.faults.settling import faults_of, settle
from tests.faults.test_single_faults import STRUCK, UNUSED

ACCOUNTS, SESSIONS = 20, 25
AT_RANDOM = sorted(one.name for one in KINDS.values() if "stream" not in one.name)
SLOW = {"hang", "delay", "accept_then_hang", "late_answer"}
"""They cost real seconds: one of them a session at most, and it strikes once."""


def arm(here: Account, draw: random.Random) -> None:
    """Switch on up to four faults, each to strike now and then, or a few times in a row."""
    names = draw.sample([name for name in AT_RANDOM if name not in UNUSED], draw.randint(0, 4))
    slow = [name for name in names if name in SLOW]
    for name in (one for one in names if one not in slow[1:]):
        often = draw.random() < 0.5
        here.venue.fault(
            name,
            times=1 if name in SLOW else draw.choice((1, 2, 3, 5, 8)),
            after=draw.randint(0, 25),
            probability=draw.choice((0.1, 0.3, 0.6)) if often else 1.0,
            seed=draw.randint(0, 1_000_000),
        )


def session(here: Account, day: date, draw: random.Random) -> None:
    """Trade `day` with faults, now and then with a crash, and bring the account to rest."""
    here.go_to(day)
    arm(here, draw)
    here.run(day)
    if draw.random() < 0.2:
        here.restart()
    codes = settle(here, day)
    assert here.state() is TradingState.ACTIVE, f"{day}: the account came to rest, after {codes}"
    assert faults_of(here) == [], f"{day}, after {codes}"


@pytest.mark.parametrize("seed", range(ACCOUNTS))
def test_random_faults(seed: int, record_property: Callable[[str, object], None]) -> None:
    """FAULTS §1.A to D: 500 sessions in 20 accounts, up to four faults at a time, crashes too."""
    days = [one.day for one in CALENDAR.sessions(date(2023, 1, 4), date(2023, 12, 29))]
    days = days[seed : seed + SESSIONS]
    draw = random.Random(seed)
    with account(first=days[0], last=days[-1], seed=seed) as here:
        for day in days:
            session(here, day, draw)

        for name, struck in here.venue.hits().items():
            for number in KINDS[name].ids.split():
                record_property(STRUCK, f"{number} {name} {struck}")
