"""Splits and dividends as the corporate-actions interface tells them."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from alchemiser.adapters.venue.data.query import (
    QueryError,
    choice,
    day_of,
    limit,
    newest_first,
    symbols_of,
)
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.values.identifiers import Symbol

LIMIT: Final = 100
LIMIT_MAX: Final = 1_000
_DENOMINATOR_MAX: Final = 1_000
_DIVIDEND, _FORWARD, _REVERSE = "cash_dividends", "forward_splits", "reverse_splits"
_GROUPS: Final = {
    "cash_dividend": _DIVIDEND,
    "forward_split": _FORWARD,
    "reverse_split": _REVERSE,
}
_OTHERS: Final = frozenset({
    "unit_split",
    "stock_dividend",
    "spin_off",
    "cash_merger",
    "stock_merger",
    "stock_and_cash_merger",
    "redemption",
    "name_change",
    "worthless_removal",
    "rights_distribution",
    "partial_call",
    "reorganization",
})
"""Known to the protocol; the venue's market has none."""


class ActionRow(msgspec.Struct, omit_defaults=True):
    """Write one action; the fields are those of the published schemas of its group."""

    id: str
    symbol: Symbol
    ex_date: date
    process_date: date
    record_date: date
    payable_date: date
    cusip: str | None = None
    foreign: bool | None = None
    special: bool | None = None
    rate: float | None = None
    new_rate: float | None = None
    old_rate: float | None = None
    new_cusip: str | None = None
    old_cusip: str | None = None


def answer(
    values: Mapping[str, str], actions: Iterable[CorporateAction], today: date
) -> dict[str, object]:
    """Return one page of `actions` as `values` ask for them, of no later day than `today`.

    Raises:
        QueryError: When a value is none.
    """
    groups = _groups(values)
    named = symbols_of(values["symbols"]) if values.get("symbols") else None
    first, last = day_of(values, "start") or today, day_of(values, "end") or today
    if last < first:
        raise QueryError("end should not be before start")
    choice(values, "region", "us", ("us", "non_us", "all").__contains__)
    choice(values, "data_quality", "complete", ("complete", "all").__contains__)
    ids, cusips = _listed(values, "ids"), _listed(values, "cusips")
    count = limit(values, LIMIT, LIMIT_MAX)
    found = [
        (group, row)
        for action in actions
        for group, row in _rows(action)
        if group in groups
        and (row.id in ids if ids else first <= row.process_date <= last)
        and row.process_date <= today
        and (named is None or row.symbol in named)
        and (not cusips or not cusips.isdisjoint({row.cusip, row.new_cusip, row.old_cusip}))
    ]
    found.sort(key=lambda one: (one[1].process_date, one[1].id), reverse=newest_first(values))
    start = _start(values, [row.id for _, row in found])
    told: dict[str, list[ActionRow]] = {}
    for group, row in found[start : start + count]:
        told.setdefault(group, []).append(row)
    more = found[start + count - 1][1].id if start + count < len(found) else None
    return {"corporate_actions": told, "next_page_token": more}


def _listed(values: Mapping[str, str], name: str) -> set[str | None]:
    return set(filter(None, values.get(name, "").split(",")))


def _groups(values: Mapping[str, str]) -> set[str]:
    """Return the groups of the types asked for, all unless told.

    Raises:
        QueryError: When there is no such type.
    """
    types = values.get("types")
    wanted = set(types.split(",")) if types else set(_GROUPS)
    unknown = sorted(wanted - _GROUPS.keys() - _OTHERS)
    if unknown:
        raise QueryError(f"invalid types: {unknown[0]}")
    return {_GROUPS[name] for name in wanted if name in _GROUPS}


def _start(values: Mapping[str, str], ids: list[str]) -> int:
    """Return where the page begins: behind the action whose id is the token.

    Raises:
        QueryError: When no action has it.
    """
    token = values.get("page_token")
    if not token:
        return 0
    if token not in ids:
        raise QueryError("invalid page_token")
    return ids.index(token) + 1


def _rows(action: CorporateAction) -> Iterable[tuple[str, ActionRow]]:
    cusip = _digits(f"cusip/{action.symbol}", 9)
    if action.split != 1:
        ratio = Fraction(action.split).limit_denominator(_DENOMINATOR_MAX)
        forward = ratio > 1
        row = _row(action, "split")
        row.new_rate, row.old_rate = float(ratio.numerator), float(ratio.denominator)
        if forward:
            row.cusip = cusip
        else:
            row.new_cusip, row.old_cusip = _digits(f"{row.id}/cusip", 9), cusip
        yield (_FORWARD if forward else _REVERSE), row
    if action.dividend != Decimal(0):
        row = _row(action, "dividend")
        row.cusip, row.foreign, row.special = cusip, False, False
        row.rate = float(action.dividend)
        yield _DIVIDEND, row


def _row(action: CorporateAction, kind: str) -> ActionRow:
    return ActionRow(
        id=_uuid(f"{action.symbol}/{action.ex_day}/{kind}"),
        symbol=action.symbol,
        ex_date=action.ex_day,
        process_date=action.ex_day,
        record_date=action.ex_day,
        payable_date=action.pay_day or action.ex_day,
    )


def _uuid(name: str) -> str:
    """Return a name-based identifier in the form of RFC 9562, version 8."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _digits(name: str, count: int) -> str:
    return str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:count]
