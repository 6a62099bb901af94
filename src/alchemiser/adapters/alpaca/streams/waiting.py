"""Waiting in a loop of real time, so that nothing waits alone."""

import asyncio
from collections.abc import Coroutine


async def rest(seconds: float, until: asyncio.Event | None = None) -> bool:
    """Return after `seconds`, or as soon as `until` is set: then True. Cancellable."""
    waited = asyncio.Event() if until is None else until
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            await waited.wait()
    except TimeoutError:
        return False
    return True


async def together(*works: Coroutine[object, object, None]) -> None:
    """Return once the first of `works` is over, or raise what it raised; the others are ended."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        over, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in over:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
