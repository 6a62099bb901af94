"""A key is kept for a while, asked for anew when refused, and never from anywhere else."""

from dataclasses import dataclass, field

import pytest

from alchemiser.adapters.secrets.kept import REFRESH_SECONDS_MIN, KeptKeys
from alchemiser.domain.values.credentials import Credentials, credentials
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.secret import SHOWN, Redactor
from alchemiser.ports.errors import PortUnavailableError

TTL = 900


@dataclass
class World:
    """A provider whose key can be changed, and a stopwatch."""

    key: str = "PK-first-key"
    failure: Exception | None = None
    asked: int = 0
    now: float = 1_000.0
    redactor: Redactor = field(default_factory=Redactor)

    def read(self) -> Credentials:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return credentials(self.key, f"proof of {self.key}")

    def keys(self) -> KeptKeys:
        return KeptKeys(self, TTL, lambda: self.now, self.redactor)


def test_a_key_is_read_when_it_is_wanted_and_kept() -> None:
    """SX-04, SX-05."""
    world = World()
    keys = world.keys()

    assert world.asked == 0
    assert [keys.keys().key_id.reveal() for _ in range(3)] == ["PK-first-key"] * 3
    assert world.asked == 1


def test_a_rotated_key_is_found_when_the_old_one_is_too_old() -> None:
    """SX-04: without a restart."""
    world = World()
    keys = world.keys()
    keys.keys()
    world.key = "PK-second-key"

    world.now += TTL - 1
    assert keys.keys().key_id.reveal() == "PK-first-key"
    world.now += 1
    assert keys.keys().key_id.reveal() == "PK-second-key"


def test_a_refused_key_is_read_anew_once_a_minute() -> None:
    """SX-04, E03."""
    world = World()
    keys = world.keys()
    keys.keys()
    world.key = "PK-second-key"

    assert keys.keys(refresh=True).key_id.reveal() == "PK-first-key"
    world.now += REFRESH_SECONDS_MIN
    assert keys.keys(refresh=True).key_id.reveal() == "PK-second-key"
    world.key = "PK-third-key"
    assert keys.keys(refresh=True).key_id.reveal() == "PK-second-key"
    assert world.asked == 2


@pytest.mark.parametrize("failure", [PortUnavailableError("down."), SettingsError("gone.")])
def test_a_provider_that_fails_later_leaves_the_known_key(failure: Exception) -> None:
    """E05: and it is not asked at every call."""
    world = World()
    keys = world.keys()
    keys.keys()
    world.failure = failure
    world.now += TTL

    assert [keys.keys().key_id.reveal() for _ in range(9)] == ["PK-first-key"] * 9
    assert world.asked == 2
    world.now += REFRESH_SECONDS_MIN
    with pytest.raises(PortUnavailableError, match=r"there is no other: (down|gone)\."):
        keys.keys(refresh=True)


@pytest.mark.parametrize("failure", [PortUnavailableError("down."), SettingsError("gone.")])
def test_a_provider_that_fails_at_first_is_an_error(failure: Exception) -> None:
    """SX-03, E05: nothing else is looked at."""
    world = World(failure=failure)

    with pytest.raises(type(failure)):
        world.keys().keys()


def test_whatever_was_read_is_known_to_the_redactor() -> None:
    """SX-02: the old key as well as the new one."""
    world = World()
    keys = world.keys()
    keys.keys()
    world.key, world.now = "PK-second-key", world.now + TTL
    keys.keys()

    assert world.redactor.redact("PK-first-key PK-second-key") == f"{SHOWN} {SHOWN}"
    assert "PK" not in repr(keys)
