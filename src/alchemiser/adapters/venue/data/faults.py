"""What can be made to go wrong with market data."""

from enum import StrEnum
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


class Strike(Protocol):
    """What a fault that strikes tells: how long, and which number, where that matters."""

    seconds: float
    value: int


class Faults(Protocol):
    """Say which faults strike."""

    def hit(self, name: str, symbol: str = "") -> Strike | None:
        """Return the fault `name` that strikes now, of any symbol or of `symbol`, or None."""


class _None:
    def hit(self, name: str, symbol: str = "") -> Strike | None:
        del name, symbol
        return None


NO_FAULTS: Final[Faults] = _None()
"""Nothing goes wrong."""
