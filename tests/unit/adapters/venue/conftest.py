"""A venue whose time and prices stand still until a test moves them."""

from collections.abc import Iterator

import pytest

from tests.served_venue import Served, served


@pytest.fixture
def venue() -> Iterator[Served]:
    with served() as found:
        yield found
