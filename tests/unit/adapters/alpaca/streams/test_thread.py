"""A stream in a thread of its own."""

import asyncio
from typing import NoReturn

from alchemiser.adapters.alpaca.streams.thread import StreamThread
from alchemiser.ports.errors import AuthenticationError


def test_stream_runs_until_it_is_closed() -> None:
    """CC-08: also when it is closed at once, and twice."""
    ends: list[str] = []

    async def run() -> NoReturn:
        try:
            while True:
                await asyncio.Event().wait()
        finally:
            ends.append("closed")

    for _ in range(2):
        thread = StreamThread(run, tell=ends.append)
        thread.start()
        asyncio.run(asyncio.sleep(0.01))
        thread.close()
        thread.close()
    assert ends == ["closed", "closed"]


def test_a_refusal_for_good_is_told() -> None:
    said: list[str] = []

    async def run() -> NoReturn:
        raise AuthenticationError("the stream refuses our key.")

    thread = StreamThread(run, tell=said.append)
    thread.start()
    thread.close()
    assert said == ["the stream refuses our key."]


def test_what_was_never_begun_ends_at_once() -> None:
    async def run() -> NoReturn:
        raise AssertionError

    StreamThread(run, tell=print).close()
