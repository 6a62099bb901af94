"""Other pasts: each symbol's look-back stays to the last bit, what lies before is otherwise."""

from typing import Final

import numpy as np
import pytest

from alchemiser.application.certification.futures import PASTS, other_past
from alchemiser.application.certification.panels import PRICES
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.rules.requirements import Requirements
from tests.unit.application.certification.small_market import (
    CHANCE,
    DAYS,
    NAMES,
    bits,
    breaches,
    holed_market,
    volumes,
    whole_market,
)

FEWER, SCALED, MISSING = PASTS
DIFFERENT: Final = Requirements.of({"AGG": 1, "SOXL": 30, "SPY": 70, "TLT": 2, "TQQQ": 119})
ALIKE: Final = Requirements.of(dict.fromkeys(NAMES, 20))
UNDECLARED: Final = Requirements.of({"AGG": 5, "SPY": 40})


def past(what: str, needed: Requirements, stream: str = "past") -> BarPanel:
    other = other_past(what, holed_market(), needed, CHANCE, stream)
    assert other is not None
    return other


def older(needed: Requirements) -> np.ndarray:
    """Return the cells before each symbol's look-back."""
    lookbacks = dict(needed.lookbacks)
    return np.array([
        [len(DAYS) - row > lookbacks.get(name, 0) for name in NAMES] for row in range(len(DAYS))
    ])


@pytest.mark.parametrize("what", PASTS)
@pytest.mark.parametrize("needed", [DIFFERENT, ALIKE, UNDECLARED])
def test_every_look_back_stays_to_the_last_bit(what: str, needed: Requirements) -> None:
    """ST-04."""
    mine, theirs = panel_columns(holed_market()), panel_columns(past(what, needed))

    for name, sessions in needed.lookbacks:
        place = NAMES.index(name)
        for column, array in mine.items():
            kept = array[-sessions:, place].tobytes()
            assert theirs[column][-sessions:, place].tobytes() == kept, (name, column)


@pytest.mark.parametrize("what", PASTS)
@pytest.mark.parametrize("needed", [DIFFERENT, ALIKE, UNDECLARED])
def test_other_past_ends_with_the_same_session(what: str, needed: Requirements) -> None:
    """ST-04."""
    market = holed_market()
    before = bits(market)

    other = other_past(what, market, needed, CHANCE, "past")

    assert other is not None
    assert other.sessions == DAYS[-len(other.sessions) :]
    assert other.symbols == NAMES
    assert breaches(other) == []
    assert bits(market) == before


@pytest.mark.parametrize("needed", [ALIKE, UNDECLARED])
def test_fewer_sessions_are_a_part_that_holds_the_deepest_look_back(needed: Requirements) -> None:
    """ST-04."""
    deepest = max(sessions for _, sessions in needed.lookbacks)
    counts = {len(past(FEWER, needed, f"past/{number}").sessions) for number in range(40)}

    assert deepest <= min(counts)
    assert max(counts) < len(DAYS)


def test_how_many_sessions_are_left_tells_nothing() -> None:
    """ST-04: code must not see from their number that somebody tries it."""
    counts = [len(past(FEWER, ALIKE, f"past/{number}").sessions) for number in range(40)]

    assert len(set(counts)) > 20
    assert max(counts) - min(counts) > 50


def test_one_session_before_the_look_back_is_left_out() -> None:
    """ST-04: who looks one session too far back is found out."""
    needed = Requirements.of(dict.fromkeys(NAMES, len(DAYS) - 1))

    for number in range(20):
        assert past(FEWER, needed, f"past/{number}").sessions == DAYS[1:]


@pytest.mark.parametrize("needed", [DIFFERENT, ALIKE, UNDECLARED])
def test_scaled_prices_are_those_before_the_look_back_alone(needed: Requirements) -> None:
    """ST-04."""
    market, other, cells = holed_market(), past(SCALED, needed), older(needed)
    sizes = other.close / market.close

    assert other.sessions == DAYS
    changed = (other.close != market.close) & np.isfinite(market.close)
    assert np.array_equal(changed, cells & np.isfinite(market.close))
    for place in range(len(NAMES)):
        own = sizes[cells[:, place], place]
        own = own[np.isfinite(own)]
        assert np.ptp(own) < 1e-12
        assert np.exp(-1) < own[0] < np.exp(1)
    for name in PRICES:
        ratio = panel_columns(other)[name] / panel_columns(market)[name]
        np.testing.assert_allclose(ratio, sizes, rtol=1e-12)
    np.testing.assert_array_equal(volumes(other), volumes(market))


@pytest.mark.parametrize("needed", [DIFFERENT, ALIKE, UNDECLARED])
def test_missing_bars_are_those_before_the_look_back_alone(needed: Requirements) -> None:
    """ST-04."""
    market, other, cells = holed_market(), past(MISSING, needed), older(needed)

    assert other.sessions == DAYS
    for name, array in panel_columns(other).items():
        expected = cells | np.isnan(panel_columns(market)[name])
        assert np.array_equal(np.isnan(array), expected)


@pytest.mark.parametrize("what", PASTS)
def test_stream_alone_determines_the_past(what: str) -> None:
    """ST-04, BT-10."""
    assert bits(past(what, ALIKE)) == bits(past(what, ALIKE))
    assert (bits(past(what, ALIKE, "another")) != bits(past(what, ALIKE))) is (what != MISSING)


@pytest.mark.parametrize("what", PASTS)
@pytest.mark.parametrize("sessions", [len(DAYS), len(DAYS) + 1, 10_000])
def test_where_nothing_lies_before_any_look_back_there_is_no_other_past(
    what: str, sessions: int
) -> None:
    """ST-04."""
    needed = Requirements.of(dict.fromkeys(NAMES, sessions))

    assert other_past(what, whole_market(), needed, CHANCE, "past") is None


@pytest.mark.parametrize("what", PASTS)
def test_where_nothing_is_looked_at_there_is_no_other_past(what: str) -> None:
    """ST-04: without a look-back there is nothing that would have to stay."""
    strangers = Requirements.of({"ZZZ": 3})

    assert other_past(what, whole_market(), Requirements(()), CHANCE, "past") is None
    assert other_past(what, whole_market(), strangers, CHANCE, "past") is None


@pytest.mark.parametrize(("what", "there"), [(FEWER, False), (SCALED, True), (MISSING, True)])
def test_sessions_stay_when_one_symbol_needs_them_all(what: str, there: bool) -> None:
    """ST-04."""
    needed = Requirements.of({"AGG": 5, "SPY": len(DAYS)})

    other = other_past(what, whole_market(), needed, CHANCE, "past")

    assert (other is not None) is there
