"""The figures are those of empyrical-reloaded, or differ from them in a way that is stated.

The numbers are what empyrical-reloaded 0.7.1 (numpy 2.4.6, scipy 1.17.1) returned for the calls
beside them, `r` being one column of `three()` at a time and `b` `market()`.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import numpy as np
import pytest

from alchemiser.domain.statistics.benchmark import alpha, beta
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.moments import kurtosis, skewness, volatility
from alchemiser.domain.statistics.ratios import calmar, downside_deviation, omega, sharpe, sortino
from alchemiser.domain.statistics.returns import cagr_by_sessions, total_return
from alchemiser.domain.statistics.tails import historical_shortfall, historical_var, tail_ratio
from alchemiser.domain.values.numbers import Floats
from tests.unit.domain.statistics.histories import market, three

REFERENCE = {
    "cum_returns_final(r)": (0.596620254649503, 0.3286119251792554, -0.7791424949512095),
    "annual_return(r)": (0.1687829784609729, 0.0993417343055647, -0.3955356104839798),
    "annual_volatility(r)": (0.0761934969257429, 0.24938563938775327, 0.3120983943665245),
    "sharpe_ratio(r)": (2.085601317969699, 0.5053833350121563, -1.4555006129361834),
    "sharpe_ratio(r, risk_free=0.0001)": (
        1.7548644307448005,
        0.4043350145801281,
        -1.5362443798214598,
    ),
    "sortino_ratio(r)": (3.2389312661798493, 0.6785779935393651, -1.9533161766202698),
    "sortino_ratio(r, required_return=0.0002)": (
        2.1383274226163542,
        0.4037752693273081,
        -2.152475418981922,
    ),
    "downside_risk(r)": (0.04906225064679275, 0.18573450264801464, 0.23255805165288626),
    "calmar_ratio(r)": (2.925724595989441, 0.3268727470741467, -0.5028473596151956),
    "omega_ratio(r)": (1.3889857973368356, 1.085894807954737, 0.7936441154072494),
    "omega_ratio(r, required_return=0.0003, annualization=1)": (
        1.1881217988280077,
        1.0335609264477317,
        0.7637727926631348,
    ),
    "max_drawdown(r)": (-0.05768929129294644, -0.30391562219480583, -0.7865918015094359),
    "tail_ratio(r)": (1.0908538322101469, 0.9108551195558322, 0.9175248307087982),
    "value_at_risk(r)": (-0.007821863632202148, -0.025835551693928042, -0.03374179321289063),
    "conditional_value_at_risk(r)": (
        -0.009474323770623457,
        -0.03738198381512173,
        -0.04052065754137542,
    ),
    "value_at_risk(r, cutoff=0.01)": (
        -0.010352921829223632,
        -0.04245465520661224,
        -0.04340516784667969,
    ),
    "conditional_value_at_risk(r, cutoff=0.01)": (
        -0.011629760437011718,
        -0.05553821345475384,
        -0.050971827850341794,
    ),
    "beta(r, b)": (0.308909936288117, 1.160946636528844, -0.44944326903460735),
    "alpha(r, b)": (0.1693145141769563, 0.12392489144417729, -0.36307827619108646),
    "alpha(r, b, risk_free=0.0001)": (0.14913838099358245, 0.1284904666784663, -0.3859645307203542),
    "scipy.stats.skew(r)": (-0.08974229309475636, -0.7610042940158195, 0.15495981384953372),
    "scipy.stats.kurtosis(r, fisher=False)": (
        2.836457823522316,
        5.2270992246616395,
        3.0141020386925312,
    ),
}

SAME: dict[str, Callable[[Floats], Floats]] = {
    "cum_returns_final(r)": total_return,
    "annual_return(r)": cagr_by_sessions,
    "annual_volatility(r)": volatility,
    "sharpe_ratio(r)": sharpe,
    "sharpe_ratio(r, risk_free=0.0001)": partial(sharpe, hurdle=0.0001),
    "sortino_ratio(r)": sortino,
    "sortino_ratio(r, required_return=0.0002)": partial(sortino, hurdle=0.0002),
    "downside_risk(r)": downside_deviation,
    "calmar_ratio(r)": calmar,
    "omega_ratio(r)": omega,
    "omega_ratio(r, required_return=0.0003, annualization=1)": partial(omega, hurdle=0.0003),
    "tail_ratio(r)": tail_ratio,
    "scipy.stats.skew(r)": skewness,
    "scipy.stats.kurtosis(r, fisher=False)": kurtosis,
}
SIGN_TURNED: dict[str, Callable[[Floats], Floats]] = {
    "max_drawdown(r)": max_drawdown,
    "conditional_value_at_risk(r)": historical_shortfall,
    "conditional_value_at_risk(r, cutoff=0.01)": partial(
        historical_shortfall, confidence=Decimal("0.99")
    ),
}


def close(values: object) -> object:
    return pytest.approx(np.asarray(values), rel=1e-10)


@pytest.mark.parametrize("call", SAME)
def test_figures_are_those_of_empyrical(call: str) -> None:
    """BT-08."""
    assert SAME[call](three()) == close(REFERENCE[call])


@pytest.mark.parametrize("call", SIGN_TURNED)
def test_losses_are_those_of_empyrical_as_positive_numbers(call: str) -> None:
    """BT-08."""
    assert -SIGN_TURNED[call](three()) == close(REFERENCE[call])


def test_alpha_and_beta_are_those_of_empyrical() -> None:
    series, other = three(), market()

    assert beta(series, other) == close(REFERENCE["beta(r, b)"])
    assert alpha(series, other) == close(REFERENCE["alpha(r, b)"])
    assert alpha(series, other, 0.0001) == close(REFERENCE["alpha(r, b, risk_free=0.0001)"])


@pytest.mark.parametrize(
    ("call", "confidence", "k"), [("", "0.95", 38), (", cutoff=0.01", "0.99", 8)]
)
def test_value_at_risk_is_a_session_and_empyrical_s_lies_between_it_and_the_next(
    call: str, confidence: str, k: int
) -> None:
    """BT-08: they interpolate, we do not: 38 of 756 sessions are the worst 5 %, 8 the worst 1 %."""
    series = three()

    found = historical_var(series, Decimal(confidence))

    theirs = -np.array(REFERENCE[f"value_at_risk(r{call})"])
    assert found == close(-np.sort(series, axis=0)[k - 1])
    assert (theirs <= found).all()
    assert (theirs >= -np.sort(series, axis=0)[k]).all()
