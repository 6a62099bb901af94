"""The beginning of a panel is a whole panel, which shares its memory."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol

DAYS = tuple(date(2025, 3, 3) + timedelta(days=day) for day in range(4))
CLOSES = np.arange(1.0, 9.0).reshape(4, 2)
ARRAYS = ("close", "open", "high", "low", "volume", "raw_close", "blocked")


def panel() -> BarPanel:
    """Return bars of four sessions, the last of which is provisional."""
    return BarPanel(
        sessions=DAYS,
        symbols=(Symbol("AAA"), Symbol("BBB")),
        close=CLOSES,
        open=CLOSES + 1,
        high=CLOSES + 2,
        low=CLOSES + 3,
        volume=CLOSES + 4,
        raw_close=CLOSES + 5,
        provisional=True,
        blocked=CLOSES > 3,
    )


@pytest.mark.parametrize("row", [0, 2, 3])
def test_beginning_is_what_a_panel_of_those_rows_would_be(row: int) -> None:
    whole = panel()

    beginning = whole.until(row)

    assert beginning.sessions == DAYS[: row + 1]
    assert beginning.symbols == whole.symbols
    assert beginning.column(Symbol("BBB")) == 1
    assert beginning.provisional is (row == 3)
    for name in ARRAYS:
        part, source = getattr(beginning, name), getattr(whole, name)
        assert part.tolist() == source[: row + 1].tolist()
        assert np.shares_memory(part, source)
        assert not part.flags.writeable


def test_beginning_lacks_no_field_and_has_no_array_that_the_panel_lacks() -> None:
    whole = BarPanel(sessions=DAYS, symbols=(Symbol("AAA"),), close=CLOSES[:, :1])

    beginning = whole.until(1)

    assert all(hasattr(beginning, each.name) for each in fields(BarPanel))
    assert [getattr(beginning, name) for name in ARRAYS[1:]] == [None] * 6
    assert not beginning.provisional
