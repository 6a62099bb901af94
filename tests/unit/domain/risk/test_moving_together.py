"""Which symbols move together, by their returns or for want of them (RC-04)."""

from dataclasses import replace
from decimal import Decimal

import numpy as np

from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.testing.histories import closes_of

AGG, NEW, ODD, QQQ, SPY = (Symbol(name) for name in ("AGG", "NEW", "ODD", "QQQ", "SPY"))
LIMITS = replace(RiskLimits(), correlation_sessions=3, correlation_threshold=Decimal("0.9"))
UP = np.array([7.0, 100.0, 101.0, 99.0, 102.0])
APART = np.array([50.0, 100.0, 99.0, 101.0, 98.0])


def groups(*members: tuple[Symbol, ...]) -> tuple[frozenset[Symbol], ...]:
    return tuple(map(frozenset, members))


def test_symbols_group_by_the_returns_of_the_correlation_s_own_look_back() -> None:
    """RC-04: three sessions, in which SPY and QQQ agree; the fourth, in which not, is older."""
    other = UP.copy()
    other[0] = 1e6
    past = closes_of({SPY: UP, QQQ: other, ODD: APART})
    rows = [Instrument(symbol=name) for name in (ODD, QQQ, SPY)]

    assert past.moving_together(rows, LIMITS) == groups((ODD,), (QQQ, SPY))
    longer = replace(LIMITS, correlation_sessions=4)
    assert past.moving_together(rows, longer) == groups((ODD, SPY), (QQQ,))


def test_threshold_is_that_of_the_limits_and_one_where_there_is_none() -> None:
    """RC-04: after rounding nothing correlates by more than one."""
    near = np.array([7.0, 100.0, 101.0, 99.0, 100.0])
    past = closes_of({SPY: UP, QQQ: near})
    rows = [Instrument(symbol=name) for name in (QQQ, SPY)]

    for threshold, together in (("0.9", True), ("0.999", False), (None, False)):
        limits = replace(LIMITS, correlation_threshold=Decimal(threshold) if threshold else None)
        expected = groups((QQQ, SPY)) if together else groups((QQQ,), (SPY,))
        assert past.moving_together(rows, limits) == expected
    same = closes_of({SPY: UP, QQQ: UP})
    none = replace(LIMITS, correlation_threshold=None)
    assert same.moving_together(rows, none) == groups((QQQ,), (SPY,))


def test_stranger_moves_with_every_other_of_its_class_and_with_no_other_class() -> None:
    """RC-04: ODD and SPY do not correlate; NEW has no returns and is a stock, as they are."""
    past = closes_of({SPY: UP, ODD: APART, QQQ: APART})
    broad = AssetClass.BROAD_FUND
    stocks = [Instrument(symbol=name) for name in (ODD, SPY)]
    fund = Instrument(symbol=AGG, asset_class=broad)
    stranger = Instrument(symbol=NEW)

    assert past.moving_together([*stocks, stranger], LIMITS) == groups((NEW, ODD, SPY))
    assert past.moving_together([*stocks, fund], LIMITS) == groups((AGG,), (ODD,), (SPY,))
    assert past.moving_together([*stocks, stranger, fund], LIMITS) == groups(
        (AGG,), (NEW, ODD, SPY)
    )


def test_nothing_held_moves_with_nothing() -> None:
    assert closes_of({SPY: UP}).moving_together([], LIMITS) == ()
