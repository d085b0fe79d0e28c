"""Whether a server is up, asked again and again until the answer is yes."""

from collections.abc import Awaitable, Callable

import httpx


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
