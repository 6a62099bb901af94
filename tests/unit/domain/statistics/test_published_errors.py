"""Errors and intervals, against a published table and another library's bootstrap."""

import numpy as np
import pytest

from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.domain.statistics.bootstrap import interval, redrawn, stationary_rows, usual_block
from alchemiser.domain.statistics.drawdowns import max_drawdown
from alchemiser.domain.statistics.evidence import sharpe_error
from alchemiser.domain.statistics.ratios import sharpe
from tests.unit.domain.statistics.histories import three

LENGTHS = (12, 24, 36, 48, 60, 125, 250, 500)
LO: dict[float, tuple[float, ...]] = {
    0.5: (0.306, 0.217, 0.177, 0.153, 0.137, 0.095, 0.067, 0.047),
    1.0: (0.354, 0.250, 0.204, 0.177, 0.158, 0.110, 0.077, 0.055),
    1.5: (0.421, 0.298, 0.243, 0.210, 0.188, 0.130, 0.092, 0.065),
    3.0: (0.677, 0.479, 0.391, 0.339, 0.303, 0.210, 0.148, 0.105),
}
"""Lo (2002), "The Statistics of Sharpe Ratios", table 1: normal returns, divisor T."""


@pytest.mark.parametrize("ratio", LO)
def test_the_error_of_a_sharpe_ratio_is_that_of_lo(ratio: float) -> None:
    """BT-09: Bailey and Lopez de Prado divide by T - 1, so that one session more is his."""
    skew, kurtosis = np.asarray(0.0), np.asarray(3.0)

    found = [float(sharpe_error(np.asarray(ratio), n + 1, skew, kurtosis)) for n in LENGTHS]

    assert found == pytest.approx(LO[ratio], abs=6e-4)


ARCH = {
    0: ((0.95684, 3.24397), (0.040705, 0.113375)),
    1: ((-0.43436, 1.49976), (0.158692, 0.516715)),
    2: ((-2.66462, -0.27156), (0.526453, 0.934885)),
}
"""What arch 8.0.0 said of the columns of `three()`: Sharpe ratio and largest fall, 95 %.

`StationaryBootstrap(usual_block(756), r, seed=1).conf_int(f, 40_000, method="percentile")`
"""


@pytest.mark.parametrize("column", ARCH)
def test_intervals_are_those_of_another_library(column: int) -> None:
    """BT-08: as near as 2,000 histories let them be."""
    returns = three()[:, column]
    draws = Chance(7).uniform("draws", 2 * 756 * 2_000).reshape(2, 756, 2_000)
    drawn = redrawn(returns, stationary_rows(draws, usual_block(756)))

    ratio, fall = interval(sharpe(drawn)), interval(max_drawdown(drawn))

    assert (ratio.low, ratio.high) == pytest.approx(ARCH[column][0], abs=0.09)
    assert (fall.low, fall.high) == pytest.approx(ARCH[column][1], abs=0.02)
