"""Pages' WebSockets (RFC 7118): each message to the registrar or to the call it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from sipmessage import Request, Response
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from switch_simulator.media import sip_text

MOST_BYTES = 64 * 1024
"""Of one message; an offer of a browser has 2 to 6 KB."""
MOST_WAITING = 64
SIP = Subprotocol("sip")


class InCall(Protocol):
    async def take_request(self, request: Request) -> Response: ...


class PageSocket:
    """One page. What is sent goes through a queue: a page that does not read holds nobody up."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def put(self, text: str) -> bool:
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            return False
        return True

    async def write(self) -> None:
        while True:
            await self._connection.send(await self._waiting.get())


class Sockets:
    def __init__(
        self,
        calls: Mapping[str, InCall],
        register: Callable[[Request, PageSocket], Awaitable[Response]],
        ring: Callable[[Request, PageSocket], Awaitable[Response]],
        respond: Callable[[Response], Awaitable[None]],
        closed: Callable[[PageSocket], None],
    ) -> None:
        """`ring`: a page calls the switch. `respond`: a response to what the switch sent."""
        self._calls, self._register, self._ring, self._respond, self._closed = calls, register, ring, respond, closed
        self._server: Server | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        self._server = await serve(
            self._serve, host, port, subprotocols=[SIP], max_size=MOST_BYTES, compression=None, ping_interval=20,
        )  # fmt: skip
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, connection: ServerConnection) -> None:
        page = PageSocket(connection)
        writing = asyncio.create_task(page.write())
        try:
            async for text in connection:
                if text.strip():
                    await self._take(text, page)
                else:
                    # A keep-alive of two line ends is answered with one (RFC 5626).
                    page.put("\r\n")
        except ConnectionClosed:
            pass
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._closed(page)

    async def _take(self, text: str | bytes, page: PageSocket) -> None:
        message = sip_text.parse(text)
        if isinstance(message, Response):
            await self._respond(message)
        elif isinstance(message, Request) and message.method != "ACK":
            try:
                response = await self._answer(message, page)
            except (ValueError, KeyError):
                response = sip_text.answer(message, 400, to_tag=sip_text.tag())
            page.put(sip_text.text_of(response))

    async def _answer(self, request: Request, page: PageSocket) -> Response:
        if request.method == "REGISTER":
            return await self._register(request, page)
        if (call := self._calls.get(request.call_id)) is not None:
            return await call.take_request(request)
        if request.method == "INVITE":
            return await self._ring(request, page)
        return sip_text.answer(request, 200 if request.method == "OPTIONS" else 481, to_tag=sip_text.tag())
