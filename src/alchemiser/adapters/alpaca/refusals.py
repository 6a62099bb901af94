"""What Alpaca's refusals mean: by their words first, because status and number differ in the wild.

Source: Alpaca's published specification, its documentation and messages seen by its users.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from alchemiser.adapters.alpaca.decoding import MalformedAnswerError, Reader, decode
from alchemiser.adapters.alpaca.wire import Answer
from alchemiser.domain.orders.messages import CancelOutcome

_WORDS_MAX: Final = 300


class Meaning(StrEnum):
    """What an answer to an order is."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    """There is an order of this name: it has to be asked for."""
    NOT_TAKEN = "not_taken"
    """Nothing happened, for a reason that passes: the same may be sent again."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Hold what an answer means.

    Attributes:
        meaning: Whether there is an order.
        code: Why not: stable, such as `insufficient_buying_power`.
        text: Alpaca's words.
    """

    meaning: Meaning
    code: str = ""
    text: str = ""


class _Refusal(Reader, frozen=True, gc=False):
    code: int | float | str | None = None
    message: str | None = None


_CODES: Final = tuple(
    (re.compile(words), code)
    for words, code in (
        (r"client_order_id must be unique", "duplicate"),
        (r"insufficient (day trading )?buying power", "insufficient_buying_power"),
        (r"insufficient qty", "insufficient_quantity"),
        (r"potential wash trade", "wash_trade"),
        (r"cannot open a (short sell|long buy) while", "wash_trade"),
        (r"trade denied due to pattern day trading", "day_trade_denied"),
        # The engine sells what it holds: an account that may not be short holds less than that.
        (
            r"(account is not allowed to|fractional orders cannot be sold) short",
            "insufficient_quantity",
        ),
        (r".*cannot be sold short", "not_shortable"),
        (r"account is not authorized|new orders are rejected", "not_authorized"),
        (r"fractional orders must be day", "fractional_on_close"),
        (r".*is not fractionable|fractional (trading|orders)", "not_fractionable"),
        (r"cls orders must be submitted", "close_cutoff"),
        (r"opg orders must be submitted", "open_cutoff"),
        (r".*sub-penny|.*minimum pricing criteria", "invalid_price"),
        (r"market is (closed|not open)|.*market hours", "market_closed"),
        (r"asset .*(is not tradable|is not active|not found)", "not_tradable"),
        (r"(symbol|asset) not found", "not_tradable"),
        (r".*halted", "halted"),
        (r"notional must be|cost basis must be", "notional_below_minimum"),
        (r"(qty|limit price|stop price) must be > 0", "invalid_order"),
        (r"client_order_id must be no more", "invalid_order"),
        (r"(limit|stop|stop limit|market|trailing stop) orders", "invalid_order"),
        (r"(only one of )?qty or notional", "invalid_order"),
        (r"invalid (time_in_force|order type|side|order class)", "invalid_order"),
        (r"request body format is invalid", "invalid_order"),
        (r"trail_percent must|stop price must|(stop_loss|take_profit)\.", "invalid_order"),
        (r"extended hours|bracket orders|position intent mismatch", "invalid_order"),
        (r"unable to open new notional", "closing_position"),
    )
)
_BY_NUMBER: Final = {40310100: "day_trade_denied", 40110000: "key_refused"}
_KEY_REFUSED: Final = re.compile(r"forbidden|request is not authorized|access key verification")
_NUMBER_KEY_REFUSED: Final = 40110000
_CANCELING: Final = re.compile(r"order pending cancel|order is already in .?pending_cancel")
_NO_ADDRESS: Final = re.compile(
    r"(the )?(requested )?(endpoint|page|path|url|resource) (was )?not found\W*|no route .*"
)
_NOT_FOUND: Final = re.compile(r"not found\W*")
_ENDED: Final = re.compile(r"order is already in|order is not cancell?able")


def verdict(answer: Answer) -> Verdict:
    """Return what `answer`, to an order that was sent, means.

    Words that are not known are a rejection from 400 on. What is open: 500 and above, whatever is
    neither a success nor an error, and a refusal that cannot be read, for it may say that the
    order is there already.
    """
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict(meaning=Meaning.ACCEPTED)
    number, text = told(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict(meaning=Meaning.NOT_TAKEN, code="rate_limited", text=text)
    permanent = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if not permanent or answer.status == HTTPStatus.REQUEST_TIMEOUT or not is_told(answer):
        return Verdict(meaning=Meaning.UNKNOWN, text=f"{answer.status}: {text}")
    code = _code(number, text)
    meaning = Meaning.DUPLICATE if code == "duplicate" else Meaning.REJECTED
    return Verdict(meaning=meaning, code=code, text=text)


def cancel_outcome(answer: Answer) -> CancelOutcome:
    """Return what `answer`, to a cancel, means."""
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return CancelOutcome.ACCEPTED
    if is_absence(answer):
        return CancelOutcome.UNKNOWN_ORDER
    if answer.status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return CancelOutcome.UNKNOWN
    words = told(answer)[1].lower()
    if _CANCELING.match(words):
        return CancelOutcome.ACCEPTED
    return CancelOutcome.TOO_LATE if _ENDED.match(words) else CancelOutcome.UNKNOWN


def is_absence(answer: Answer) -> bool:
    """Say whether Alpaca itself, and not something before it, says that there is no such thing."""
    return answer.status == HTTPStatus.NOT_FOUND and is_told(answer) and not lacks_address(answer)


def lacks_address(answer: Answer) -> bool:
    """Say whether it is the address that is said not to exist, and nothing of what was asked for.

    Seen for a while at addresses that there are (alpacahq/Alpaca-API, issue 137).
    """
    number, text = told(answer)
    words = text.strip().lower()
    # What has a number was looked for; a router knows words alone.
    bare = number is None and _NOT_FOUND.fullmatch(words) is not None
    lacks = bare or _NO_ADDRESS.fullmatch(words) is not None
    return lacks and answer.status == HTTPStatus.NOT_FOUND


def is_key_refused(answer: Answer) -> bool:
    """Say whether it is our key that `answer` refuses, and not what was asked."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return True
    if answer.status != HTTPStatus.FORBIDDEN:
        return False
    number, text = told(answer)
    return number == _NUMBER_KEY_REFUSED or _KEY_REFUSED.match(text.lower()) is not None


def is_told(answer: Answer) -> bool:
    """Say whether the words of a refusal can be read."""
    try:
        return bool(decode(_Refusal, answer.body).message)
    except MalformedAnswerError:
        return False


def told(answer: Answer) -> tuple[int | None, str]:
    """Return the number and the words of a refusal; what cannot be read are its first words."""
    try:
        found = decode(_Refusal, answer.body)
    except MalformedAnswerError:
        return None, answer.body[:_WORDS_MAX].decode("utf-8", "replace")
    number = str(found.code or "")
    return int(number) if number.isdecimal() else None, (found.message or "")[:_WORDS_MAX]


def _code(number: int | None, text: str) -> str:
    words = text.strip().lower()
    by_words = (code for pattern, code in _CODES if pattern.match(words))
    return next(by_words, _BY_NUMBER.get(number or 0, "refused"))
