"""What of the environment is handed on."""

import pytest

from alchemiser.adapters.system.environment import LIBRARY_PLACES, library_places


def test_only_the_places_of_libraries_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """SX-01: no name or value of a credential."""
    for name in ("ALCHEMISER_ALPACA_KEY_ID", "AWS_SESSION_TOKEN", "HOME", "PATH"):
        monkeypatch.setenv(name, "private")
    for name in LIBRARY_PLACES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "libraries")

    assert library_places() == {"LD_LIBRARY_PATH": "libraries"}
