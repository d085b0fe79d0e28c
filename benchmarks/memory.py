"""The most memory that a process and its children held together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil

EVERY_S = 0.05


@dataclass
class Peak:
    bytes: int = 0


@contextlib.asynccontextmanager
async def peak_of(pid: int) -> AsyncIterator[Peak]:
    """Watches until the block ends. What several of them share is counted once for each: an upper bound."""
    found = Peak()
    process = psutil.Process(pid)

    async def watch() -> None:
        while True:
            held = 0
            for one in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    held += one.memory_info().rss
            found.bytes = max(found.bytes, held)
            await asyncio.sleep(EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        yield found
    finally:
        watching.cancel()
