"""Ways to see that a server is up, asked again and again until the answer is yes."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from launcher.ports import LOOPBACK


def listens(port: int) -> Callable[[], Awaitable[bool]]:
    """Something accepts connections on this port."""

    async def ask() -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        writer.close()
        return True

    return ask


def serves(url: str) -> Callable[[], Awaitable[bool]]:
    """A GET of this address is answered with status 200."""

    async def ask() -> bool:
        try:
            # Not through a proxy of the environment: the server is on this machine.
            async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                return (await client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    return ask
