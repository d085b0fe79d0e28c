"""An open page as its socket sees it: signed in as a person does, presses answered, changes coming by themselves."""

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import websockets

EVERY_S = 0.1
LONGEST_S = 60


@dataclass
class Waits:
    """Milliseconds from a press to its answer."""

    each: list[float] = field(default_factory=list)

    def middle(self) -> float:
        return statistics.median(self.each)

    def p95(self) -> float:
        return statistics.quantiles(self.each, n=20)[-1]

    def __str__(self) -> str:
        return f"{self.middle():.0f} ms in the middle, {self.p95():.0f} ms p95, of {len(self.each)}"


async def sign_in(url: str, email: str, password: str) -> str:
    """The cookies of a session."""
    async with httpx.AsyncClient(base_url=url, headers={"origin": url}) as client:
        answer = await client.post("/auth/sign-in", data={"email": email, "password": password})
        if answer.status_code not in (302, 303) or not client.cookies:
            raise RuntimeError(f"not signed in: {answer.status_code}")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


class Page:
    """A page at an address. `route` is the address with the names of its parts, as the framework knows it."""

    def __init__(self, url: str, cookies: str, address: str, route: str = ""):
        self._url, self._cookies = url, cookies
        self._router = {"pathname": route or address, "asPath": address, "query": {}}
        self._socket: websockets.ClientConnection | None = None

    async def __aenter__(self) -> "Page":
        address = f"ws{self._url.removeprefix('http')}/_event/?token={uuid4()}&EIO=4&transport=websocket"
        headers = {"Cookie": self._cookies, "Origin": self._url}
        self._socket = await websockets.connect(address, additional_headers=headers, max_size=None)
        await self._socket.recv()
        hydrate = {"name": "reflex___state____state.hydrate", "payload": {}, "router_data": self._router}
        await self._socket.send("40/_event," + json.dumps({"event": hydrate}))
        await self.heard("is_hydrated_rx_state_")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def next_frame(self) -> str:
        """The next that is said, but for pings."""
        assert self._socket is not None
        while True:
            said = str(await self._socket.recv())
            if said != "2":
                return said
            await self._socket.send("3")

    async def heard(self, word: str) -> str:
        """The first frame with this word in it."""
        async with asyncio.timeout(LONGEST_S):
            while word not in (said := await self.next_frame()):
                pass
        return said

    async def press(self, handler: str, payload: dict[str, Any], word: str) -> float:
        """Milliseconds until a frame with this word answers a handler of this full name."""
        assert self._socket is not None
        event = {"name": handler, "payload": payload, "router_data": self._router}
        began = time.perf_counter()
        await self._socket.send("42/_event," + json.dumps(["event", event]))
        await self.heard(word)
        return (time.perf_counter() - began) * 1_000


@contextlib.asynccontextmanager
async def watched(look: Callable[[], Awaitable[float]]) -> AsyncIterator[Waits]:
    """Looks again and again while the block lasts."""
    waits = Waits()

    async def again() -> None:
        while True:
            waits.each.append(await look())
            await asyncio.sleep(EVERY_S)

    looking = asyncio.create_task(again())
    try:
        yield waits
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
