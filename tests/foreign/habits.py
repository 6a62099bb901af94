"""How a venue of others may write and speak where the published documents leave it open.

Each habit is a word; a venue has any number of them. What stands in documents are values: Decimal
for a number, datetime for a moment, None for what there is none of. `written` makes text of them.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

Habits = frozenset[str]
Document = dict[str, Any]

NEW_YORK: Final = ZoneInfo("America/New_York")

WRITING: Final = (
    "keys backwards",
    "fields unheard of",
    "nulls left out",
    "nulls where nothing is",
    "numbers bare",
    "numbers quoted",
    "numbers padded",
    "numbers as floats",
    "stamps with +00:00",
    "stamps of New York",
    "stamps with nanoseconds",
    "stamps without fraction",
    "ids in capitals",
    "numbers with exponents",
    "a mark before the text",
    "lines and spaces",
)
"""How it writes."""
SENDING: Final = (
    "chunked",
    "zipped",
    "closing after each answer",
    "headers in capitals",
    "headers in small letters",
    "small pages",
    "empty pages",
    "empty token at the end",
    "speaking HTTP/1.0",
    "drop by drop",
    "busy until a date",
    "busy without a word",
    "rows in disorder",
    "rows told twice",
)
"""How it sends answers and lists."""
REFUSING: Final = (
    "errors without code",
    "errors with an unknown code",
    "errors with a text for a code",
    "cancels answered with 207",
    "absence as a page",
    "gateway pages",
)
"""How it says no."""
TRADING: Final = (
    "crumbs of a share",
    "fills before the answer",
    "fills in capitals over the stream",
    "rare states",
    "orders of others",
    "half the fills late",
    "a dividend in session",
    "early close",
    "no parts of a share",
    "nothing tradable",
    "money to the last digit",
    "fills of no share",
    "positions of nothing",
)
"""What it does with orders, assets and days."""
STREAMING: Final = (
    "text frames",
    "packed updates",
    "many messages a frame",
    "a line for each message",
    "pings only",
    "null for no channels",
    "channels left out",
    "unheard events",
    "frames of the other kind",
    "authorised twice",
    "no pongs",
)
"""How it streams."""
ALL: Final = (*WRITING, *SENDING, *REFUSING, *TRADING, *STREAMING)

EMPTY: Final = (False, "")
_OPTIONAL: Final = ("trading_blocked", "account_blocked", "trade_suspended_by_user", "side", "legs")
"""What may be null where it says nothing: no lock, and no side of what is no order."""


def written(value: object, habits: Habits, *, bare: bool) -> str:
    """Return a document as JSON; numbers are `bare` where the published schema has them so."""
    text = _text(value, habits, bare=_bare(habits, bare=bare))
    if "lines and spaces" in habits:
        text = "\r\n\t " + text.replace('": ', '" :\n  ') + "\n\n"
    return f"\ufeff{text}" if "a mark before the text" in habits else text


def _bare(habits: Habits, *, bare: bool) -> bool:
    if "numbers quoted" in habits:
        return False
    return bare or bool(habits & {"numbers bare", "numbers as floats"})


def _text(value: object, habits: Habits, *, bare: bool) -> str:
    match value:
        case Decimal():
            number = number_text(value, habits)
            return number if bare else json.dumps(number)
        case datetime():
            return json.dumps(stamp(value, habits))
        case dict():
            pairs = (
                f"{json.dumps(name)}: {_text(one, habits, bare=bare)}"
                for name, one in fields(value, habits).items()
            )
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ",".join(_text(one, habits, bare=bare) for one in value) + "]"
        case _:
            return json.dumps(value)


def fields(document: Mapping[str, Any], habits: Habits) -> Document:
    """Return the fields of an object as such a venue has them."""
    found = dict(document)
    if "nulls left out" in habits:
        found = {name: value for name, value in found.items() if value is not None}
    if "nulls where nothing is" in habits:
        found |= {name: None for name in _OPTIONAL if found.get(name) in EMPTY}
    is_map = all(isinstance(one, dict | list) for one in found.values())
    if "fields unheard of" in habits and not is_map:  # a map has symbols for its names
        found |= {"x_trace": [1, None, {}, "ü"], "Status": "other", "Qty": -1}
    if "ids in capitals" in habits:
        ids = ("id", "order_id", "execution_id", "asset_id", "replaces", "replaced_by")
        found |= {name: str(found[name]).upper() for name in ids if found.get(name)}
    if "keys backwards" in habits:
        found = dict(reversed(found.items()))
    return found


def number_text(value: Decimal, habits: Habits) -> str:
    """Return the digits of a number."""
    if "numbers as floats" in habits:
        return repr(float(value))
    if "numbers with exponents" in habits:
        return f"{value:E}" if value else "0E-9"
    if "numbers padded" in habits:
        return f"{value:.12f}"
    return f"{value:f}"


def stamp(at: datetime, habits: Habits) -> str:
    """Return a moment as text."""
    zone: Any = UTC
    if "stamps of New York" in habits:
        zone = NEW_YORK
    elif "stamps with +00:00" in habits:
        zone = timezone(timedelta(0))
    local = at.astimezone(zone)
    text, offset = local.strftime("%Y-%m-%dT%H:%M:%S"), local.strftime("%z")
    if "stamps with nanoseconds" in habits:
        text += f".{local.microsecond:06d}789"
    elif "stamps without fraction" not in habits:
        text += f".{local.microsecond:06d}".rstrip("0").rstrip(".")
    plain = zone is UTC
    return text + ("Z" if plain else f"{offset[:3]}:{offset[3:]}")
