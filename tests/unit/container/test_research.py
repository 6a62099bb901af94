"""Which strategies a backtest runs, with what weight, limits and sessions."""

from datetime import date
from decimal import Decimal
from importlib.metadata import distributions
from pathlib import Path

import pytest

from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.container import build_backtest
from alchemiser.container.research import _weights
from alchemiser.domain.values.errors import SettingsError
from alchemiser.settings import Settings


def test_open_weights_share_what_the_others_leave() -> None:
    weights = _weights([("a", None), ("b", Decimal("0.1")), ("c", None), ("d", None)])

    assert weights == {
        "a": Decimal("0.3"),
        "b": Decimal("0.1"),
        "c": Decimal("0.3"),
        "d": Decimal("0.3"),
    }
    assert _weights([("a", None), ("b", None), ("c", None)])["c"] == Decimal("0.333333333")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ([("a", Decimal("0.6")), ("b", Decimal("0.6"))], "sum to at most 1"),
        ([("a", Decimal(1)), ("b", None)], "sum to at most 1"),
        ([("a", Decimal(0))], "must be above 0"),
        ([("a", Decimal("-0.5"))], "must be above 0"),
        ([("a", Decimal("NaN"))], "must be above 0"),
        ([("a", Decimal("0.0000000001"))], "at most nine decimals"),
        ([("a", None), ("a", None)], "named twice"),
    ],
)
def test_weights_that_cannot_be_are_refused(
    chosen: list[tuple[str, Decimal | None]], expected: str
) -> None:
    with pytest.raises(SettingsError, match=expected):
        _weights(chosen)


def test_a_backtest_needs_a_strategy() -> None:
    with pytest.raises(SettingsError, match="add --strategy ID"):
        build_backtest(None, [])


@pytest.mark.skipif(
    not any(one.name == "alchemiser-sixty-forty" for one in distributions()),
    reason="alchemiser-sixty-forty is not installed",
)
def test_a_backtest_lives_in_memory_under_the_limits_it_was_given(tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("[risk]\nmax_gross_exposure = 0.9\n")
    chosen = [("sixty-forty", None)]
    period = (date(2024, 7, 3), date(2024, 7, 9))

    free = build_backtest(None, chosen, period=period)
    held = build_backtest(None, chosen, period=period, risk=limits)
    owned = build_backtest(Settings(), chosen, period=period)

    assert [session.day.day for session in free.sessions] == [3, 5, 8, 9]
    assert isinstance(free.engine.journal, MemoryJournal)
    assert free.clock is free.engine.clock
    assert (free.risk_profile, free.engine.policy.limits.max_gross_exposure) == ("research", None)
    assert held.engine.policy.limits.max_gross_exposure == Decimal("0.9")
    assert held.risk_profile == "limits.toml"
    assert owned.engine.policy.limits.max_gross_exposure == 1
    assert free.units == "dollars"
