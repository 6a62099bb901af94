"""Addresses that a key may be sent to: Alpaca's own, or a venue on this machine."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from alchemiser.domain.values.purse import Purse, is_loopback, purse_of_url, secure_host
from alchemiser.settings.fields import Place

TRADING: Final = {
    "paper": "https://paper-api.alpaca.markets",
    "live": "https://api.alpaca.markets",
}
DATA: Final = "https://data.alpaca.markets"
DATA_STREAM: Final = "wss://stream.data.alpaca.markets/v2"
_REST: Final = frozenset({"http", "https"})
_STREAM: Final = frozenset({"ws", "wss"})


def _bare(url: str) -> str:
    """Return `url` without a slash at its end.

    Raises:
        ValueError: When it is no address of a server alone.
    """
    bare = url.rstrip("/")
    parts = urlsplit(bare)
    if parts.scheme not in _REST or parts.path or parts.query or parts.fragment:
        shown = _shown(url)
        msg = f'"{shown}" is no address of a server: write scheme and host alone, such as "{DATA}"'
        raise ValueError(msg)
    return f"{parts.scheme}://{parts.netloc}"


def _streaming(url: str) -> str:
    """Return `url`.

    Raises:
        ValueError: When it is no address of a stream.
    """
    if urlsplit(url).scheme not in _STREAM:
        msg = f'"{_shown(url)}" is no address of a stream: write one that begins with wss://'
        raise ValueError(msg)
    return url


def _brokers(url: str) -> str:
    """Return `url`.

    Raises:
        ValueError: When it leads elsewhere than to the broker or this machine.
    """
    if purse_of_url(url) is Purse.UNKNOWN:
        raise ValueError(_foreign(url, TRADING["paper"]))
    return url


def _datas(url: str) -> str:
    """Return `url`.

    Raises:
        ValueError: When it leads elsewhere than to the broker's data or this machine.
    """
    known = {urlsplit(one).hostname for one in (DATA, DATA_STREAM)}
    if not is_loopback(url) and secure_host(url) not in known:
        raise ValueError(_foreign(url, DATA))
    return url


def _shown(url: str) -> str:
    """Return `url` without what may be a password in it."""
    return url.rpartition("@")[2]


def _foreign(url: str, known: str) -> str:
    return (
        f'"{_shown(url)}" is neither Alpaca\'s nor on this machine, and would be shown the key: '
        f'leave it out, or write such as "{known}" or "http://127.0.0.1:8080"'
    )


TradingUrl = Annotated[Place, AfterValidator(_bare), AfterValidator(_brokers)]
TradingStreamUrl = Annotated[Place, AfterValidator(_streaming), AfterValidator(_brokers)]
DataUrl = Annotated[Place, AfterValidator(_bare), AfterValidator(_datas)]
DataStreamUrl = Annotated[Place, AfterValidator(_streaming), AfterValidator(_datas)]


def stream_of(trading_url: str) -> str:
    """Return where the trading server at `trading_url` tells what happens to orders."""
    return f"{trading_url.replace('http', 'ws', 1)}/stream"
