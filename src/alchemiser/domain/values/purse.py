"""Whose money is meant: what mode, key, address and account number say, and whether they agree.

Nothing may be sent unless all four say the same. That is the one thing between a trial with paper
money and an order for somebody's savings.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit


class Purse(StrEnum):
    """Whose money something says it moves."""

    PAPER = "paper"
    LIVE = "live"
    LOCAL = "local"
    """A venue on this machine: nobody's."""
    UNKNOWN = "unknown"


class PurseCode(StrEnum):
    """Stable names of the ways in which the four do not agree."""

    ADDRESS = "purse_address"
    KEY = "purse_key"
    ACCOUNT = "purse_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurseRefusal:
    """Refuse to send anything.

    Attributes:
        code: Which of the four is not as the mode.
        observed: What it says.
        limit: What would have passed.
    """

    code: PurseCode
    observed: Purse
    limit: Purse

    def sentence(self) -> str:
        """Return the refusal in plain words, with the remedy."""
        what, remedy = _WORDS[self.code]
        return f"{what} is {self.observed} where {self.limit} is meant ({self.code}): {remedy}"


_WORDS: Final = {
    PurseCode.ADDRESS: (
        "[broker] trading_url",
        "write the address of the mode, or leave it out; a venue on this machine goes with paper.",
    ),
    PurseCode.KEY: (
        "the key",
        "put in one of the account that [account] mode names.",
    ),
    PurseCode.ACCOUNT: (
        "the account that the key opens",
        "look which account it belongs to; nothing was sent.",
    ),
}
_HOSTS: Final = {
    "paper-api.alpaca.markets": Purse.PAPER,
    "api.alpaca.markets": Purse.LIVE,
}
_KEYS: Final = {"PK": Purse.PAPER, "AK": Purse.LIVE}
_SECURE: Final = frozenset({"https", "wss"})
_PAPER_ACCOUNT: Final = "PA"


def purse_of_key(key_id: str) -> Purse:
    """Return what the first letters of the broker's key say."""
    return _KEYS.get(key_id[:2], Purse.UNKNOWN)


def purse_of_account(number: str) -> Purse:
    """Return what the broker's account number says; whatever is not of paper is live."""
    return Purse.PAPER if number.startswith(_PAPER_ACCOUNT) else Purse.LIVE


def purse_of_url(url: str) -> Purse:
    """Return what the host of the trading address `url` says."""
    if is_loopback(url):
        return Purse.LOCAL
    return _HOSTS.get(secure_host(url), Purse.UNKNOWN)


def secure_host(url: str) -> str:
    """Return the host of `url`, or "" unless it is encrypted, without a user or an odd port."""
    try:
        parts = urlsplit(url)
        plain = parts.port in {None, 443} and parts.username is None and parts.password is None
    except ValueError:
        return ""
    return (parts.hostname or "") if plain and parts.scheme in _SECURE else ""


def is_loopback(url: str) -> bool:
    """Say whether `url` leads to this machine and to no other."""
    try:
        parts = urlsplit(url)
        host, bare = parts.hostname or "", parts.username is None and parts.port != 0
        return bare and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:  # no address, or no port
        return False


def disagreement(
    mode: Purse, *, url: Purse, key: Purse, account: Purse | None = None
) -> PurseRefusal | None:
    """Return why nothing may be sent, or None when all say the same.

    A venue on this machine goes with paper alone; it takes any key but a live one, which would be
    shown to a stranger, and it must not turn out to hand orders on to a live account.

    Args:
        mode: What the configuration says: paper or live.
        url: What the trading address says.
        key: What the key says.
        account: What the account's number says; None before the broker was asked.
    """
    local = url is Purse.LOCAL and mode is Purse.PAPER
    keys = {mode, Purse.UNKNOWN} if local else {mode}
    if url is not mode and not local:
        return PurseRefusal(code=PurseCode.ADDRESS, observed=url, limit=mode)
    if key not in keys:
        return PurseRefusal(code=PurseCode.KEY, observed=key, limit=mode)
    if account not in {None, mode}:
        return PurseRefusal(code=PurseCode.ACCOUNT, observed=account or mode, limit=mode)
    return None
