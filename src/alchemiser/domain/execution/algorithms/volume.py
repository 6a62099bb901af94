"""How the volume of a session is spread over its hours."""

from datetime import datetime
from typing import Final

from alchemiser.domain.values.session import Session

CURVATURE: Final = 0.4
"""How much more trades at the ends of a session than in its middle: 1.8 against 0.6 of the mean."""


def share_traded(session: Session, begin: datetime, end: datetime) -> float:
    """Return the fraction of a session's volume that usually trades between two moments, UTC.

    Volume is high after the open and before the close (Jain and Joh, 1988, The Dependence between
    Hourly Prices and Trading Volume; Admati and Pfleiderer, 1988, say why). A parabola stands for
    it: at x of the session, 1 + c (12 (x - 1/2)^2 - 1) of the mean, c being `CURVATURE`. Auctions
    are left out, moments outside of the session count as its ends.
    """
    return _until(session, end) - _until(session, begin)


def _until(session: Session, at: datetime) -> float:
    length = session.close_at - session.open_at
    x = min(max((at - session.open_at) / length, 0.0), 1.0)
    off = x - 0.5
    return (1 - CURVATURE) * x + CURVATURE * (4 * off * off * off + 0.5)
