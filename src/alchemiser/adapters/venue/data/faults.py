"""What can be made to go wrong with market data."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class DataFault(StrEnum):
    """Name each fault of market data."""

    MISSING = "data_missing"
    ZERO_PRICE = "data_zero_price"
    NEGATIVE_PRICE = "data_negative_price"
    NULL_PRICE = "data_null_price"
    NAN_PRICE = "data_nan_price"
    TIMES_1000 = "data_times_1000"
    SPLIT_WITHOUT_ACTION = "data_split_without_action"
    WRONG_ADJUSTMENT = "data_wrong_adjustment"
    STALE = "data_stale"
    PARTIAL = "data_partial"
    REVISED = "data_revised"
    PAGE_LOOP = "data_page_loop"
    TRUNCATED_PAGE = "data_truncated_page"
    THIN_FEED = "data_thin_feed"
    HIGH_BELOW_LOW = "data_high_below_low"
    DUPLICATE_ROW = "data_duplicate_row"
    DISORDERED_ROWS = "data_disordered_rows"
    CROSSED_QUOTE = "data_crossed_quote"
    ONE_SIDED_QUOTE = "data_one_sided_quote"
    STALE_QUOTE = "data_stale_quote"
    RATE_LIMITED = "data_rate_limited"
    STREAM_MUTE = "data_stream_mute"
    STREAM_SLOW = "data_stream_slow"
    STREAM_OVERSIZE = "data_stream_oversize"
    STREAM_GARBAGE = "data_stream_garbage"
    STREAM_NO_HELLO = "data_stream_no_hello"
    STREAM_NO_AUTH_REPLY = "data_stream_no_auth_reply"
    STREAM_CLOSE = "data_stream_close"
    STREAM_ABORT = "data_stream_abort"
    STREAM_AUTH_ERROR = "data_stream_auth_error"
    STREAM_SUBSCRIBE_ERROR = "data_stream_subscribe_error"
    STREAM_ERROR = "data_stream_error"
    STREAM_LATE_TRADE = "data_stream_late_trade"


DATA_FAULTS: Final[Mapping[DataFault, tuple[str, str]]] = MappingProxyType({
    DataFault.MISSING: ("C01 C02", "no row of `symbol`, or of any"),
    DataFault.ZERO_PRICE: ("C03", "prices of the last session are 0"),
    DataFault.NEGATIVE_PRICE: ("C03", "prices of the last session are below zero"),
    DataFault.NULL_PRICE: ("C03", "prices of the last session are null"),
    DataFault.NAN_PRICE: ("C03", "prices of the last session are the letters NaN"),
    DataFault.TIMES_1000: ("C04", "prices of the last session are a thousand times too high"),
    DataFault.SPLIT_WITHOUT_ACTION: ("C05 C06", "prices of the last session halve, volumes double"),
    DataFault.WRONG_ADJUSTMENT: ("C06 C07", "raw bars instead of adjusted, or the other way"),
    DataFault.STALE: ("C08", "nothing newer than the session before the last"),
    DataFault.PARTIAL: ("C08", "the last session ends in its middle"),
    DataFault.REVISED: ("C09", "the bar before the last has changed since"),
    DataFault.PAGE_LOOP: ("C10", "the next token is that of the request"),
    DataFault.TRUNCATED_PAGE: ("C10", "half of the last symbol, and no token"),
    DataFault.THIN_FEED: ("C11", "IEX's trades, whatever feed was asked for"),
    DataFault.HIGH_BELOW_LOW: ("C13", "the last bar has high and low exchanged"),
    DataFault.DUPLICATE_ROW: ("C13", "the last bar comes twice"),
    DataFault.DISORDERED_ROWS: ("C13", "the last two bars are exchanged"),
    DataFault.CROSSED_QUOTE: ("C14", "the bid lies above the ask"),
    DataFault.ONE_SIDED_QUOTE: ("C14", "there is no bid"),
    DataFault.STALE_QUOTE: ("C15", "the quote is an hour old"),
    DataFault.RATE_LIMITED: ("C16", "429 on data alone"),
    DataFault.STREAM_MUTE: ("D01", "open, answers pings, tells nothing"),
    DataFault.STREAM_SLOW: ("D03", "`seconds` before each frame"),
    DataFault.STREAM_OVERSIZE: ("D03", "a frame of 1.2 MB before data"),
    DataFault.STREAM_GARBAGE: ("D04", "a frame that cannot be decoded before data"),
    DataFault.STREAM_NO_HELLO: ("D01", "no greeting"),
    DataFault.STREAM_NO_AUTH_REPLY: ("D01", "authentication is not answered"),
    DataFault.STREAM_CLOSE: ("D01", "closes with code `value` (1000, 1001 …)"),
    DataFault.STREAM_ABORT: ("D01", "the connection breaks"),
    DataFault.STREAM_AUTH_ERROR: ("D02", "authentication fails with error `value`"),
    DataFault.STREAM_SUBSCRIBE_ERROR: ("D02", "a subscription fails with error `value`"),
    DataFault.STREAM_ERROR: ("D03", "error `value`, then nothing more"),
    DataFault.STREAM_LATE_TRADE: ("C09", "minute bars are corrected half a minute later"),
})
"""The numbers of each fault in the catalogue, and what happens."""

DATA_DEFAULTS: Final[Mapping[DataFault, Mapping[str, object]]] = MappingProxyType({
    DataFault.STREAM_SLOW: {"seconds": 1.0},
    DataFault.STREAM_CLOSE: {"value": 1001},
    DataFault.STREAM_AUTH_ERROR: {"value": 402},
    DataFault.STREAM_SUBSCRIBE_ERROR: {"value": 405},
    DataFault.STREAM_ERROR: {"value": 407},
})
"""What the parameters of a fault are unless told."""


class Strike(Protocol):
    """What a fault that strikes tells: how long, and which number, where that matters."""

    seconds: float
    value: int


class Faults(Protocol):
    """Say which faults strike."""

    def on(self, feed: str) -> AbstractContextManager[None]:
        """Let what is hit inside be about `feed`; nothing may be awaited there."""

    def hit(self, name: str, symbol: str = "") -> Strike | None:
        """Return the fault `name` that strikes now, of any symbol or of `symbol`, or None."""


class _None:
    def on(self, feed: str) -> AbstractContextManager[None]:
        del feed
        return nullcontext()

    def hit(self, name: str, symbol: str = "") -> Strike | None:
        del name, symbol
        return None


NO_FAULTS: Final[Faults] = _None()
"""Nothing goes wrong."""
