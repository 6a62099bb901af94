"""A venue with prices that move, in a session of which most is over."""

from collections.abc import Iterator

import pytest

from tests.served_venue import Served, served
from tests.venue_days import NOW, daily_prices


@pytest.fixture
def venue() -> Iterator[Served]:
    with served(start=NOW, market=daily_prices()) as found:
        yield found
