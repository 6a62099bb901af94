"""Names of things: checked once at the edge, plain strings afterwards."""

import re
import zlib
from datetime import date
from functools import lru_cache
from typing import NewType

from alchemiser.domain.values.errors import InvalidValueError

Symbol = NewType("Symbol", str)
StrategyId = NewType("StrategyId", str)
BookId = NewType("BookId", str)
CycleId = NewType("CycleId", str)
AccountId = NewType("AccountId", str)
ClOrdId = NewType("ClOrdId", str)
OrderId = NewType("OrderId", str)
ExecId = NewType("ExecId", str)

HOUSE = BookId("house")
ACCRUALS = BookId("house.accruals")
"""What the books count already and the broker has not paid yet; no strategy can be named so."""
NO_STRATEGYS = frozenset({HOUSE, ACCRUALS})
"""The books that belong to no strategy."""
CL_ORD_ID_PREFIX = "alc-"
CL_ORD_ID_LENGTH_MAX = 48
ATTEMPT_MAX = 9_999_999
"""The last attempt whose name keeps within `CL_ORD_ID_LENGTH_MAX` for the longest symbol."""

_SYMBOL_LENGTH_MAX = 10
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,9}(?:\.[A-Z]{1,2})?")
_UNNAMED = re.compile(r"[^A-Za-z0-9]")
_STRATEGY = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_SHOWN_MAX = 60


# Every order names its symbol, and there are few of them.
@lru_cache(maxsize=4096)
def symbol(text: str) -> Symbol:
    """Return the ticker in `text`; at most 10 characters, `BRK/B` becomes `BRK.B`.

    Raises:
        InvalidValueError: When `text` is not an upper-case US ticker.
    """
    name = text.replace("/", ".")
    if len(name) > _SYMBOL_LENGTH_MAX or not _SYMBOL.fullmatch(name):
        msg = f"{text!r} is not a ticker symbol: write it in capitals, such as SPY or BRK.B."
        raise InvalidValueError(msg)
    return Symbol(name)


def strategy_id(text: str) -> StrategyId:
    """Return the strategy name in `text`; it also names the strategy's book.

    Raises:
        InvalidValueError: When `text` is not lower case, or is the reserved name `house`.
    """
    if text == HOUSE or not _STRATEGY.fullmatch(text):
        msg = (
            f"{text[:_SHOWN_MAX]!r} is not a strategy name: use lower-case letters, digits, '-' "
            f"and '_', at most 32, and not the reserved name {HOUSE!r}."
        )
        raise InvalidValueError(msg)
    return StrategyId(text)


def cycle_id(account: AccountId, session: date) -> CycleId:
    """Name the one cycle that `account` may have in `session`."""
    return CycleId(f"cycle-{_account6(account)}-{session:%Y%m%d}")


def cl_ord_id(
    *, account: AccountId, session: date, name: Symbol, buy: bool, attempt: int
) -> ClOrdId:
    """Name an order slot; a pure function of the slot, so that a repeat collides at the broker.

    The check value covers exactly (account, session, symbol, side, attempt); quantity and price
    are left out on purpose: a second planner with other numbers must collide, not add.

    Raises:
        InvalidValueError: When `attempt` is not from 1 to `ATTEMPT_MAX`.
    """
    if not 1 <= attempt <= ATTEMPT_MAX:
        msg = f"attempt {attempt} is not from 1 to {ATTEMPT_MAX}."
        raise InvalidValueError(msg)
    side = "b" if buy else "s"
    day = session.isoformat().replace("-", "")
    slot = "|".join((account, day, name, side, str(attempt)))
    check = f"{zlib.crc32(slot.encode()):08x}"
    ticker = _bare(name)
    return ClOrdId(f"{CL_ORD_ID_PREFIX}{_account6(account)}-{day}-{ticker}-{side}{attempt}-{check}")


def is_ours(name: ClOrdId, account: AccountId) -> bool:
    """Say whether `name` is one that an engine of this account would give an order."""
    return name.startswith(f"{CL_ORD_ID_PREFIX}{_account6(account)}-")


def _account6(account: AccountId) -> str:
    return _bare(account)[-6:]


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    return _UNNAMED.sub("", name)
