"""A test that may be looked at every day: seldom fooled, however long, and never blind for long."""

from collections.abc import Callable

import numpy as np
import pytest

from alchemiser.domain.statistics.drift import ALPHA, drift, log_capital
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import Floats

SERIES, DAYS = 1_000, 400
NULLS = (
    "normal",
    "cauchy",
    "seldom",
    "swelling",
    "provoked",
    "clustered",
    "regimes",
    "to and fro",
)
RNG = np.random.default_rng


def null(kind: str) -> Floats:
    """Return differences without drift, (series, days), each as likely as its opposite."""
    rng = RNG(7)
    shape = (SERIES, DAYS)
    noise = rng.normal(0.0, 3e-4, shape)
    signs = rng.choice((-1.0, 1.0), shape)
    kinds: dict[str, Callable[[], Floats]] = {
        "normal": lambda: noise,
        "cauchy": lambda: rng.standard_cauchy(shape) * 1e-4,
        "seldom": lambda: np.where(rng.random(shape) < 0.05, noise * 30, 0.0),
        "swelling": lambda: signs * np.exp(np.cumsum(rng.normal(0.0, 0.1, shape), axis=1)) * 1e-4,
        "provoked": lambda: provoked(signs),
        "clustered": lambda: clustered(noise),
        "regimes": lambda: noise * np.where(np.arange(DAYS) % 100 < 50, 0.3, 3.0),
        "to and fro": lambda: np.diff(noise, axis=1, prepend=0.0),
    }
    return kinds[kind]()


def clustered(noise: Floats) -> Floats:
    """Return `noise` whose variance follows its own squares, as volatility does: GARCH(1, 1)."""
    found, variance = np.empty_like(noise), np.ones(len(noise))
    for day in range(noise.shape[1]):
        found[:, day] = noise[:, day] * np.sqrt(variance)
        variance = 0.05 + (0.1 * (noise[:, day] / 3e-4) ** 2 + 0.85) * variance
    return found


def lasting(part: float) -> Floats:
    """Return differences that keep `part` of the day before: an autoregression."""
    found = RNG(31).normal(0.0, 3e-4, (SERIES // 2, DAYS))
    for day in range(1, DAYS):
        found[:, day] += part * found[:, day - 1]
    return found


def alarms(differences: Floats) -> float:
    """Return in which part of the series there is an alarm at the usual rate."""
    return float(np.mean([drift(series).drifts for series in differences]))


def provoked(signs: Floats) -> Floats:
    """Return differences that are large as long as they have summed to more than nothing.

    Who stops at the right moment, or doubles, gains as little by that as anybody else.
    """
    found, total = np.empty_like(signs), np.zeros(len(signs))
    for day in range(signs.shape[1]):
        found[:, day] = signs[:, day] * np.where(total > 0, 4e-4, 1e-4)
        total += found[:, day]
    return found


@pytest.mark.parametrize("kind", NULLS)
def test_false_alarms_over_all_looks_stay_below_alpha(kind: str) -> None:
    """BT-06: looked at after every one of 400 sessions, whatever the tails are."""
    assert alarms(null(kind)) <= ALPHA


@pytest.mark.parametrize("size", [0.05, -0.5])
@pytest.mark.parametrize("day", [0, 200, DAYS - 1])
def test_one_huge_day_is_no_alarm(size: float, day: int) -> None:
    """BT-06: five hundredths or half of the account in one session, among basis points."""
    noise = RNG(31).normal(0.0, 3e-4, (200, DAYS))
    noise[:, day] = size

    assert alarms(noise) <= ALPHA


@pytest.mark.parametrize(("part", "most"), [(0.1, 0.02), (0.2, 0.05), (0.3, 0.1), (-0.5, 0.0)])
def test_differences_that_last_raise_the_rate_as_the_document_states(
    part: float, most: float
) -> None:
    """BT-06: days that resemble the day before are what the rate is not stated for."""
    assert alarms(lasting(part)) <= most


def test_seldom_large_losses_of_mean_nothing_are_an_alarm() -> None:
    """BT-06: it is asked whether each sign is as likely, and one day in twenty is no even odds."""
    noise = np.where(RNG(31).random((200, DAYS)) < 0.05, -19e-4, 1e-4)

    assert alarms(noise) > 0.3


@pytest.mark.parametrize(
    ("size", "days", "least", "most"),
    [
        (2e-4, 126, 0.98, 1.0),
        (1e-4, 126, 0.3, 0.7),
        (1e-4, 252, 0.9, 1.0),
        (5e-5, 252, 0.1, 0.4),
        (5e-5, 504, 0.4, 0.8),
        (2.5e-5, 504, 0.0, 0.15),
    ],
)
def test_power_is_what_the_document_states(
    size: float, days: int, least: float, most: float
) -> None:
    """BT-06: in noise of three basis points a day."""
    found = alarms(RNG(37).normal(size, 3e-4, (200, days)))

    assert least <= found <= most


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.002])
def test_false_alarms_of_a_year_of_daily_looks_are_no_more_than_stated(alpha: float) -> None:
    """BT-06: whichever rate the owner states, and whoever stops at the first alarm."""
    noise = RNG(23).normal(0.0, 3e-4, (2_000, 252))

    found = [drift(series, alpha).since for series in noise]

    assert np.mean([since is not None for since in found]) <= alpha


def test_stated_rate_is_used_and_not_thrown_away() -> None:
    """BT-06: a test that never cries has no false alarms either."""
    noise = RNG(29).normal(0.0, 3e-4, (2_000, 252))

    found = np.mean([drift(series, 0.2).drifts for series in noise])

    assert 0.2 / 4 < found <= 0.2


def test_drift_of_two_basis_points_a_day_is_found_within_half_a_year() -> None:
    """BT-06: in noise of three basis points; within a quarter in three of four cases."""
    rng = RNG(3)
    found = [drift(rng.normal(2e-4, 3e-4, 126)) for _ in range(200)]

    assert np.mean([one.drifts for one in found]) > 0.98
    assert np.mean([one.since is not None and one.since < 63 for one in found]) > 0.75
    downward = drift(rng.normal(-2e-4, 3e-4, 126))
    assert downward.drifts
    assert downward.mean < 0


def test_capital_is_the_mixture_of_its_bets() -> None:
    """Robbins (1970): the closed form is the integral over all bets, reckoned numerically.

    Half of the dollar is bet from the beginning, and of four differences the other half waits.
    """
    values = np.array([1e-4, -2e-4, 5e-4, 0.0])
    squares = 1e-8 + np.concatenate(([0.0], np.cumsum(values**2)))[:-1]
    scaled = values / np.sqrt(squares / np.arange(1, 5))
    bets = np.linspace(-6, 6, 200_001)
    weights = np.exp(-((bets / 0.3) ** 2) / 2) / (0.3 * np.sqrt(2 * np.pi))
    grown = np.exp(bets * scaled.sum() - bets**2 * (scaled**2).sum() / 2)

    expected = np.log(0.5 + 0.5 * (grown * weights).sum() * (bets[1] - bets[0]))

    assert log_capital(values)[-1] == pytest.approx(expected, abs=1e-9)


def test_bets_that_begin_later_are_those_of_what_came_after() -> None:
    """After 50 differences half a dollar, a quarter from the 22nd, a twelfth from the 43rd on."""
    values = RNG(2).normal(1e-4, 3e-4, 50)
    squares = 1e-8 + np.concatenate(([0.0], np.cumsum(values**2)))[:-1]
    scaled = values / np.sqrt(squares / np.arange(1, 51))

    def bet(some: Floats) -> float:
        room = 1 + 0.09 * (some**2).sum()
        return float(np.exp(0.09 * some.sum() ** 2 / 2 / room) / np.sqrt(room))

    expected = bet(scaled) / 2 + bet(scaled[21:]) / 4 + bet(scaled[42:]) / 12 + 1 / 6

    assert np.exp(log_capital(values)[-1]) == pytest.approx(expected)


@pytest.mark.parametrize(("quiet", "median"), [(252, 90), (504, 90), (1_260, 100)])
def test_drift_that_begins_after_quiet_years_is_found_within_months(
    quiet: int, median: int
) -> None:
    """BT-06: two basis points in noise of three; in 19 cases of 20 within a year."""
    rng = RNG(5)
    found = []
    for _ in range(200):
        noise = rng.normal(0.0, 3e-4, quiet + 252)
        noise[quiet:] += 2e-4
        since = drift(noise).since
        found.append(10**6 if since is None else since - quiet)

    assert np.mean(np.array(found) < 0) <= 2 * ALPHA
    assert np.mean(np.array(found) < 252) > 0.95
    assert np.median(found) < median


def test_no_bet_knows_the_difference_it_is_made_on() -> None:
    values = RNG(1).normal(0.0, 1e-4, 50)
    other = values.copy()
    other[30:] *= -100

    assert np.array_equal(log_capital(values)[:30], log_capital(other)[:30])


def test_an_alarm_once_raised_is_not_taken_back() -> None:
    rising = np.concatenate((np.full(60, 3e-4), np.full(60, -3e-4)))

    found = drift(rising)

    assert found.drifts
    assert found.since is not None
    assert found.since < 60
    assert found.capital < found.highest


def test_nothing_and_sameness_are_no_drift() -> None:
    empty, same, one = drift([]), drift(np.zeros(400)), drift([0.5])

    assert (empty.days, empty.capital, empty.drifts) == (0, 1.0, False)
    assert np.isnan(empty.mean)
    assert (same.capital, same.drifts) == (1.0, False)
    assert not np.isnan(one.capital)


@pytest.mark.parametrize("size", [1e-3, -1e-5])
def test_same_difference_every_day_is_drift(size: float) -> None:
    """BT-06: however small, as long as it is no less than a hundredth of a basis point."""
    found = drift([size] * 120)

    assert found.drifts
    assert found.mean == pytest.approx(size)


@pytest.mark.parametrize(
    "values",
    [[5.0], [1e-300], [5e-324] * 10, [1e-12] * 400, [1e-3, -1e-3] * 200, [0.0] * 300 + [1.0]],
)
def test_odd_differences_are_no_alarm(values: list[float]) -> None:
    """BT-06: one cycle, next to nothing, to and fro, one large one after a year of none."""
    found = drift(values)

    assert not found.drifts
    assert 0 <= found.capital <= found.highest < found.alarm_at


def test_dust_of_rounding_is_no_drift() -> None:
    """BT-06: half a cent up or down of a hundred thousand dollars, every day for four years."""
    dust = RNG(13).choice((-5e-8, 0.0, 5e-8), 1_000)

    assert not drift(dust).drifts


def test_what_is_no_series_is_refused() -> None:
    for broken in ([0.1, np.nan], [np.nan], [np.inf, 0.0], [1e300, 1e300]):
        with pytest.raises(InvalidValueError, match="finite"):
            drift(broken)
    with pytest.raises(InvalidValueError, match="one series"):
        drift(np.zeros((3, 2)))
    for alpha in (0.0, 1.0, np.nan):
        with pytest.raises(InvalidValueError, match="alpha"):
            drift([0.1], alpha)
