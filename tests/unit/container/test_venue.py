"""The local venue is composed from what is installed."""

import importlib.util
from datetime import UTC, datetime

import pytest

from alchemiser.container import venue
from alchemiser.container.venue import VenueOptions, build_venue, serve_venue
from alchemiser.domain.values.errors import SettingsError


def test_a_bare_install_is_told_which_extra_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venue, "find_spec", lambda _: None)

    with pytest.raises(SettingsError, match=r"needs the extra \[venue\]"):
        serve_venue(VenueOptions(), lambda _: None)


def test_a_venue_is_composed_of_a_made_up_market() -> None:
    assert importlib.util.find_spec("aiohttp") is not None

    app = build_venue(VenueOptions(at=datetime(2024, 8, 5, 15, tzinfo=UTC), speed=0))

    paths = {resource.canonical for resource in app.router.resources()}
    assert {"/v2/orders", "/v2/stocks/bars", "/stream", "/control/clock"} <= paths
