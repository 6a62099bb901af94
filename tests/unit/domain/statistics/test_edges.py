"""What figures say of series that are empty, short, constant, ruinous, or have a gap."""

from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
import pytest

from alchemiser.domain.statistics.benchmark import alpha, beta
from alchemiser.domain.statistics.drawdowns import (
    drawdown_quantiles,
    drawdowns,
    longest_drawdown,
    max_drawdown,
)
from alchemiser.domain.statistics.evidence import probabilistic_sharpe
from alchemiser.domain.statistics.moments import deviation, kurtosis, skewness, volatility
from alchemiser.domain.statistics.ratios import (
    calmar,
    downside_deviation,
    omega,
    sharpe,
    sharpe_of_a_session,
    sortino,
)
from alchemiser.domain.statistics.returns import (
    cagr_by_calendar,
    cagr_by_sessions,
    mean,
    total_return,
    wealth,
)
from alchemiser.domain.statistics.tails import (
    cornish_fisher_shortfall,
    cornish_fisher_var,
    historical_shortfall,
    historical_var,
    parametric_shortfall,
    parametric_var,
    tail_ratio,
)
from alchemiser.domain.statistics.trading import hit_rate
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import three

Figure = Callable[[Floats], Floats]
NAN = float("nan")
YEAR = partial(cagr_by_calendar, start=date(2023, 12, 29), end=date(2024, 12, 29))

NAMED: tuple[Callable[..., Floats], ...] = (
    calmar,
    cagr_by_sessions,
    cornish_fisher_shortfall,
    cornish_fisher_var,
    deviation,
    downside_deviation,
    historical_shortfall,
    historical_var,
    hit_rate,
    kurtosis,
    longest_drawdown,
    max_drawdown,
    mean,
    omega,
    parametric_shortfall,
    parametric_var,
    probabilistic_sharpe,
    sharpe,
    sharpe_of_a_session,
    skewness,
    sortino,
    tail_ratio,
    total_return,
    volatility,
)

FIGURES: dict[str, Figure] = {
    "beta": lambda returns: beta(returns, 0.5 * returns),
    "alpha": lambda returns: alpha(returns, 0.5 * returns),
    "quantile": lambda returns: drawdown_quantiles(returns, [0.5])[0],
    "calendar": YEAR,
    **{figure.__name__: figure for figure in NAMED},
}

EXPECTED = {
    "empty": ([], {"total_return": 0.0}),
    "one gain": (
        [0.01],
        {
            "total_return": 0.01,
            "mean": 0.01,
            "cagr_by_sessions": 1.01**252 - 1,
            "calendar": 1.01 ** (365.25 / 366) - 1,
            "max_drawdown": 0.0,
            "longest_drawdown": 0.0,
            "quantile": 0.0,
            "downside_deviation": 0.0,
            "historical_var": -0.01,
            "historical_shortfall": -0.01,
            "hit_rate": 1.0,
            "tail_ratio": 1.0,
        },
    ),
    "constant gain": (
        [0.001] * 252,
        {
            "total_return": 1.001**252 - 1,
            "mean": 0.001,
            "cagr_by_sessions": 1.001**252 - 1,
            "calendar": 1.001 ** (252 * 365.25 / 366) - 1,
            "deviation": 0.0,
            "volatility": 0.0,
            "max_drawdown": 0.0,
            "longest_drawdown": 0.0,
            "quantile": 0.0,
            "downside_deviation": 0.0,
            "historical_var": -0.001,
            "historical_shortfall": -0.001,
            "parametric_var": -0.001,
            "parametric_shortfall": -0.001,
            "hit_rate": 1.0,
            "tail_ratio": 1.0,
        },
    ),
    "nothing but losses": (
        [-0.01, -0.02] * 126,
        {
            "total_return": (0.99 * 0.98) ** 126 - 1,
            "mean": -0.015,
            "cagr_by_sessions": (0.99 * 0.98) ** 126 - 1,
            "calendar": (0.99 * 0.98) ** (126 * 365.25 / 366) - 1,
            "deviation": 0.005 * (252 / 251) ** 0.5,
            "volatility": 0.005 * (252 / 251 * 252) ** 0.5,
            "sharpe_of_a_session": -3 * (251 / 252) ** 0.5,
            "sharpe": -3 * 251**0.5,
            "downside_deviation": (0.00025 * 252) ** 0.5,
            "sortino": -0.015 / 0.00025**0.5 * 252**0.5,
            "max_drawdown": 1 - (0.99 * 0.98) ** 126,
            "longest_drawdown": 252.0,
            "quantile": 1 - 0.99 * (0.99 * 0.98) ** 62.5 * 0.98**0.5,
            "calmar": -1.0,
            "omega": 0.0,
            "historical_var": 0.02,
            "historical_shortfall": 0.02,
            "hit_rate": 0.0,
            "tail_ratio": 0.5,
            "skewness": 0.0,
            "kurtosis": 1.0,
            "beta": 2.0,
            "alpha": 0.0,
            "probabilistic_sharpe": 0.0,
        },
    ),
    "everything lost": (
        [0.5, -1.0, 0.5],
        {
            "total_return": -1.0,
            "cagr_by_sessions": -1.0,
            "calendar": -1.0,
            "max_drawdown": 1.0,
            "longest_drawdown": 2.0,
            "calmar": -1.0,
        },
    ),
    "more than everything lost": (
        [0.5, -1.5, 0.5],
        dict.fromkeys(
            ("total_return", "cagr_by_sessions", "calendar", "max_drawdown", "calmar"), NAN
        )
        | {"longest_drawdown": NAN, "quantile": NAN},
    ),
}
NOT_LISTED_IS_NAN = {"empty", "one gain", "constant gain"}
INEXACT = {"quantile"}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("history", EXPECTED)
def test_figures_of_odd_series_are_the_stated_ones(name: str, history: str) -> None:
    """BT-08: what is not stated here is NaN for series without spread, without a warning."""
    returns, expected = EXPECTED[history]
    if name not in expected and history not in NOT_LISTED_IS_NAN:
        return

    found = FIGURES[name](np.array(returns))

    tolerance = 1e-4 if name in INEXACT else 1e-9
    assert float(found) == pytest.approx(expected.get(name, NAN), rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf, 1e300])
def test_a_gap_leaves_its_own_series_without_a_figure_and_the_others_as_they_are(
    name: str, hole: float
) -> None:
    holed, whole = three(), three()
    holed[100, 1] = hole

    found, expected = FIGURES[name](holed), FIGURES[name](whole)

    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx(expected[[0, 2]], rel=1e-12)


@pytest.mark.parametrize("name", FIGURES)
def test_a_series_alone_has_the_figure_it_has_among_others(name: str) -> None:
    together = FIGURES[name](three())

    alone = [FIGURES[name](column) for column in three().T]

    assert together.shape == (3,)
    assert np.shape(alone[0]) == ()
    assert together == pytest.approx(np.array(alone), rel=1e-12)
    assert np.isfinite(together).all()


@pytest.mark.parametrize("name", FIGURES)
def test_no_strategies_have_no_figures(name: str) -> None:
    assert FIGURES[name](np.empty((10, 0))).shape == (0,)


@pytest.mark.parametrize("returns", [0.1, [[[0.1]]], ["a"], [[0.1], [0.1, 0.2]]])
@pytest.mark.parametrize("figure", [mean, sharpe, wealth, drawdowns])
def test_what_is_no_series_is_refused(figure: Figure, returns: object) -> None:
    with pytest.raises(InvalidValueError, match="returns are"):
        figure(returns)  # type: ignore[arg-type]
