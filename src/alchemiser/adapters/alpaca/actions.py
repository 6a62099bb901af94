"""Splits and dividends as the broker announces them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from alchemiser.adapters.alpaca.answers import broken, day, document, mapping, number, rows
from alchemiser.adapters.alpaca.paging import Reader, batches, listed, pages
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO
from alchemiser.ports.errors import InputError

ACTIONS: Final = "/v1/corporate-actions"
ACTIONS_PER_PAGE: Final = 1_000

PROCESSED_AFTER: Final = timedelta(days=120)
PROCESSED_BEFORE: Final = timedelta(days=7)
"""The broker searches by the day of processing, a dividend's by its day of payment: that far from
the ex-day it may lie."""

_SYMBOLS: Final = (
    "symbol",
    "source_symbol",
    "old_symbol",
    "acquiree_symbol",
    "target_symbol",
    "new_symbol",
)


@dataclass(frozen=True, slots=True)
class Announcements:
    """Hold what was announced.

    Attributes:
        actions: What can be booked, by ex-day and symbol, at most one of each.
        others: How many announcements there are of kinds that cannot, by kind and symbol.
    """

    actions: tuple[CorporateAction, ...]
    others: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Page:
    groups: Mapping[str, Any]
    next_token: str | None


def announcements(
    reader: Reader, symbols: Sequence[Symbol], *, first: date, last: date
) -> Announcements:
    """Return what was announced for `symbols` with ex-days from `first` to `last`.

    Raises:
        InputError: When the answer, or a split or dividend in it, breaks its contract.
        PortUnavailableError: When the broker cannot be reached.
    """
    wanted = frozenset(symbols)
    found: dict[tuple[date, Symbol], CorporateAction] = {}
    others: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for group, row in _announced(reader, sorted(wanted), first, last):
        named = (row.get(key) for key in _SYMBOLS)
        name = next((one for one in named if isinstance(one, str) and one in wanted), None)
        if name is None or str(row.get("id")) in seen:
            continue
        if row.get("id") is not None:
            seen.add(str(row["id"]))
        make = _MAKERS.get(group)
        if make is None or row.get("symbol") != name or _renames(row):
            others[group, name] += 1
            continue
        action = _made(make, group, row)
        if first <= action.ex_day <= last:
            key = action.ex_day, action.symbol
            found[key] = _together(found[key], action) if key in found else action
    return Announcements(tuple(found[key] for key in sorted(found)), dict(others))


def _renames(row: Mapping[str, Any]) -> bool:
    """Say whether the share goes on under another symbol, which no book can follow."""
    return row.get("new_symbol") not in {None, "", row.get("symbol")}


def _announced(
    reader: Reader, symbols: Sequence[Symbol], first: date, last: date
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in batches(symbols):
        params = {
            "symbols": listed(part),
            "start": (first - PROCESSED_BEFORE).isoformat(),
            "end": (last + PROCESSED_AFTER).isoformat(),
            "limit": str(ACTIONS_PER_PAGE),
            "sort": "asc",
        }
        full = len(part) * ((last - first).days // 30 + 6) // ACTIONS_PER_PAGE + 1
        for page in pages(reader, ACTIONS, params, _decoded, full=full):
            for group, told in page.groups.items():
                yield from ((group, row) for row in rows(told, group))


def _decoded(body: bytes) -> _Page:
    what = "corporate actions"
    told = mapping(document(body, what), what)
    token = told.get("next_page_token")
    return _Page(mapping(told.get("corporate_actions"), what), str(token) if token else None)


def _dividend(row: Mapping[str, Any]) -> CorporateAction:
    ex_day = day(row["ex_date"], "cash_dividends")
    paid = row.get("payable_date")
    return CorporateAction(
        symbol=row["symbol"],
        ex_day=ex_day,
        dividend=_number(row["rate"]),
        # A dividend with due bills is paid before its ex-day; books know it from the ex-day on.
        pay_day=max(ex_day, day(paid, "cash_dividends")) if paid else None,
    )


def _split(row: Mapping[str, Any]) -> CorporateAction:
    ratio = _number(row["new_rate"]) / _number(row["old_rate"])
    return CorporateAction(symbol=row["symbol"], ex_day=day(row["ex_date"], "splits"), split=ratio)


def _stock_dividend(row: Mapping[str, Any]) -> CorporateAction:
    ex_day = day(row["ex_date"], "stock_dividends")
    return CorporateAction(symbol=row["symbol"], ex_day=ex_day, split=ONE + _number(row["rate"]))


Maker = Callable[[Mapping[str, Any]], CorporateAction]

_MAKERS: Final[Mapping[str, Maker]] = {
    "cash_dividends": _dividend,
    "forward_splits": _split,
    "reverse_splits": _split,
    "stock_dividends": _stock_dividend,
}


def _number(value: object) -> Decimal:
    """Return `value`, a number at or above zero.

    Raises:
        ValueError: When it is not.
    """
    rate = number(value)
    if rate is not None and rate >= ZERO:
        return rate
    msg = f"{value} is no rate"
    raise ValueError(msg)


def _made(make: Maker, group: str, row: Mapping[str, Any]) -> CorporateAction:
    """Return the action in `row`; leaving one out would make the books wrong.

    Raises:
        InputError: When it tells none.
    """
    try:
        return make(row)
    except (KeyError, ValueError, ArithmeticError, InvalidValueError) as error:
        name = row.get("symbol")
        raise InputError(
            broken(f"{group} of {name}", f"an action that cannot be ({error})")
        ) from error


def _together(one: CorporateAction, other: CorporateAction) -> CorporateAction:
    """Return what both do to a share on the same day."""
    pay_days = [action.pay_day for action in (one, other) if action.pay_day is not None]
    return CorporateAction(
        symbol=one.symbol,
        ex_day=one.ex_day,
        split=one.split * other.split,
        dividend=one.dividend + other.dividend,
        pay_day=max(pay_days, default=None),
    )
