"""Waiting in a loop of real time, so that nothing waits alone."""

import asyncio
from collections.abc import Coroutine


async def rest(seconds: float) -> None:
    """Return after `seconds`. Cancellable."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    timer = loop.call_later(max(seconds, 0.0), over.set_result, None)
    try:
        await over
    finally:
        timer.cancel()


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
