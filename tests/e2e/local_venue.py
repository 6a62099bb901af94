"""A local venue for engines in the same process, and how often it was asked for what."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from alchemiser.container.venue import VenueOptions, serving
from alchemiser.settings import Settings

HISTORY: Final = "/v2/stocks/bars"
STRATEGY: Final = '[strategies.sixty-forty]\nplugin = "alchemiser-sixty-forty"\nweight = 0.97\n'


@dataclass(frozen=True)
class Venue:
    """A venue that is being served, and the owner's folder."""

    urls: Mapping[str, str]
    home: Path

    def control(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return what the control endpoint answers, after `body` was sent there if it is given."""
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.urls['control_url']}{path}", data=content)  # noqa: S310 - loopback
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read(), parse_float=Decimal)

    def count(self, path: str) -> str:
        """Count the requests whose path begins with `path` from now on; return the count's name.

        A delay of no time at all strikes each of them.
        """
        delay = {"name": "delay", "path": path, "seconds": 0, "times": 1_000_000}
        name: str = self.control("/faults", delay)["id"]
        return name

    def counted(self, name: str) -> int:
        """Return how many requests there were."""
        armed = self.control("/faults")["armed"]
        return next(int(one["hits"]) for one in armed if one["id"] == name)

    def settings(self, *, halts: bool = False, more: str = "") -> Settings:
        """Return settings of a paper account at this venue; `halts` are told by its stream."""
        stream = f'stream_url = "{self.urls["data_stream_url"]}"\n' if halts else ""
        file = self.home / "alchemiser.toml"
        file.write_text(
            '[account]\nmode = "paper"\n[broker]\nadapter = "alpaca"\n'
            f'trading_url = "{self.urls["trading_url"]}"\n'
            f'stream_url = "{self.urls["stream_url"]}"\nrequests_per_minute = 10000\n'
            f'[data]\nadapter = "alpaca"\nurl = "{self.urls["data_url"]}"\n'
            f"{stream}requests_per_minute = 10000\n{more}{STRATEGY}"
        )
        return Settings.load(file)


@contextmanager
def venue_at(at: datetime, home: Path, speed: float = 1) -> Iterator[Venue]:
    """Serve a venue whose time begins at `at` and goes `speed` times as fast as ours."""
    home.mkdir(exist_ok=True)
    with serving(VenueOptions(at=at, speed=speed, rate_limit=0)) as urls:
        yield Venue(urls, home)
