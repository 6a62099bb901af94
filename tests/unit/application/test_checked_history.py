"""A source is proved before its first bar, and not when none is wanted."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from alchemiser.application.checked_history import CheckedHistory
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError

DAY = date(2024, 8, 5)


class Source:
    """A source that notes what it is asked for."""

    def __init__(self, *, sound: bool = True) -> None:
        self.asked: list[str] = []
        self.sound = sound

    def check(self) -> None:
        self.asked.append("check")
        if not self.sound:
            msg = "correct the address."
            raise InputError(msg)

    def source(self) -> str:
        return "made up"

    def history(self, symbols: Sequence[Symbol], *, first: date, last: date) -> BarPanel:
        del first, last
        self.asked.append("bars")
        shape = (0, len(symbols))
        return BarPanel(sessions=(), symbols=tuple(symbols), close=np.zeros(shape))


def test_a_source_is_proved_once_before_its_first_bar() -> None:
    """DA-06: naming it asks for nothing."""
    source = Source()
    checked = CheckedHistory(source, source.check)

    assert (checked.source(), source.asked) == ("made up", [])
    for _ in range(2):
        checked.history((), first=DAY, last=DAY)

    assert source.asked == ["check", "bars", "bars"]


def test_a_source_that_is_not_sound_is_asked_for_no_bars() -> None:
    source = Source(sound=False)
    checked = CheckedHistory(source, source.check)

    for _ in range(2):
        with pytest.raises(InputError, match="address"):
            checked.history((), first=DAY, last=DAY)

    assert source.asked == ["check", "check"]
