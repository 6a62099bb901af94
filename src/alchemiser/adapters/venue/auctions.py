"""When orders for the opening and the closing auction are taken."""

from datetime import datetime, time, timedelta
from typing import Final

from alchemiser.adapters.venue.orders import InForce, Kind, OrderRequest
from alchemiser.adapters.venue.refusals import Refused, forbidden, unprocessable
from alchemiser.adapters.venue.timetable import NEW_YORK, Timetable
from alchemiser.domain.values.numbers import ONE, is_multiple

OPEN_CUTOFF: Final = timedelta(minutes=2)
CLOSE_CUTOFF: Final = timedelta(minutes=10)
_EVENING: Final = time(19)
_AT_AUCTION: Final = frozenset({InForce.OPG, InForce.CLS})
_WHOLE: Final = frozenset({InForce.OPG, InForce.CLS, InForce.IOC, InForce.FOK})


def auction_refusal(request: OrderRequest, timetable: Timetable, at: datetime) -> Refused | None:
    """Return why an order is not taken at `at` (UTC) for its time in force, or None."""
    if request.in_force not in _WHOLE:
        return None
    if request.quantity is None or not is_multiple(request.quantity, ONE):
        return unprocessable("fractional orders must be DAY orders")
    if request.in_force not in _AT_AUCTION:
        return None
    if request.kind not in {Kind.MARKET, Kind.LIMIT}:
        return unprocessable(f"{request.in_force.value} orders must be market or limit orders")
    if is_locked(request.in_force, timetable, at) or not _is_taken(request, timetable, at):
        until = "9:28am" if request.in_force is InForce.OPG else "3:55pm"
        return forbidden(
            f"{request.in_force.value} orders must be submitted after 7:00pm and before {until}"
        )
    return None


def is_locked(in_force: InForce, timetable: Timetable, at: datetime) -> bool:
    """Say whether orders for the coming auction stand for good at `at` (UTC)."""
    session = timetable.coming(at)
    if in_force is InForce.CLS:
        return at >= session.close_at - CLOSE_CUTOFF
    return in_force is InForce.OPG and session.open_at - OPEN_CUTOFF <= at < session.open_at


def _is_taken(request: OrderRequest, timetable: Timetable, at: datetime) -> bool:
    """Say whether the window for the next auction has begun: at seven in the evening."""
    session = timetable.coming(at)
    if request.in_force is InForce.CLS and session.is_open(at):
        return True
    if session.is_open(at):
        return False
    local = at.astimezone(NEW_YORK)
    before = timetable.previous(at).day
    return local.date() > before or local.time() >= _EVENING
