"""What a faulty stream sends beside, or instead of, an event."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from alchemiser.adapters.venue.faults import FaultBoard

OVERSIZE: Final = 1_200_000
"""Bytes of a frame that is too long for clients which take 1 MiB at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Hold one thing that goes to a client.

    Attributes:
        content: The bytes of a frame.
        text: Whether they go as text.
        close: The code with which the connection is closed instead, or None.
        abort: Whether the connection breaks instead.
    """

    content: bytes = b""
    text: bool = False
    close: int | None = None
    abort: bool = False


_BEFORE: Final = {
    "stream_null": json.dumps({"stream": "trade_updates", "data": None}).encode(),
    "stream_garbage": b'{"stream": "trade_upd\xff',
    "stream_oversize": json.dumps({"stream": "padding", "data": "x" * OVERSIZE}).encode(),
    "stream_unknown_event": json.dumps({
        "stream": "trade_updates",
        "data": {"event": "teleported", "order": {}},
    }).encode(),
}


def around(frame: Frame, faults: FaultBoard, symbol: str) -> Iterator[Frame]:
    """Yield what is sent where `frame`, an event on `symbol`, should be."""
    for name, content in _BEFORE.items():
        if faults.hit(name, symbol):
            yield replace(frame, content=content, text=False)
    if faults.hit("stream_lost", symbol) is None:
        yield frame
        if faults.hit("stream_duplicate", symbol):
            yield frame
    closing = faults.hit("stream_close", symbol)
    if closing is not None:
        yield Frame(close=closing.value)
    if faults.hit("stream_abort", symbol):
        yield Frame(abort=True)
