"""What Alpaca tells of one event in several rows, as the one activity that it was."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from alchemiser.adapters.alpaca.activity_rows import ActivityRow
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.numbers import ZERO


def joined(told: Iterable[tuple[ActivityRow, Activity]]) -> tuple[Activity, ...]:
    """Return the activities, those of one event of a company as one.

    Old shares that go and new ones that come are told apart, yet whoever held the old ones must be
    given the new ones. Rows belong together by their `group_id`, or by type, day and symbol; what
    they cannot be told as is left in parts. A fraction that is sold stays a sale of its own.
    """
    events = dict[Hashable, list[Activity]]()
    for row, activity in told:
        key: Hashable = row.id
        if activity.kind.gives_others():
            together = row.group_id or (row.activity_type, activity.day, activity.symbol)
            key = together, activity.undoes() is None
        events.setdefault(key, []).append(activity)
    return tuple(one for parts in events.values() for one in _parted(parts))


def _parted(parts: Sequence[Activity]) -> Sequence[Activity]:
    sold = _sold(parts)
    return (*_event([one for one in parts if one not in sold]), *sold)


def _sold(parts: Sequence[Activity]) -> Sequence[Activity]:
    """Return fractions among `parts` that dollars came for, beside the shares of the event."""
    kinds = {one.kind for one in parts}
    signs = {(one.symbol, one.quantity > 0) for one in parts if one.quantity}
    found = [
        one
        for one in parts
        if abs(one.quantity) < 1
        and one.quantity * one.cash < 0
        and one.kind is ActivityKind.REORGANISATION
        and (ActivityKind.SPLIT in kinds or (one.symbol, one.quantity < 0) in signs)
    ]
    return found if len(found) < len(parts) else []


def _event(parts: Sequence[Activity]) -> Sequence[Activity]:
    first = min(parts, key=lambda one: one.activity_id)
    moved = {one.symbol: ZERO for one in parts}
    for one in parts:
        moved[one.symbol] += one.quantity
    cash = sum((one.cash for one in parts), ZERO)
    if len(moved) == 1:
        return (replace(first, quantity=moved[first.symbol], cash=cash),)
    come = [name for name, quantity in moved.items() if quantity > 0]
    held = [name for name in moved if name not in come]
    if len(held) != 1 or len(come) != 1 or held[0] is None:
        return parts
    # What was held goes, or is kept where something was spun off from it.
    return (
        replace(
            first,
            symbol=held[0],
            quantity=moved[held[0]],
            received=come[0],
            received_quantity=moved[come[0]],
            cash=cash,
        ),
    )
