"""Value at risk, expected shortfall and correlation (RC-04, RC-13)."""

import math
import statistics
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk import metrics
from alchemiser.domain.risk.metrics import (
    Sample,
    correlation,
    portfolio_returns,
)
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats, decimal_from_float

Figure = Callable[[Floats, Decimal], Decimal]


def of_returns(figure: Callable[[Sample, Decimal], Decimal]) -> Figure:
    return lambda returns, confidence: figure(Sample.of(returns), confidence)


historical_var = of_returns(metrics.historical_var)
historical_shortfall = of_returns(metrics.historical_shortfall)
parametric_var = of_returns(metrics.parametric_var)
parametric_shortfall = of_returns(metrics.parametric_shortfall)
VAR = (historical_var, parametric_var)
SHORTFALL = (historical_shortfall, parametric_shortfall)
FIGURES = VAR + SHORTFALL

HIGH = Decimal("0.99")


def d(text: str) -> Decimal:
    return Decimal(text)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def basis_points(rows: Sequence[int]) -> Floats:
    return np.array(rows, dtype=np.float64) / 10_000


def a_year(*worst: float) -> Floats:
    """Return 250 returns: `worst` somewhere among gains."""
    returns = np.full(250, 0.001)
    returns[[40 * n + 7 for n in range(len(worst))]] = worst
    return returns


returns_of_sessions = st.lists(st.integers(-5_000, 5_000), min_size=1, max_size=60).map(
    basis_points
)
confidences = st.integers(501, 999).map(lambda n: Decimal(n) / 1000)


# --- Returns of a portfolio ---------------------------------------------------------------------


def test_portfolio_earns_its_weights_and_nothing_on_cash() -> None:
    """RC-13."""
    returns = np.array([[0.10, -0.20], [0.00, 0.04]])

    assert portfolio_returns([0.5, 0.25], returns).tolist() == [0.0, 0.01]


def test_portfolio_without_positions_earns_zero() -> None:
    assert portfolio_returns([], np.empty((3, 0))).tolist() == [0.0, 0.0, 0.0]


def test_returns_of_a_portfolio_are_exact_sums() -> None:
    """Where a sum from left to right loses a tenth: 1e16 + 0.1 - 1e16."""
    assert portfolio_returns([1.0, 1.0, 1.0], np.array([[1e16, 0.1, -1e16]])).tolist() == [0.1]


@given(st.data())
def test_order_of_columns_changes_no_bit_of_a_portfolio(data: st.DataObject) -> None:
    """RC-13."""
    cells = st.lists(st.floats(-0.9, 0.9), min_size=5, max_size=5)
    returns = np.array(data.draw(st.lists(cells, min_size=1, max_size=6)))
    weights = data.draw(cells)
    order = data.draw(st.permutations(range(5)))

    expected = [
        float(sum(Fraction(w * r) for w, r in zip(weights, row, strict=True)))
        for row in returns.tolist()
    ]
    assert portfolio_returns(weights, returns).tolist() == expected
    assert portfolio_returns([weights[n] for n in order], returns[:, order]).tolist() == expected


# --- Historical figures -------------------------------------------------------------------------


def test_third_worst_of_a_year_is_its_value_at_risk() -> None:
    """RC-13."""
    assert historical_var(a_year(-0.03, -0.10, -0.05, -0.02), HIGH) == d("0.03")


def test_shortfall_of_a_year_is_the_mean_of_its_three_worst() -> None:
    """RC-13."""
    assert historical_shortfall(a_year(-0.03, -0.10, -0.05, -0.02), HIGH) == d("0.06")


@pytest.mark.parametrize(
    ("confidence", "loss"),
    [
        ("0.6", "0.07"),  # 4 of 10
        ("0.7", "0.08"),  # 3 of 10, where binary 0.3 times 10 may come to more
        ("0.71", "0.08"),  # 2.9
        ("0.8", "0.09"),
        ("0.9", "0.1"),
        ("0.999", "0.1"),
    ],
)
def test_fraction_of_a_session_counts_as_a_whole_one(confidence: str, loss: str) -> None:
    """Of the losses 1 % to 10 %."""
    losses = floats(*(-n / 100 for n in range(1, 11)))

    assert historical_var(losses, d(confidence)) == d(loss)


@pytest.mark.parametrize("figure", FIGURES)
def test_gains_alone_are_no_historical_loss_and_no_figure_is_negative(figure: Figure) -> None:
    steady = np.full(250, 0.01)

    if figure in (historical_var, historical_shortfall):
        assert figure(steady, HIGH) == 0
    assert figure(np.zeros(250), HIGH) == 0
    assert not figure(np.zeros(250), HIGH).is_signed()


def test_shortfall_counts_worst_sessions_that_gained() -> None:
    """Three worst of -6 %, +1 %, +2 %: what was lost beyond the third is 1 % on average."""
    returns = np.full(250, 0.03)
    returns[[3, 90, 200]] = [0.02, -0.06, 0.01]

    assert historical_var(returns, HIGH) == 0
    assert historical_shortfall(returns, HIGH) == d("0.01")


def test_shortfall_of_equal_losses_is_not_below_them_by_a_digit() -> None:
    """RC-13: a third of the sum of three is a bit less, and on the other side of a rounding."""
    loss = 0.09654563862855
    assert math.fsum([loss] * 3) / 3 < loss
    returns = a_year(-loss, -loss, -loss)

    assert historical_shortfall(returns, HIGH) == historical_var(returns, HIGH)


@given(returns_of_sessions, confidences)
def test_historical_figures_agree_with_their_definitions(
    returns: Floats, confidence: Decimal
) -> None:
    """RC-13: exact, by fractions: fewer than (1 - c) T are worse, and no smaller loss will do."""
    figure = historical_var(returns, confidence)
    allowed = (1 - Fraction(confidence)) * len(returns)
    losses = sorted((decimal_from_float(-one) for one in returns.tolist()), reverse=True)

    assert sum(loss > figure for loss in losses) < allowed
    assert figure == 0 or sum(loss >= figure for loss in losses) >= allowed
    worst = [Fraction(loss) for loss in losses[: math.ceil(allowed)]]
    mean = max(sum(worst) / len(worst), Fraction(0))
    assert float(historical_shortfall(returns, confidence)) == pytest.approx(float(mean), abs=1e-12)


@given(st.data(), confidences)
def test_shortfall_of_a_sum_is_at_most_the_sum_of_shortfalls(
    data: st.DataObject, confidence: Decimal
) -> None:
    """Coherence (Acerbi and Tasche 2002)."""
    rows = st.lists(st.integers(-5_000, 5_000), min_size=30, max_size=30).map(basis_points)
    one, other = data.draw(rows), data.draw(rows)

    apart = historical_shortfall(one, confidence) + historical_shortfall(other, confidence)
    assert historical_shortfall(one + other, confidence) <= apart + d("1e-12")


# --- Normal figures -----------------------------------------------------------------------------


def test_gains_do_not_lower_a_normal_loss() -> None:
    """RC-13: 1 % and 3 % have a root mean square of sqrt(5) % and a mean that is not relied on."""
    returns = floats(0.01, 0.03)

    assert float(parametric_var(returns, HIGH)) == pytest.approx(
        math.sqrt(5) / 100 * 2.3263478740408, rel=1e-11
    )
    assert float(parametric_shortfall(returns, HIGH)) == pytest.approx(
        math.sqrt(5) / 100 * 2.6652142203458, rel=1e-11
    )


def test_losses_raise_a_normal_loss_where_that_is_more() -> None:
    """RC-13: mean -1 %, deviation sqrt(2) %: more than sqrt(2) % about zero."""
    returns = floats(-0.02, 0.0)

    assert float(parametric_var(returns, HIGH)) == pytest.approx(
        0.01 + math.sqrt(2) / 100 * 2.3263478740408, rel=1e-11
    )
    assert float(parametric_shortfall(returns, HIGH)) == pytest.approx(
        0.01 + math.sqrt(2) / 100 * 2.6652142203458, rel=1e-11
    )


def test_one_return_is_measured_about_zero() -> None:
    assert float(parametric_var(floats(-0.01), HIGH)) == pytest.approx(0.023263478740408, rel=1e-11)


@given(returns_of_sessions.filter(lambda returns: len(returns) > 1), confidences)
def test_normal_figures_agree_with_a_restatement(returns: Floats, confidence: Decimal) -> None:
    """RC-13: the larger of both conventions, by the standard library's statistics."""
    values = returns.tolist()
    about_zero = statistics.NormalDist(0, math.sqrt(statistics.fmean(v * v for v in values)))
    about_mean = statistics.NormalDist(statistics.fmean(values), statistics.stdev(values))
    expected = max(
        -one.mean - one.stdev * statistics.NormalDist().inv_cdf(1 - float(confidence))
        for one in (about_zero, about_mean)
    )

    assert float(parametric_var(returns, confidence)) == pytest.approx(
        max(expected, 0), rel=1e-9, abs=1e-12
    )


# --- What holds for all -------------------------------------------------------------------------


@given(returns_of_sessions, confidences, confidences)
def test_more_confidence_is_no_smaller_loss(returns: Floats, one: Decimal, other: Decimal) -> None:
    """RC-13."""
    for figure in FIGURES:
        assert figure(returns, min(one, other)) <= figure(returns, max(one, other))


@given(
    st.lists(st.floats(-0.99, 1), min_size=1, max_size=60).map(lambda rows: floats(*rows)),
    confidences,
)
def test_shortfall_is_never_below_value_at_risk(returns: Floats, confidence: Decimal) -> None:
    """RC-13."""
    for var, shortfall in zip(VAR, SHORTFALL, strict=True):
        assert shortfall(returns, confidence) >= var(returns, confidence) >= 0


@given(returns_of_sessions, confidences, st.integers(0, 300))
def test_losses_grow_with_the_position(returns: Floats, confidence: Decimal, percent: int) -> None:
    """RC-13: half in cash halves them, twice the position doubles them."""
    weight = percent / 100
    held = portfolio_returns([weight], returns[:, np.newaxis])

    for figure in FIGURES:
        whole = float(figure(returns, confidence))
        assert float(figure(held, confidence)) == pytest.approx(weight * whole, rel=1e-11)


@given(st.data(), confidences)
def test_order_of_sessions_changes_no_digit(data: st.DataObject, confidence: Decimal) -> None:
    """RC-13."""
    returns = data.draw(returns_of_sessions)
    mixed = floats(*data.draw(st.permutations(returns.tolist())))

    for figure in FIGURES:
        assert figure(mixed, confidence) == figure(returns, confidence)


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_missing_return_is_refused_and_not_taken_for_a_gain(figure: Figure, bad: float) -> None:
    """RC-13."""
    with pytest.raises(InvalidValueError, match="all finite"):
        figure(floats(0.01, bad, -0.02), HIGH)


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_is_measured_of_no_returns(figure: Figure) -> None:
    with pytest.raises(InvalidValueError) as caught:
        figure(floats(), HIGH)
    assert str(caught.value) == (
        "Risk is measured of one return or more, all finite; fill or leave out what is not."
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_have_twelve_digits(figure: Figure) -> None:
    value = figure(floats(-1 / 3, 0.1, -0.2 / 7), d("0.95"))

    assert len(value.as_tuple().digits) == 12


# --- Correlation --------------------------------------------------------------------------------


def test_correlation_of_three_returns_by_hand() -> None:
    """RC-04: (1, 0, -1) and (1, -1, 0), less no mean, share 1 of sqrt(2) times sqrt(2)."""
    assert correlation(floats(0.01, 0, -0.01), floats(0.02, -0.02, 0)) == d("0.5")
    assert correlation(floats(0.01, 0, -0.01), floats(-0.02, 0.02, 0)) == d("-0.5")


def test_series_moves_with_itself_and_against_its_mirror_image() -> None:
    returns = floats(0.1, -0.3, 0.7, 1 / 3)

    assert correlation(returns, returns) == 1
    assert correlation(returns, -3 * returns) == -1


@pytest.mark.parametrize(
    "constant",
    [
        np.zeros(60),
        np.full(60, 0.1),
        np.diff(100 * 1.0002 ** np.arange(61)) / (100 * 1.0002 ** np.arange(60)),
    ],
    ids=["zero", "tenth", "steady growth"],
)
def test_constant_series_moves_with_everything(constant: Floats) -> None:
    """RC-04: what cannot be known counts as the worst case, also where rounding wobbles."""
    moving = np.sin(np.arange(60.0)) / 100

    assert correlation(constant, moving) == 1
    assert correlation(moving, constant) == 1
    assert correlation(constant, constant) == 1


def test_steady_growth_does_wobble_by_rounding() -> None:
    """Or the case above shows nothing."""
    prices = 100 * 1.0002 ** np.arange(61)

    assert len(set((np.diff(prices) / prices[:-1]).tolist())) > 1


def test_move_of_exactly_the_noise_is_noise() -> None:
    """RC-04: 1e-12 about the mean is rounding, and the next float above it is not."""
    moving, above = floats(-0.01, 0.01), math.nextafter(1e-12, 1)

    assert correlation(floats(1e-12, -1e-12), moving) == 1
    assert correlation(floats(above, -above), moving) == -1


def test_smallest_moves_of_a_cash_like_fund_are_no_noise() -> None:
    """A cent of 100 dollars, up and down."""
    fund, moving = floats(0, 0.0001, 0, 0.0001), floats(0.01, -0.02, 0.01, -0.02)

    assert correlation(fund, moving) == -1


@given(st.data())
def test_correlation_agrees_with_pandas(data: st.DataObject) -> None:
    """RC-04."""
    rows = st.lists(st.integers(-5_000, 5_000), min_size=20, max_size=20, unique=True)
    one, other = (basis_points(data.draw(rows)) for _ in range(2))
    value = correlation(one, other)

    assert float(value) == pytest.approx(pd.Series(one).corr(pd.Series(other)), abs=1e-11)
    assert -1 <= value <= 1
    assert correlation(other, one) == value


def test_correlation_has_twelve_digits() -> None:
    """RC-04: it is rounded before it is compared."""
    value = correlation(floats(0.01, 0.02, -0.04), floats(0.01, -0.01, -0.07))

    assert len(value.as_tuple().digits) == 12


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_correlation_with_a_missing_return_is_refused(bad: float) -> None:
    with pytest.raises(InvalidValueError, match="all finite"):
        correlation(floats(0.01, 0.02), floats(0.01, bad))
