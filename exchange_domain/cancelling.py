"""Ending tasks for certain."""

import asyncio
from typing import Any

AGAIN_S = 2.0


async def cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Ends tasks and waits for them, whatever they raise; those that go on are asked again.

    A cancellation that meets the end of a wait with a timeout gets lost in Python 3.11 (`asyncio.wait_for`, under each
    command that redis-py sends): a loop told once may go on for ever.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
