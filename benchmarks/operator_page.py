"""How long an operator's page waits for an answer: over its own socket, signed in as a person does."""

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import websockets

EVENT = "reflex___state____state.exchange_app___operator___earnings_state____earnings.enter"
EVERY_S = 0.1


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


class OperatorPage:
    """An open page of earnings: each look at it reads the books."""

    def __init__(self, url: str, cookies: str):
        self._url, self._cookies = url, cookies
        self._socket: websockets.ClientConnection | None = None

    async def __aenter__(self) -> "OperatorPage":
        address = f"ws{self._url.removeprefix('http')}/_event/?token={uuid4()}&EIO=4&transport=websocket"
        headers = {"Cookie": self._cookies, "Origin": self._url}
        self._socket = await websockets.connect(address, additional_headers=headers, max_size=None)
        await self._socket.recv()
        hydrate = {"name": "reflex___state____state.hydrate", "payload": {}, "router_data": self._router()}
        await self._socket.send("40/_event," + json.dumps({"event": hydrate}))
        await self._heard("is_hydrated_rx_state_")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        await self._socket.close()

    def _router(self) -> dict[str, object]:
        return {"pathname": "/operator/earnings", "asPath": "/operator/earnings", "query": {}}

    async def _heard(self, word: str) -> None:
        assert self._socket is not None
        async with asyncio.timeout(60):
            async for said in self._socket:
                if said == "2":
                    await self._socket.send("3")
                elif word in str(said):
                    return
        raise RuntimeError("the page's socket was closed")

    async def look(self) -> float:
        """Milliseconds of one press."""
        assert self._socket is not None
        event = {"name": EVENT, "payload": {"zone": "Europe/Moscow"}, "router_data": self._router()}
        began = time.perf_counter()
        await self._socket.send("42/_event," + json.dumps(["event", event]))
        await self._heard("earnings_state____earnings")
        return (time.perf_counter() - began) * 1_000


@contextlib.asynccontextmanager
async def watched(page: OperatorPage) -> AsyncIterator[Waits]:
    """Presses again and again while the block lasts."""
    waits = Waits()

    async def press() -> None:
        while True:
            waits.each.append(await page.look())
            await asyncio.sleep(EVERY_S)

    pressing = asyncio.create_task(press())
    try:
        yield waits
    finally:
        pressing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pressing
