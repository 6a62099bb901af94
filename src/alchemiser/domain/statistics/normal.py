"""The normal distribution, by the standard library."""

from decimal import Decimal
from statistics import NormalDist

import numpy as np

from alchemiser.domain.values.numbers import Floats

_STANDARD = NormalDist()


def normal_quantile(confidence: Decimal | float) -> float:
    """Return how many deviations a normal loss exceeds with a chance of 1 - `confidence`."""
    return _STANDARD.inv_cdf(float(confidence))


def normal_shortfall(confidence: Decimal) -> float:
    """Return how many deviations a normal loss comes to on average beyond that.

    Density over tail chance (McNeil, Frey and Embrechts 2015, chapter 2).
    """
    quantile = normal_quantile(confidence)
    return _STANDARD.pdf(quantile) / float(1 - confidence)


def normal_chance(deviations: Floats) -> Floats:
    """Return the chance of at most so many deviations, elementwise, any shape; NaN of NaN."""
    values = np.asarray(deviations, dtype=np.float64)
    chances = [_STANDARD.cdf(value) for value in values.ravel().tolist()]
    return np.array(chances, dtype=np.float64).reshape(values.shape)
