"""What a request for market data asks for, and how a bad one is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from alchemiser.adapters.venue.data.moments import NEW_YORK, epoch, midnight
from alchemiser.adapters.venue.data.pages import Place, Span, place
from alchemiser.adapters.venue.data.series import Basis
from alchemiser.adapters.venue.data.timeframe import Timeframe, timeframe
from alchemiser.domain.values.identifiers import Symbol

LIMIT: Final = 1_000
LIMIT_MAX: Final = 10_000
DELAY: Final = timedelta(minutes=15)
"""How old prices of all exchanges must be where the plan does not have them at once."""

HISTORICAL_FEEDS: Final = ("sip", "iex", "otc", "boats")
LATEST_FEEDS: Final = ("sip", "iex", "delayed_sip", "otc", "boats", "overnight")
_SERVED: Final = ("sip", "iex", "delayed_sip")
_RECENT: Final = "subscription does not permit querying recent SIP data"
_SYMBOL: Final = re.compile(r"[A-Z][A-Z0-9.\-]{0,15}")
_ADJUSTMENTS: Final = ("raw", "split", "dividend", "spin-off", "all")


class QueryError(Exception):
    """Refuse a request with an HTTP status and a message in Alpaca's words."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(slots=True, kw_only=True)
class Plan:
    """Hold what the account has subscribed to; the control interface may change it.

    Attributes:
        recent: Whether prices of all exchanges are served at once, not after a quarter of an hour.
        stream_symbols_max: How many trades and quotes one connection may subscribe to, or None.
    """

    recent: bool = True
    stream_symbols_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Say which trades count, and as of when.

    Attributes:
        name: As the protocol calls it.
        now: The latest moment that it may tell of, UTC.
    """

    name: str
    now: datetime

    @property
    def thin(self) -> bool:
        """Whether it has IEX's trades alone."""
        return self.name == "iex"

    @property
    def served(self) -> bool:
        """Whether the venue has anything on it."""
        return self.name in _SERVED


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeQuery:
    """Hold a request for a part of the past.

    Attributes:
        symbols: Sorted, each once.
        span: The range, and the order within a symbol.
        limit: How many rows a page holds, 1 to 10,000.
        feed: Which trades count.
        after: The last row of the page before, or None.
    """

    symbols: tuple[Symbol, ...]
    span: Span
    limit: int
    feed: Feed
    after: Place | None


def range_query(
    values: Mapping[str, str], symbols: tuple[Symbol, ...], now: datetime, plan: Plan
) -> RangeQuery:
    """Return what `values` ask for of `symbols` at `now`.

    Raises:
        QueryError: When a value is none, or the plan does not cover it.
    """
    check_currency(values)
    choice(values, "asof", "-", _is_as_of)
    feed = choice(values, "feed", "sip", HISTORICAL_FEEDS.__contains__)
    end = _moment(values, "end")
    delayed = feed == "sip" and not plan.recent
    latest = now - DELAY if delayed else now
    if delayed and end is not None and end > latest:
        raise QueryError(_RECENT, 403)
    today = datetime.fromtimestamp(midnight(now.astimezone(NEW_YORK).date()), UTC)
    start = _moment(values, "start") or min(today, latest)
    last = end or latest
    if last < start:
        raise QueryError("end should not be before start")
    token = values.get("page_token", "")
    after = place(token) if token else None
    if token and (after is None or after.symbol not in symbols):
        raise QueryError("invalid page_token")
    return RangeQuery(
        symbols=symbols,
        span=Span(
            first=-int(-start.timestamp() // 1),
            last=epoch(last),
            newest_first=newest_first(values),
        ),
        limit=limit(values, LIMIT, LIMIT_MAX),
        feed=Feed(name=feed, now=latest),
        after=after,
    )


def latest_feed(values: Mapping[str, str], now: datetime, plan: Plan) -> Feed:
    """Return the feed of a request for the latest.

    Raises:
        QueryError: When there is none of that name, or the plan does not cover it.
    """
    check_currency(values)
    usual = "sip" if plan.recent else "iex"
    feed = choice(values, "feed", usual, LATEST_FEEDS.__contains__)
    if feed == "sip" and not plan.recent:
        raise QueryError(_RECENT, 403)
    return Feed(name=feed, now=now - DELAY if feed == "delayed_sip" else now)


def symbols_of(text: str | None) -> tuple[Symbol, ...]:
    """Return the symbols in a comma-separated list, sorted, each once.

    Raises:
        QueryError: When there is none, or one cannot be a symbol.
    """
    if not text:
        raise QueryError("symbols parameter is required")
    return tuple(sorted({symbol_of(one.strip()) for one in text.split(",")}))


def symbol_of(text: str) -> Symbol:
    """Return the symbol that `text` is.

    Raises:
        QueryError: When it cannot be one.
    """
    if not _SYMBOL.fullmatch(text):
        raise QueryError(f"invalid symbol: {text}")
    return Symbol(text)


def frame_of(values: Mapping[str, str]) -> Timeframe:
    """Return the timeframe that `values` ask for.

    Raises:
        QueryError: When it is missing or none.
    """
    text = values.get("timeframe", "")
    found = timeframe(text)
    if found is None:
        raise QueryError(f"invalid timeframe: {text}")
    return found


def basis_of(values: Mapping[str, str]) -> Basis:
    """Return the adjustment that `values` ask for; raw unless told.

    Raises:
        QueryError: When there is none of that name.
    """
    wanted = set((values.get("adjustment") or "raw").split(","))
    unknown = sorted(wanted - set(_ADJUSTMENTS))
    if unknown:
        raise QueryError(f"invalid adjustment: {unknown[0]}")
    return Basis(
        splits=bool(wanted & {"split", "all"}), dividends=bool(wanted & {"dividend", "all"})
    )


def limit(values: Mapping[str, str], usual: int, most: int) -> int:
    """Return how many rows a page may hold.

    Raises:
        QueryError: When that is no number, or not from 1 to `most`.
    """
    text = values.get("limit") or str(usual)
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise QueryError(f"invalid limit: {text}")
    if int(text) > most:
        raise QueryError(f"invalid limit: larger than the allowed maximum of {most}")
    if int(text) < 1:
        raise QueryError("invalid limit: must be positive")
    return int(text)


def newest_first(values: Mapping[str, str]) -> bool:
    """Say whether rows are to be sorted downwards.

    Raises:
        QueryError: When the order is neither asc nor desc.
    """
    return choice(values, "sort", "asc", ("asc", "desc").__contains__) == "desc"


def choice(values: Mapping[str, str], name: str, usual: str, allowed: Callable[[str], bool]) -> str:
    """Return the value of `name`, or `usual`.

    Raises:
        QueryError: When it is not allowed.
    """
    value = values.get(name) or usual
    if not allowed(value):
        raise QueryError(f"invalid {name}: {value}")
    return value


def check_currency(values: Mapping[str, str]) -> None:
    """Accept dollars alone.

    Raises:
        QueryError: When another currency is asked for.
    """
    choice(values, "currency", "USD", "USD".__eq__)


def day_of(values: Mapping[str, str], name: str) -> date | None:
    """Return the date of `name`, or None when it is not given.

    Raises:
        QueryError: When it is no date.
    """
    text = values.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QueryError(f"invalid {name}: {text}") from error


def _moment(values: Mapping[str, str], name: str) -> datetime | None:
    """Return the moment of `name` in UTC; a date alone is its midnight in New York.

    Raises:
        QueryError: When it is no moment.
    """
    text = values.get(name)
    if not text:
        return None
    try:
        if "T" not in text and " " not in text:
            return datetime.combine(date.fromisoformat(text), time(), NEW_YORK).astimezone(UTC)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"invalid {name}: {text}") from error


def _is_as_of(text: str) -> bool:
    try:
        return text == "-" or bool(date.fromisoformat(text))
    except ValueError:
        return False
