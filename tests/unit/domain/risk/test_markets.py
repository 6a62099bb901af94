"""What bars tell of a portfolio's risk: how far back, which columns, and what stands in (RC-13)."""

import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import Floats
from alchemiser.testing.histories import a_market, closes_of

AGG, NEW, SPY = (Symbol(name) for name in ("AGG", "NEW", "SPY"))
LIMITS = replace(
    RiskLimits(),
    var_sessions=4,
    var_confidence=Decimal("0.75"),
    correlation_sessions=3,
    adv_sessions=2,
)
MILD = replace(LIMITS, var_sessions=5, var_confidence=Decimal("0.6"))
FALL = np.array([100.0, 100.0, 90.0, 90.0, 90.0])
"""Four returns, one of them -10 %."""
ONE_FALL = np.array([100.0, 90.0, 90.0, 90.0, 90.0, 90.0])
"""Five returns, one of them -10 %: of five at 0.6 the second worst is none."""


def d(text: str) -> Decimal:
    return Decimal(text)


def a_panel(
    closes: Floats, volume: Floats | None = None, *, blocked: Floats | None = None
) -> BarPanel:
    """Return bars of AGG and SPY, as many as there are columns."""
    first = date(2024, 1, 1)
    return BarPanel(
        sessions=tuple(first + timedelta(days=n) for n in range(len(closes))),
        symbols=(AGG, SPY)[: closes.shape[1]],
        close=closes,
        volume=volume,
        blocked=None if blocked is None else blocked.astype(bool),
    )


def rising(count: int, columns: int = 2) -> Floats:
    """Return closes 1, 2, 3 … in the first column and 101, 102, 103 … in the second."""
    return np.arange(1.0, count + 1)[:, None] + 100.0 * np.arange(columns)[None, :]


# --- How far back -------------------------------------------------------------------------------


@pytest.mark.parametrize("sessions", [(7, 2, 2), (2, 7, 2), (2, 2, 7)])
def test_past_reaches_as_far_back_as_the_longest_look_back_and_a_gap(
    sessions: tuple[int, int, int],
) -> None:
    """RC-13: seven returns rest on eight closes; three more fill a gap at the start."""
    var, correlation, adv = sessions
    limits = replace(LIMITS, var_sessions=var, correlation_sessions=correlation, adv_sessions=adv)

    past = MarketHistory.of(a_panel(rising(30)), 20, limits, provisional=False)

    assert past.closes[:, 0].tolist() == [float(n) for n in range(11, 22)]
    assert past.closes.shape == (11, 2)
    assert past.columns == {AGG: 0, SPY: 1}


@pytest.mark.parametrize(("row", "first"), [(6, 1), (7, 1), (8, 2)])
def test_panel_that_does_not_reach_back_so_far_is_taken_whole(row: int, first: int) -> None:
    """RC-13: four returns and a gap of three are eight closes."""
    past = MarketHistory.of(a_panel(rising(9)), row, LIMITS, provisional=False)

    assert past.closes[:, 0].tolist() == [float(n) for n in range(first, row + 2)]


def test_nothing_after_the_row_is_read() -> None:
    """A backtest's panel holds the future."""
    closes, volume = rising(9), np.full((9, 2), 10.0)
    spoilt, loud = closes.copy(), volume.copy()
    spoilt[6:], loud[6:] = 1e9, 1e9

    one = MarketHistory.of(a_panel(closes, volume), 5, LIMITS, provisional=False)
    other = MarketHistory.of(a_panel(spoilt, loud), 5, LIMITS, provisional=False)

    assert one.closes.tolist() == other.closes.tolist()
    assert one.dollars is not None
    assert other.dollars is not None
    assert one.dollars.tolist() == other.dollars.tolist()


def test_column_that_is_blocked_as_of_the_session_has_no_closes() -> None:
    """The data gate's word of the session itself counts, that of other sessions does not."""
    blocked = np.zeros((6, 2))
    blocked[5, 1] = blocked[4, 0] = blocked[3, 0] = 1

    panel = a_panel(rising(6), blocked=blocked)

    past = MarketHistory.of(panel, 5, LIMITS, provisional=False)
    before = MarketHistory.of(panel, 4, LIMITS, provisional=False)

    assert past.closes[:, 0].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert np.isnan(past.closes[:, 1]).all()
    assert np.isnan(before.closes[:, 0]).all()
    assert before.closes[:, 1].tolist() == [101.0, 102.0, 103.0, 104.0, 105.0]


@pytest.mark.parametrize(("provisional", "last"), [(True, 9), (False, 10)])
def test_volume_of_a_session_that_has_not_closed_is_left_out(provisional: bool, last: int) -> None:
    """RC-19: dollars are shares times the close; eight rows reach back to the third close."""
    volume = 10.0 * rising(10)

    past = MarketHistory.of(a_panel(rising(10), volume), 9, LIMITS, provisional=provisional)

    assert past.dollars is not None
    assert past.dollars[:, 0].tolist() == [10.0 * n * n for n in range(3, last + 1)]
    assert past.closes[-1, 0] == 10.0


def test_source_without_volumes_has_none() -> None:
    past = MarketHistory.of(a_panel(rising(6)), 5, LIMITS, provisional=False)

    assert past.dollars is None
    assert not past.has_volumes()
    assert past.daily_volume(SPY, LIMITS) is None
    assert a_market([SPY]).has_volumes()


# --- What is traded on an average day -----------------------------------------------------------


@pytest.mark.parametrize(
    ("dollars", "mean"),
    [
        ([7.0, 100.0, 201.0], "150.5"),
        ([100.0, np.nan, 201.0, np.nan], "150.5"),
        ([100.0, np.inf, 201.0], "150.5"),
        ([100.0, 201.0], "150.5"),
        ([np.nan, 201.0], None),
        ([0.0, 0.0], "0"),
    ],
    ids=["last two", "holes", "infinite", "just enough", "one too few", "nothing traded"],
)
def test_average_day_is_the_mean_of_the_last_days_known(
    dollars: list[float], mean: str | None
) -> None:
    """RC-19."""
    rows = np.array(dollars)[:, None]
    past = a_market([SPY], np.full(rows.shape, 100.0), rows)

    assert past.daily_volume(SPY, LIMITS) == (None if mean is None else d(mean))
    assert past.daily_volume(AGG, LIMITS) is None


def test_average_day_is_that_of_the_symbol_asked_for() -> None:
    past = a_market([AGG, SPY], np.full((2, 2), 1.0), np.array([[1.0, 10.0], [3.0, 40.0]]))

    assert (past.daily_volume(AGG, LIMITS), past.daily_volume(SPY, LIMITS)) == (d("2"), d("25"))


def test_average_day_is_an_exact_sum() -> None:
    """Where a sum from left to right loses a dollar: 1e16 + 1 - 1e16."""
    rows = np.array([[1e16], [1.0], [-1e16]])
    past = a_market([SPY], np.full((3, 1), 1.0), rows)

    assert past.daily_volume(SPY, replace(LIMITS, adv_sessions=3)) == d("0.333333333333")


# --- Value at risk and expected shortfall -------------------------------------------------------


def normal(returns: Sequence[float], multiple: float) -> float:
    """Return the loss of a normal distribution with the mean and deviation of `returns`."""
    return multiple * statistics.stdev(returns) - statistics.fmean(returns)


def tail(confidence: float) -> float:
    """Return the deviations of the mean loss beyond the quantile."""
    one = statistics.NormalDist()
    return one.pdf(one.inv_cdf(confidence)) / (1 - confidence)


def test_historical_loss_counts_where_it_is_the_larger() -> None:
    """RC-13: the worst of four is 10 %, of which half is held; a normal loss is below 6 %."""
    past, spy = closes_of({SPY: FALL}), [Instrument(symbol=SPY)]

    assert past.value_at_risk({SPY: d("0.5")}, spy, LIMITS) == d("0.05")
    assert past.expected_shortfall({SPY: d("0.5")}, spy, LIMITS) == d("0.05")
    assert normal([0.0, -0.1, 0.0, 0.0], tail(0.75)) < 0.1


def test_normal_loss_counts_where_it_is_the_larger() -> None:
    """RC-13: the second worst of five is none, and the mean of both 5 %."""
    past, spy = closes_of({SPY: ONE_FALL}), [Instrument(symbol=SPY)]
    returns = [-0.1, 0.0, 0.0, 0.0, 0.0]

    value_at_risk = past.value_at_risk({SPY: d("1")}, spy, MILD)
    shortfall = past.expected_shortfall({SPY: d("1")}, spy, MILD)

    quantile = statistics.NormalDist().inv_cdf(0.6)
    assert float(value_at_risk) == pytest.approx(normal(returns, quantile), rel=1e-11)
    assert float(shortfall) == pytest.approx(normal(returns, tail(0.6)), rel=1e-11)
    assert normal(returns, tail(0.6)) > 0.05


def test_positions_hedge_one_another_by_the_sign_of_their_weights() -> None:
    """RC-13."""
    past = closes_of({SPY: FALL, AGG: FALL})
    both = [Instrument(symbol=SPY), Instrument(symbol=AGG)]

    assert past.value_at_risk({SPY: d("0.5"), AGG: d("0.25")}, both, LIMITS) == d("0.075")
    assert past.value_at_risk({SPY: d("0.5"), AGG: d("-0.5")}, both, LIMITS) == 0


def test_young_fund_is_measured_by_its_underlying() -> None:
    """RC-13: three times -10 % of a fifth."""
    past = closes_of({SPY: FALL})
    fund = Instrument(
        symbol=NEW, leverage=d("3"), underlying=SPY, asset_class=AssetClass.LEVERAGED_FUND
    )

    assert past.value_at_risk({NEW: d("0.2")}, [fund], LIMITS) == d("0.06")


@pytest.mark.parametrize("kind", AssetClass)
def test_stranger_adds_the_worst_case_of_its_class(kind: AssetClass) -> None:
    """RC-13: 0.3 of equity at so many deviations, on top of what is measured."""
    deviation = {"stock": 0.05, "broad_fund": 0.02, "sector_fund": 0.03, "leveraged_fund": 0.08}
    past = closes_of({SPY: FALL})
    rows = [Instrument(symbol=SPY), Instrument(symbol=NEW, asset_class=kind)]
    weights = {SPY: d("0.5"), NEW: d("0.3")}
    added = 0.3 * deviation[kind.value]

    value_at_risk = past.value_at_risk(weights, rows, LIMITS)
    shortfall = past.expected_shortfall(weights, rows, LIMITS)

    quantile = statistics.NormalDist().inv_cdf(0.75)
    assert float(value_at_risk) == pytest.approx(0.05 + added * quantile, rel=1e-11)
    assert float(shortfall) == pytest.approx(0.05 + added * tail(0.75), rel=1e-11)


def test_strangers_alone_are_measured_by_their_classes_alone() -> None:
    """RC-13."""
    past = closes_of({SPY: FALL})

    value = past.value_at_risk({NEW: d("1")}, [Instrument(symbol=NEW)], LIMITS)

    assert float(value) == pytest.approx(0.05 * statistics.NormalDist().inv_cdf(0.75), rel=1e-11)
    assert past.value_at_risk({}, [], LIMITS) == 0


def test_look_backs_are_kept_apart_whoever_asked_first() -> None:
    """RC-13: what was read of the closes is kept, and tells no other figure than anew."""
    closes = {SPY: np.array([100.0, 80.0, *FALL])}
    shares, holding = {SPY: Decimal("0.5")}, [Instrument(symbol=SPY)]
    asked_before = closes_of(closes)

    longer = asked_before.value_at_risk(shares, holding, replace(LIMITS, var_sessions=6))
    shorter = asked_before.value_at_risk(shares, holding, LIMITS)

    assert shorter == closes_of(closes).value_at_risk(shares, holding, LIMITS)
    assert longer > shorter
