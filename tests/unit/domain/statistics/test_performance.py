"""The figures of one history together."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from alchemiser.adapters.synthetic.noise import uniform
from alchemiser.domain.statistics.benchmark import alpha, beta
from alchemiser.domain.statistics.bootstrap import Interval
from alchemiser.domain.statistics.performance import History, Losses, Performance, measure
from alchemiser.domain.statistics.returns import wealth
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import market, three

STRATEGY = three()[:, 1]


def draws(sessions: int, parts: int = 2) -> Iterator[Floats]:
    for part in range(parts):
        yield uniform(7, f"{part}", 2 * sessions * 100).reshape(2, sessions, 100)


def history(returns: Floats) -> History:
    equity = 100_000 * wealth(returns)
    return History(
        start=date(2020, 12, 31),
        end=date(2023, 12, 31),
        equity=equity,
        held=0.9 * equity[1:],
        traded=0.1 * equity[1:],
        gains=np.array([3.0, -1.0, 2.0, 0.0]),
        benchmark=market(),
        draws=draws(len(returns)),
    )


def test_figures_are_those_of_the_returns() -> None:
    """BT-08: the values of empyrical, as in test_empyrical."""
    found = measure(history(STRATEGY))

    assert found.cagr == pytest.approx(0.0993417343055647, rel=1e-10)
    assert found.cagr_calendar == pytest.approx(1.3286119251792554 ** (365.25 / 1095) - 1)
    assert found.sharpe == pytest.approx(0.5053833350121563, rel=1e-9)
    assert found.max_drawdown == pytest.approx(0.30391562219480583, rel=1e-10)
    assert found.beta == pytest.approx(1.160946636528844, rel=1e-9)
    assert found.alpha == pytest.approx(0.12392489144417729, rel=1e-8)
    assert found.expected_shortfall.historical == pytest.approx(0.03738198381512173, rel=1e-9)
    assert found.exposure == pytest.approx(0.9)
    assert found.turnover == pytest.approx(25.2, rel=0.01)
    assert (found.trades, found.hit_rate, found.payoff) == (4, 0.5, 2.5)


def test_every_figure_is_defined_of_a_long_history_and_has_twelve_digits() -> None:
    found = measure(history(STRATEGY))

    plain = [value for value in _values(found) if isinstance(value, float)]
    assert np.isfinite(plain).all()
    assert plain == [float(f"{value:.11e}") for value in plain]
    assert all(low < high for low, high in ((i.low, i.high) for i in found.intervals.values()))


def _values(found: Performance) -> list[object]:
    losses = (found.value_at_risk, found.expected_shortfall)
    nested = [getattr(one, field.name) for one in losses for field in fields(Losses)]
    return nested + [getattr(found, field.name) for field in fields(Performance)]


def test_intervals_hold_their_figure_and_depend_on_the_draws_alone() -> None:
    """BT-10."""
    first, second = measure(history(STRATEGY)), measure(history(STRATEGY))
    other = measure(replace(history(STRATEGY), draws=draws(len(STRATEGY), 1)))

    assert first == second
    assert first.intervals.keys() == {"cagr", "max_drawdown", "sharpe"}
    assert first.intervals["sharpe"].low < first.sharpe < first.intervals["sharpe"].high
    assert first.intervals["cagr"].low < first.cagr < first.intervals["cagr"].high
    assert other.intervals["sharpe"] != first.intervals["sharpe"]


def test_short_histories_have_no_intervals() -> None:
    short = replace(history(STRATEGY[:29]), benchmark=None)

    assert measure(short).intervals == {}
    assert len(measure(replace(history(STRATEGY[:30]), benchmark=None)).intervals) == 3
    assert measure(replace(history(STRATEGY), draws=())).intervals == {}


def test_intervals_of_what_has_no_figure_have_none() -> None:
    still = measure(replace(history(np.zeros(40)), benchmark=None))

    assert still.intervals["cagr"] == Interval(low=0.0, high=0.0)
    assert np.isnan(still.intervals["sharpe"].low)
    assert np.isnan([still.sharpe, still.alpha, still.beta, still.calmar]).all()
    assert still.max_drawdown == 0


def test_benchmark_counts_where_it_has_a_return() -> None:
    holed = market()
    holed[[0, 5, 6]] = np.nan

    found = measure(replace(history(STRATEGY), benchmark=holed))

    both = np.isfinite(holed)
    assert found.beta == pytest.approx(float(beta(STRATEGY[both], holed[both])))
    assert found.alpha == pytest.approx(float(alpha(STRATEGY[both], holed[both])))


def test_money_that_is_lost_altogether_is_a_loss_of_all() -> None:
    """BT-08: -100 %, and nothing that changes later."""
    lost = replace(history(np.array([0.1, -1.0, 0.0, 0.0])), benchmark=None)

    found = measure(lost)

    assert (found.cagr, found.cagr_calendar, found.max_drawdown) == (-1, -1, 1)
    assert (found.longest_drawdown, found.calmar) == (3, -1)
    assert found.sharpe < 0


def test_money_that_was_never_there_has_no_figures() -> None:
    empty = replace(history(np.zeros(3)), equity=np.zeros(4), benchmark=None, gains=np.array([]))

    found = measure(empty)

    assert np.isnan([found.cagr, found.sharpe, found.max_drawdown, found.turnover]).all()
    assert found.trades == 0
